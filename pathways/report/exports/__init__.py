"""Tables for papers and programs: LaTeX, workbook, MultiQC; a power plan in words and files."""
