"""References that the methods cite, each as it stands in the docstring of the module it serves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """One reference.

    Attributes
    ----------
    key
        As cited: ``[@key]``.
    kind
        BibTeX entry type.
    fields
        BibTeX field → value.
    """

    key: str
    kind: str
    fields: dict[str, str]

    @property
    def bibtex(self) -> str:
        """The entry of ``references.bib``."""
        lines = [f"  {name} = {{{value}}}" for name, value in self.fields.items()]
        return f"@{self.kind}{{{self.key},\n" + ",\n".join(lines) + "\n}\n"

    @property
    def text(self) -> str:
        """The reference in one line."""
        f = self.fields
        authors = f["author"].replace(" and others", " et al.").replace(" and ", "; ")
        where = f.get("journal") or f.get("publisher") or f.get("howpublished", "")
        volume = f" {f['volume']}" if "volume" in f else ""
        pages = f":{f['pages'].replace('--', '–')}" if "pages" in f else ""
        doi = f". doi:{f['doi']}" if "doi" in f else ""
        parts = (f.get("title", ""), f"{where}{volume}{pages}", f.get("note", ""))
        return f"{authors} ({f['year']}). {'. '.join(part for part in parts if part)}{doi}."


def _article(
    key: str, author: str, year: int, title: str, journal: str, volume: str, pages: str
) -> Reference:
    names = ("author", "year", "title", "journal", "volume", "pages")
    return Reference(
        key,
        "article",
        dict(zip(names, (author, str(year), title, journal, volume, pages), strict=True)),
    )


#: Every reference, in the order of its key.
REFERENCES = (
    _article(
        "bell2002", "Bell, R. M. and McCaffrey, D. F.", 2002,
        "Bias reduction in standard errors for linear regression with multi-stage samples",
        "Survey Methodology", "28", "169--181",
    ),
    _article(
        "benjamini1995", "Benjamini, Y. and Hochberg, Y.", 1995,
        "Controlling the false discovery rate", "JRSS B", "57", "289--300",
    ),
    _article(
        "cabrera2012", "Cabrera, C. P. and Navarro, P. and Huffman, J. E. and others", 2012,
        "Uncovering networks from genome-wide association studies via circular genomic permutation",
        "G3", "2", "1067--1075",
    ),
    Reference(
        "cheung2026", "misc",
        {
            "author": "Cheung", "year": "2026",
            "howpublished": "Cureus 18(5):e109147", "doi": "10.7759/cureus.109147",
        },
    ),
    _article(
        "daniels1987", "Daniels, H. E.", 1987, "Tail probability approximations",
        "International Statistical Review", "55", "37--48",
    ),
    _article(
        "davies1973", "Davies, R. B.", 1973,
        "Numerical inversion of a characteristic function", "Biometrika", "60", "415--417",
    ),
    _article(
        "fang2023", "Fang, Z. and Liu, X. and Peltz, G.", 2023, "GSEApy", "Bioinformatics", "39",
        "btac757",
    ),
    Reference(
        "fisher1935", "book",
        {"author": "Fisher, R. A.", "year": "1935", "title": "The Design of Experiments",
         "note": "section 21"},
    ),
    _article(
        "gelman2014", "Gelman, A. and Carlin, J.", 2014,
        "Beyond power calculations: assessing type S (sign) and type M (magnitude) errors",
        "Perspectives on Psychological Science", "9", "641--651",
    ),
    _article(
        "hartigan1969", "Hartigan, J. A.", 1969, "Using subsample values as typical values",
        "JASA", "64", "1303--1317",
    ),
    _article(
        "holm1979", "Holm, S.", 1979, "A simple sequentially rejective multiple test procedure",
        "Scandinavian Journal of Statistics", "6", "65--70",
    ),
    _article(
        "horowitz1974", "Horowitz, E. and Sahni, S.", 1974,
        "Computing partitions with applications to the knapsack problem",
        "J ACM", "21", "277--292",
    ),
    _article(
        "smyth2004", "Smyth, G. K.", 2004,
        "Linear models and empirical Bayes methods for assessing differential expression in"
        " microarray experiments",
        "Statistical Applications in Genetics and Molecular Biology", "3", "3",
    ),
    _article(
        "subramanian2005", "Subramanian, A. and others", 2005, "Gene set enrichment analysis",
        "PNAS", "102", "15545--15550",
    ),
    _article(
        "wang2022", "Wang, J. and Gui, L. and Su, W. J. and Sabatti, C. and Owen, A. B.", 2022,
        "Detecting multiple replicating signals using adaptive filtering procedures",
        "Annals of Statistics", "50", "1890--1909",
    ),
    Reference(
        "westfall1993", "book",
        {"author": "Westfall, P. H. and Young, S. S.", "year": "1993",
         "title": "Resampling-Based Multiple Testing", "publisher": "Wiley"},
    ),
)  # fmt: skip

BY_KEY = {reference.key: reference for reference in REFERENCES}
_CITATION = re.compile(r"@([a-z]+\d{4})")


def cited(paragraphs: Iterable[str]) -> tuple[Reference, ...]:
    """The references that paragraphs cite, in the order of their keys."""
    keys = {key for text in paragraphs for key in _CITATION.findall(text)}
    return tuple(BY_KEY[key] for key in sorted(keys))


def numbered(paragraphs: Iterable[str]) -> tuple[tuple[str, ...], tuple[Reference, ...]]:
    """Paragraphs with numbers in the place of keys, and the references in that order."""
    listed = tuple(paragraphs)
    references = cited(listed)
    number = {reference.key: str(k + 1) for k, reference in enumerate(references)}

    def replace(match: re.Match[str]) -> str:
        return "[" + ", ".join(number[key] for key in _CITATION.findall(match[0])) + "]"

    pattern = re.compile(r"\[@[^\]]+\]")
    return tuple(pattern.sub(replace, text) for text in listed), references
