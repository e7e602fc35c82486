"""Build ``data/gene_sets/*.tsv`` and their README from GO and the hand plans.

``python scripts/build_gene_sets.py`` writes the files; ``--check`` compares them with what is
committed and exits 1 on a difference. The plans are ``scripts/gene_sets/*.toml``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gene_sets.building import COLUMNS, Row, build
from gene_sets.database import Annotations
from gene_sets.plan import Plan, PlanError, read_plan
from gene_sets.readme import readme

ROOT = Path(__file__).resolve().parent.parent
PLANS = ROOT / "scripts" / "gene_sets"
OUTPUT = ROOT / "data" / "gene_sets"
COLLECTIONS = ("core", "extended")
# Where the Debian packages r-bioc-org.hs.eg.db and r-bioc-go.db put the databases.
SITE_LIBRARY = Path("/usr/lib/R/site-library")
ORGDB = SITE_LIBRARY / "org.Hs.eg.db" / "extdata" / "org.Hs.eg.sqlite"
GODB = SITE_LIBRARY / "GO.db" / "extdata" / "GO.sqlite"


def table(rows: list[Row]) -> str:
    """Return the rows as tab-separated text with a header."""
    lines = ["\t".join(COLUMNS), *("\t".join(row.cells()) for row in rows)]
    return "\n".join(lines) + "\n"


def build_files(annotations: Annotations) -> dict[Path, str]:
    """Return the text of every file that this script owns."""
    built: list[tuple[Plan, list[Row]]] = []
    for collection in COLLECTIONS:
        plan = read_plan(PLANS / f"{collection}.toml")
        built.append((plan, build(plan, annotations)))
    files = {OUTPUT / f"{plan.collection}.tsv": table(rows) for plan, rows in built}
    files[OUTPUT / "README.md"] = readme(built, annotations)
    return files


def differing(files: dict[Path, str]) -> list[str]:
    """Names of the files whose committed text is not the text built now."""
    return [
        path.name
        for path, text in files.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orgdb", type=Path, default=ORGDB, help="org.Hs.eg.sqlite")
    parser.add_argument("--godb", type=Path, default=GODB, help="GO.sqlite")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    return parser.parse_args()


def main() -> int:
    """Build or check the files; return the exit code."""
    arguments = _arguments()
    for path in (arguments.orgdb, arguments.godb):
        if not path.exists():
            print(f"{path} is missing; install r-bioc-org.hs.eg.db and r-bioc-go.db or name it")
            return 2
    try:
        files = build_files(Annotations(arguments.orgdb, arguments.godb))
    except PlanError as error:
        print(f"refused: {error}", file=sys.stderr)
        return 1
    if arguments.check:
        stale = differing(files)
        print(f"differ from the plan: {', '.join(stale)}" if stale else "up to date")
        return 1 if stale else 0
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {text.count(chr(10))} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
