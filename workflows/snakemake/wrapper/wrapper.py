"""Snakemake wrapper of ``twas-divergence``: each parameter of the rule is an option.

``params.command`` is the command; the one output is its folder. A mapping or a list repeats the
option, true is a flag, false or nothing leaves it out.
"""

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

job = snakemake  # noqa: F821  # Snakemake puts it here


def options(name: str, value: Any) -> Iterator[str]:
    """Words of one option on the command line."""
    option = f"--{name.replace('_', '-')}"
    if value is None or value is False:
        return
    if value is True:
        yield option
    elif isinstance(value, Mapping):
        for key, one in value.items():
            if one is not None:
                yield from (option, f"{key}={one}")
    elif isinstance(value, str | int | float):
        yield from (option, str(value))
    else:
        for one in value:
            yield from options(name, one)


def main() -> int:
    """Run the command; what it prints goes into the log of the rule."""
    params = dict(job.params.items())
    words = ["twas-divergence", params.pop("command")]
    for name, value in params.items():
        words += options(name, value)
    words += ["--out", job.output[0]]
    with contextlib.ExitStack() as stack:
        log = stack.enter_context(Path(job.log[0]).open("w")) if job.log else None
        return subprocess.run(words, stdout=log, stderr=log, check=False).returncode


if code := main():
    sys.exit(code)
