"""Tables of a paper: LaTeX, workbook, MultiQC."""
