"""Read-only view of the two annotation databases (org.Hs.eg.db and GO.db)."""

from __future__ import annotations

import sqlite3
import weakref
from functools import cached_property
from pathlib import Path

# Strongest first: experiments, then statements with a source, then orthologs and sequence,
# then statements without a source, last inference from a protein family. IEA and ND never enter.
EVIDENCE_ORDER = (
    *("IDA", "IMP", "IGI", "IPI", "EXP", "IEP", "HDA", "HMP", "HGI", "HEP", "HTP"),
    *("TAS", "IC"),
    *("ISS", "ISO", "ISA", "ISM", "IGC", "RCA"),
    "NAS",
    *("IBA", "IBD", "IKR", "IRD"),
)
REFUSED = ("IEA", "ND")
WEAK = ("NAS", "IBA", "IBD", "IKR", "IRD")
_TABLES = {"BP": "go_bp", "MF": "go_mf", "CC": "go_cc"}


class Annotations:
    """Genes, GO terms and direct annotations.

    Parameters
    ----------
    orgdb, godb
        Paths of ``org.Hs.eg.sqlite`` and ``GO.sqlite``; opened read-only.
    """

    def __init__(self, orgdb: Path, godb: Path) -> None:
        self._org = sqlite3.connect(f"file:{orgdb}?mode=ro", uri=True)
        self._go = sqlite3.connect(f"file:{godb}?mode=ro", uri=True)
        for connection in (self._org, self._go):
            weakref.finalize(self, connection.close)
        self.versions = {"org.Hs.eg.db": _version(orgdb), "GO.db": _version(godb)}

    @cached_property
    def symbols(self) -> dict[str, str]:
        """Symbol of each gene → its NCBI gene type."""
        query = "select symbol, gene_type from gene_info join genetype using (_id)"
        return dict(self._org.execute(query))

    @cached_property
    def terms(self) -> dict[str, tuple[str, str]]:
        """GO identifier → (name, ontology), obsolete terms left out."""
        rows = self._go.execute("select go_id, term, ontology from go_term")
        return {go: (name, ontology) for go, name, ontology in rows}

    def metadata(self, key: str) -> str:
        """Value of one metadata entry of org.Hs.eg.db, for example ``GOSOURCEDATE``."""
        row = self._org.execute("select value from metadata where name = ?", (key,)).fetchone()
        return str(row[0])

    def members(self, go_id: str) -> dict[str, tuple[str, ...]]:
        """Genes annotated directly to a term → evidence codes, strongest first, no IEA or ND."""
        table = _TABLES[self.terms[go_id][1]]
        rows = self._org.execute(
            f"select symbol, evidence from {table} join gene_info using (_id) where go_id = ?",
            (go_id,),
        )
        found: dict[str, set[str]] = {}
        for symbol, code in rows:
            if code not in REFUSED:
                found.setdefault(symbol, set()).add(code)
        return {gene: tuple(sorted(c, key=EVIDENCE_ORDER.index)) for gene, c in found.items()}


def _version(database: Path) -> str:
    """Version of the R package around a database, from its DESCRIPTION."""
    description = database.parent.parent / "DESCRIPTION"
    if description.exists():
        for line in description.read_text(encoding="utf-8").splitlines():
            if line.startswith("Version: "):
                return line.removeprefix("Version: ")
    return "of unknown version"
