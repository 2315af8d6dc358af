"""What we accept and show: marshmallow shapes; they know words, never tables."""
