"""What happens by itself: a timetable, a runner, and calls to operations."""
