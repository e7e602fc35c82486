"""Effects of sets and their contrasts: arrays in, arrays out."""
