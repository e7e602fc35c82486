"""The door of a checkout: `python cli.py ...` is the command `twas-divergence`."""

from pathways.commands import main

if __name__ == "__main__":
    main()
