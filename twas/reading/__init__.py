"""One file becomes one table: content, format, columns, checks."""
