"""Gene reference, identifiers and LD blocks."""
