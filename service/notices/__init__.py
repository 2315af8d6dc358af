"""What we write to people: messages composed, not sent."""
