"""What a run found, for machines, and read back."""
