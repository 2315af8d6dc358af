"""How we know: a mirror of the other folders, plus architecture, stories and the browser."""
