"""Figures: one file and one row of the registry each. Each function takes an `Axes`."""
