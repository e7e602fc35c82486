"""Names for people: titles and hub genes of shipped pathways, loci, hostile names made inert.

Names come from input files. They are escaped where they are written (Jinja2, LaTeX); here they
lose only what no reader can see: control characters, which XML forbids, and in figures the marks
that turn the direction of writing.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

#: The shipped collection to which the titles and hub genes below belong.
CORE = "core"

#: Titles of the shipped pathways.
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "mtor": "PI3K–AKT–mTOR",
        "pgc1a": "PGC-1α and mitochondrial biogenesis",
        "sirt1": "SIRT1 deacetylase",
        "complement": "Complement",
        "autophagy": "Autophagy",
    }
)

#: Genes a reader looks for first in each shipped pathway; without a model they are named first.
HUBS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "mtor": ("MTOR", "RHEB", "PTEN", "TSC1", "TSC2", "RPTOR", "AKT1", "PIK3CA"),
        "pgc1a": ("PPARGC1A", "PPARGC1B", "ESRRA", "NRF1", "TFAM"),
        "sirt1": ("SIRT1", "CCAR2", "HIC1", "FOXO3", "TP53", "NAMPT", "CD38", "PARP1"),
        "complement": ("C1QA", "C3", "C4A", "C4B", "C5", "CFH", "CR1"),
        "autophagy": ("BECN1", "ULK1", "ATG5", "ATG7", "TFEB", "SQSTM1", "TBK1", "OPTN"),
    }
)

_SPACE = re.compile("[\t\n\r]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_TURNING = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def clean(text: object) -> str:
    """Replace control characters and lone surrogates, which no file format can carry."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _SPACE.sub(" ", str(text)))


def texts(column: pd.Series[Any]) -> pd.Series[Any]:
    """Give a column of texts with "" for what is missing, also where all of it is missing."""
    return column.astype(object).fillna("")


def shorten(text: object, width: int = 60) -> str:
    """Cut a name to `width` characters for a figure, without marks that turn the writing."""
    flat = _TURNING.sub("", clean(text))
    return flat if len(flat) <= width else flat[: width - 1].rstrip() + "…"


def title(pathway: object, collection: object = "") -> str:
    """Title of a shipped pathway, else its name."""
    return TITLES.get(str(pathway), clean(pathway)) if collection == CORE else clean(pathway)


def label(pathway: object, collection: object = "", *, width: int = 34, lines: int = 2) -> str:
    """Title broken into at most `lines` lines for a figure."""
    text = _TURNING.sub("", title(pathway, collection))
    if " " not in text and len(text) > width:
        text = text.replace("_", "_ ")  # GO and Reactome names break at their underscores
    parts = textwrap.wrap(text, width, max_lines=lines, placeholder="…") or [""]
    return "\n".join(part.replace("_ ", "_") for part in parts)


def hubs(pathway: object, collection: object) -> tuple[str, ...]:
    """Hub genes of a shipped pathway; none are known for other sets."""
    return HUBS.get(str(pathway), ()) if collection == CORE else ()


def slug(text: object, taken: set[str] | None = None) -> str:
    """A short safe name for a file or an anchor, unlike those in `taken` (which it joins)."""
    plain = unicodedata.normalize("NFKD", str(text)).encode("ascii", "ignore").decode().lower()
    base = re.sub("[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "set"
    used = set() if taken is None else taken
    name, k = base, 2
    while name in used:
        name, k = f"{base}-{k}", k + 1
    used.add(name)
    return name


def listing(words: list[str] | tuple[str, ...], *, most: int = 12) -> str:
    """``a, b and c``; from `most` on the rest are counted."""
    shown = [clean(word) for word in words]
    if len(shown) > most:
        return f"{', '.join(shown[:most])} and {len(shown) - most:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


_SPAN = re.compile(r"([^:]+):(\d+)-(\d+)")
#: Genes named of a locus.
_NAMED = 2

#: Pathway and locus → members, those that contribute most first.
Genes = Mapping[tuple[str, str], tuple[str, ...]]


def megabases(block: object) -> str:
    """``1:8117490-10871559`` as ``1:8.1–10.9 Mb``; other names stay."""
    found = _SPAN.fullmatch(str(block))
    if found is None:
        return clean(block)
    chrom, start, end = found.groups()
    return f"{chrom}:{int(start) / 1e6:.1f}–{int(end) / 1e6:.1f} Mb"


def members_of(genes: pd.DataFrame) -> Genes:
    """The members in each locus, from rows of ``genes`` in one collection and scope."""
    keys = ["pathway", "block", "gene"]
    size = genes["contribution"].abs().groupby([genes[key] for key in keys], sort=False)
    found: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for row in size.sum().reset_index().to_dict("records"):
        pathway, block, gene = (str(row[key]) for key in keys)
        found.setdefault((pathway, block), []).append((-float(row["contribution"]), gene))
    return {key: tuple(gene for _, gene in sorted(inside)) for key, inside in found.items()}


def locus(genes: Genes, pathway: object, block: object) -> str:
    """``NPRL3, 16:0.0–1.0 Mb``; of more members the first two and a count."""
    inside = [clean(gene) for gene in genes.get((str(pathway), str(block)), ())]
    more = [f"+{len(inside) - _NAMED}"] if len(inside) > _NAMED else []
    return ", ".join([*inside[:_NAMED], *more, megabases(block)]) if block else ""
