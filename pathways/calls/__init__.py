"""From the p-values of a collection to its calls."""
