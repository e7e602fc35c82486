"""What is in files, and what is wrong with them, before anything is run."""
