"""Before anything is run: the power of a planned study, and simulated files to try it on."""
