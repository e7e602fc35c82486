"""What all rooms stand on: folders and files made all or nothing, the program, array types."""
