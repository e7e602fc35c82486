"""What is written and read back: columns, folder, machine formats."""
