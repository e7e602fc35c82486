"""Null distributions: kernels, arrays in and out."""
