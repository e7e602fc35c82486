"""Figures: one file and one row of the registry each. Each function takes an `Axes`."""

import pathways.report.figures.backend  # noqa: F401  before any file here loads matplotlib
