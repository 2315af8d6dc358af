"""What we look at: read-only; answers are frozen values, never rows."""
