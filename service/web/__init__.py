"""The doors people and programs come through: parse, call one thing, answer."""
