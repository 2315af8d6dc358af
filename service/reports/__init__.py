"""What we tell: figures become pages, workbooks and charts; no request, no session."""
