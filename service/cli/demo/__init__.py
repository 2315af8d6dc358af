"""The demo 演示: a made-up town whose year went through the same operations as a real one's."""
