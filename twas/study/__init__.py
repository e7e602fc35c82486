"""Traits become one study: universes, tissues, correlations."""
