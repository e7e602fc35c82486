"""One output table per file."""
