"""Parameters of the library → options of the command line.

The library names a parameter in backticks, as in "give `n_eff`"; a terminal shows "give --n-eff".
"""

from __future__ import annotations

import re

#: Parameters whose option has another name than theirs.
OPTIONS = {
    "drop_regions": "drop-region",
    "effects": "effect",
    "file_format": "format",
    "intercepts": "intercept",
    "n_sets": "sets",
    "n_true": "true-sets",
    "overlaps": "overlap",
    "planted": "plant",
    "report": "no-report",
    "run_gsea": "gsea",
    "traits": "trait",
}
_PARAMETER = re.compile(r"`([a-z][a-z0-9_]*)`")


def in_options(text: str) -> str:
    """Name the options of the command line where the library names its parameters.

    Examples
    --------
    >>> in_options("name the column with `columns` z=…, or set `min_p` or `traits`")
    'name the column with --columns z=…, or set --min-p or --trait'
    """
    return _PARAMETER.sub(lambda found: f"--{option_of(found[1])}", text)


def option_of(parameter: str) -> str:
    """Name of the option of a parameter, without the dashes."""
    return OPTIONS.get(parameter, parameter.replace("_", "-"))
