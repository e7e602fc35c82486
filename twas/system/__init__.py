"""The machine below: folders and files made all or nothing, the process, the shipped data."""
