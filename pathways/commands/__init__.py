"""The command line: a file per group of commands; options in, one library call, what to print."""

from pathways.commands.main import main

__all__ = ["main"]
