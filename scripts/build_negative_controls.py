"""Build ``data/gene_sets/negative_controls.tsv``: a random set beside every core set.

``python scripts/build_negative_controls.py`` writes the file; ``--check`` compares it with what is
committed and exits 1 on a difference.

A control mirrors its core set block by block: each LD block that holds members of the core set has
a partner block with the same number of control genes in the same roles. So size, roles, number of
loci and crowding of the loci are those of the core set, and only the biology is missing. Genes
look protein-coding by their symbol (98 % are), stand in no shipped signed set, and in one control
only.

Genes are drawn in the order of the SHA-256 of seed, set and gene, which is the same on every
platform and in every release of Python and NumPy.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pathways.gene_sets import load_gene_sets  # noqa: E402
from twas.genes import reference  # noqa: E402
from twas.genes.blocks import default_blocks  # noqa: E402
from twas.simulation.panel import candidate_genes  # noqa: E402

SEED = 20_260_501
OUTPUT = ROOT / "data" / "gene_sets" / "negative_controls.tsv"
MIRRORED, EXCLUDED = "core", ("core", "extended")
# Pseudogenes that `candidate_genes` lets through, such as AGAP12P.
PSEUDOGENE = r"\dP$"
COLUMNS = ("pathway", "gene", "role", "evidence", "note")


def build() -> str:
    """Return the text of the file."""
    core = load_gene_sets(MIRRORED).table
    free = _candidates()
    rows = []
    for pathway in core["pathway"].drop_duplicates():
        name = f"control_{pathway}"
        members = core[core["pathway"] == pathway]
        drawn = draw(_profile(members), _in_order(free, name))
        note = f"drawn at random; stands in for a member of {pathway} and takes its role"
        genes, roles = pd.Series([gene for gene, _ in drawn]), [role for _, role in drawn]
        found = sorted(zip(_symbols(genes), roles, strict=True))
        rows += [(name, symbol, role, "random", note) for symbol, role in found]
        free = free[~free["gene"].isin(genes)]
    lines = ["\t".join(COLUMNS), *("\t".join(map(str, row)) for row in rows)]
    return "\n".join(lines) + "\n"


def draw(profile: Iterable[tuple[int, ...]], free: pd.DataFrame) -> list[tuple[str, int]]:
    """Give each tuple of roles a block of its own and as many of its genes.

    Parameters
    ----------
    profile
        Roles of the members of each block of the core set, the fullest block first.
    free
        ``gene`` and ``block`` of the genes that may be drawn, in the order of drawing.
    """
    waiting: dict[str, list[str]] = {}
    for gene, block in free[["gene", "block"]].itertuples(index=False):
        waiting.setdefault(block, []).append(gene)
    # Blocks stand in the order of their first gene, so a block is as likely as it is rich in genes.
    drawn: list[tuple[str, int]] = []
    for roles in profile:
        block = next(block for block, genes in waiting.items() if len(genes) >= len(roles))
        drawn += zip(waiting.pop(block), roles, strict=False)
    return drawn


def _candidates() -> pd.DataFrame:
    taken = {gene for name in EXCLUDED for gene in load_gene_sets(name).table["gene"]}
    free = _with_blocks([gene for gene in candidate_genes() if gene not in taken])
    return free[~_symbols(free["gene"]).str.contains(PSEUDOGENE)]


def _symbols(genes: pd.Series) -> pd.Series:
    return genes.map(reference.by_gene()["symbol"])


def _with_blocks(genes: Iterable[str]) -> pd.DataFrame:
    places = reference.positions(list(genes))
    return places.assign(block=default_blocks().assign(places))


def _profile(members: pd.DataFrame) -> list[tuple[int, ...]]:
    blocks = _with_blocks(members["gene"])["block"].to_numpy()
    roles = members["role"].to_numpy()
    found = [tuple(sorted(roles[blocks == block], reverse=True)) for block in dict.fromkeys(blocks)]
    return sorted(found, key=len, reverse=True)


def _in_order(free: pd.DataFrame, name: str) -> pd.DataFrame:
    keys = [hashlib.sha256(f"{SEED}:{name}:{gene}".encode()).hexdigest() for gene in free["gene"]]
    return free.assign(key=keys).sort_values("key")


def main() -> int:
    """Build or check the file; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    arguments = parser.parse_args()
    text = build()
    if arguments.check:
        same = OUTPUT.exists() and OUTPUT.read_text(encoding="utf-8") == text
        print("up to date" if same else f"{OUTPUT.name} differs from what the script builds")
        return 0 if same else 1
    OUTPUT.write_text(text, encoding="utf-8", newline="\n")
    print(f"{OUTPUT.name}: {text.count(chr(10)) - 1} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
