"""What we decide: pure functions of facts, policy, calendar and the time handed in."""
