"""What we do: one request, one function, one transaction."""
