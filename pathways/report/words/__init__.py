"""Sentences of report, methods and console."""
