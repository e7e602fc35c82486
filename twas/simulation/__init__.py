"""Simulated traits with planted pathways, and their files."""
