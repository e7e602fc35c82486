"""The hand plans of the signed gene sets and the code that turns them into tables."""
