"""What we do: rules decide, operations act, queries look, reports tell, web answers."""
