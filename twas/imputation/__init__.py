"""GWAS summary statistics and prediction models → z-scores of genes (S-PrediXcan)."""
