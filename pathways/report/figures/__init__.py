"""Figures: one file and one row of the registry each. Each function takes an `Axes`.

Matplotlib is loaded whatever ``MPLBACKEND`` says, before any file here needs it: figures go to
files, so no window is needed. It fails on import where ``MPLBACKEND`` names a backend that it does
not know, as a notebook or a cluster may leave behind. So it is loaded with Agg, and a session that
set another backend that works keeps it.
"""

from __future__ import annotations

import contextlib
import os
import sys


def load_matplotlib() -> None:
    """Import matplotlib, with Agg in the place of a backend that does not work."""
    wanted = os.environ.get("MPLBACKEND")
    if "matplotlib" in sys.modules or wanted is None:
        return
    os.environ["MPLBACKEND"] = "Agg"
    try:
        import matplotlib as mpl
    finally:
        os.environ["MPLBACKEND"] = wanted
    with contextlib.suppress(ValueError):
        mpl.rcParams["backend"] = wanted


load_matplotlib()
