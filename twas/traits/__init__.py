"""Tables of one disease become one trait."""
