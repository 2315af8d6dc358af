"""The command line: what an operator asks for at a terminal; thin, like every door."""
