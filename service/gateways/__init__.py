"""The outside world: keys, mail, files; each behind a small surface."""
