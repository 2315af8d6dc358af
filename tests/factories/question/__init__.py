"""Questions to the doors: every route for every subject about every thing, and what is due."""
