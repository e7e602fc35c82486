"""The methods of a run: what was done, with its numbers, and the references that are cited.

Every sentence is a row of `CLAUSES` and names what a run must hold for it; a test walks them. The
references of the statistics stand in the module that they serve too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pathways.report.words import clauses_further, clauses_input, clauses_tests
from pathways.report.words.facts import RunFacts

#: Every sentence, in order.
CLAUSES = (*clauses_input.CLAUSES, *clauses_tests.CLAUSES, *clauses_further.CLAUSES)


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
        lines = [f"  {name} = {{{_kept(name, value)}}}" for name, value in self.fields.items()]
        return f"@{self.kind}{{{self.key},\n" + ",\n".join(lines) + "\n}\n"

    @property
    def text(self) -> str:
        """The reference in one line."""
        f = self.fields
        authors = f["author"].strip("{}").replace(" and others", " et al.").replace(" and ", "; ")
        where = f.get("journal") or f.get("publisher") or f.get("howpublished", "")
        volume = f" {f['volume']}" if "volume" in f else ""
        pages = f":{f['pages'].replace('--', '–')}" if "pages" in f else ""
        doi = f". doi:{f['doi']}" if "doi" in f else ""
        parts = (f.get("title", ""), f"{where}{volume}{pages}", f.get("note", ""))
        return f"{authors} ({f['year']}). {'. '.join(part for part in parts if part)}{doi}."


def _kept(name: str, value: str) -> str:
    """A title whose capitals stay: BibTeX styles make them small."""
    if name != "title":
        return value
    return re.sub(
        r"\b(?:[A-Z][A-Za-z]*[A-Z][A-Za-z]*|Bayes|Enrichr|Ontology|Python)\b", r"{\g<0>}", value
    )


def _article(
    key: str, author: str, year: int, title: str, journal: str, where: str, doi: str = ""
) -> Reference:
    """An article; `where` is ``volume:pages``."""
    volume, _, pages = where.partition(":")
    fields = {
        "author": author,
        "year": str(year),
        "title": title,
        "journal": journal,
        "volume": volume,
        "pages": pages,
        **({"doi": doi} if doi else {}),
    }
    return Reference(key, "article", fields)


#: Every reference, in the order of its key. Titles are whole; a DOI stands where it was looked up.
REFERENCES = (
    _article(
        "ashburner2000", "Ashburner, M. and Ball, C. A. and Blake, J. A. and others", 2000,
        "Gene Ontology: tool for the unification of biology",
        "Nature Genetics", "25:25--29", "10.1038/75556",
    ),
    _article(
        "barbeira2018", "Barbeira, A. N. and Dickinson, S. P. and Bonazzola, R. and others", 2018,
        "Exploring the phenotypic consequences of tissue specific gene expression variation"
        " inferred from GWAS summary statistics",
        "Nature Communications", "9:1825", "10.1038/s41467-018-03621-1",
    ),
    _article(
        "bell2002", "Bell, R. M. and McCaffrey, D. F.", 2002,
        "Bias reduction in standard errors for linear regression with multi-stage samples",
        "Survey Methodology", "28:169--181",
    ),
    _article(
        "benjamini1995", "Benjamini, Y. and Hochberg, Y.", 1995,
        "Controlling the false discovery rate: a practical and powerful approach to multiple"
        " testing",
        "Journal of the Royal Statistical Society, Series B", "57:289--300",
        "10.1111/j.2517-6161.1995.tb02031.x",
    ),
    _article(
        "bulikatlas2015", "Bulik-Sullivan, B. and Finucane, H. K. and Anttila, V. and others", 2015,
        "An atlas of genetic correlations across human diseases and traits",
        "Nature Genetics", "47:1236--1241", "10.1038/ng.3406",
    ),
    _article(
        "buliksullivan2015", "Bulik-Sullivan, B. K. and Loh, P.-R. and Finucane, H. K. and others",
        2015,
        "LD Score regression distinguishes confounding from polygenicity in genome-wide association"
        " studies",
        "Nature Genetics", "47:291--295", "10.1038/ng.3211",
    ),
    _article(
        "cabrera2012", "Cabrera, C. P. and Navarro, P. and Huffman, J. E. and others", 2012,
        "Uncovering networks from genome-wide association studies via circular genomic permutation",
        "G3: Genes, Genomes, Genetics", "2:1067--1075", "10.1534/g3.112.002618",
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
        "International Statistical Review", "55:37--48",
    ),
    _article(
        "davies1973", "Davies, R. B.", 1973,
        "Numerical inversion of a characteristic function", "Biometrika", "60:415--417",
        "10.1093/biomet/60.2.415",
    ),
    _article(
        "fang2023", "Fang, Z. and Liu, X. and Peltz, G.", 2023,
        "GSEApy: a comprehensive package for performing gene set enrichment analysis in Python",
        "Bioinformatics", "39:btac757", "10.1093/bioinformatics/btac757",
    ),
    Reference(
        "fisher1935", "book",
        {"author": "Fisher, R. A.", "year": "1935", "title": "The Design of Experiments",
         "publisher": "Oliver and Boyd", "note": "Section 21"},
    ),
    _article(
        "gelman2014", "Gelman, A. and Carlin, J.", 2014,
        "Beyond power calculations: assessing type S (sign) and type M (magnitude) errors",
        "Perspectives on Psychological Science", "9:641--651", "10.1177/1745691614551642",
    ),
    _article(
        "gtex2020", "{The GTEx Consortium}", 2020,
        "The GTEx Consortium atlas of genetic regulatory effects across human tissues",
        "Science", "369:1318--1330", "10.1126/science.aaz1776",
    ),
    _article(
        "gusev2016", "Gusev, A. and Ko, A. and Shi, H. and others", 2016,
        "Integrative approaches for large-scale transcriptome-wide association studies",
        "Nature Genetics", "48:245--252", "10.1038/ng.3506",
    ),
    _article(
        "hartigan1969", "Hartigan, J. A.", 1969, "Using subsample values as typical values",
        "Journal of the American Statistical Association", "64:1303--1317",
    ),
    _article(
        "holm1979", "Holm, S.", 1979, "A simple sequentially rejective multiple test procedure",
        "Scandinavian Journal of Statistics", "6:65--70",
    ),
    _article(
        "horowitz1974", "Horowitz, E. and Sahni, S.", 1974,
        "Computing partitions with applications to the knapsack problem",
        "Journal of the ACM", "21:277--292", "10.1145/321812.321823",
    ),
    Reference(
        "korotkevich2021", "misc",
        {
            "author": "Korotkevich, G. and Sukhov, V. and Budin, N. and others", "year": "2021",
            "title": "Fast gene set enrichment analysis",
            "howpublished": "bioRxiv 060012", "doi": "10.1101/060012",
        },
    ),
    _article(
        "kuleshov2016", "Kuleshov, M. V. and Jones, M. R. and Rouillard, A. D. and others", 2016,
        "Enrichr: a comprehensive gene set enrichment analysis web server 2016 update",
        "Nucleic Acids Research", "44:W90--W97", "10.1093/nar/gkw377",
    ),
    _article(
        "mancuso2019", "Mancuso, N. and Freund, M. K. and Johnson, R. and others", 2019,
        "Probabilistic fine-mapping of transcriptome-wide association studies",
        "Nature Genetics", "51:675--682", "10.1038/s41588-019-0367-1",
    ),
    _article(
        "smyth2004", "Smyth, G. K.", 2004,
        "Linear models and empirical Bayes methods for assessing differential expression in"
        " microarray experiments",
        "Statistical Applications in Genetics and Molecular Biology", "3:3",
        "10.2202/1544-6115.1027",
    ),
    _article(
        "subramanian2005", "Subramanian, A. and Tamayo, P. and Mootha, V. K. and others", 2005,
        "Gene set enrichment analysis: a knowledge-based approach for interpreting genome-wide"
        " expression profiles",
        "Proceedings of the National Academy of Sciences", "102:15545--15550",
        "10.1073/pnas.0506580102",
    ),
    _article(
        "wang2022", "Wang, J. and Gui, L. and Su, W. J. and Sabatti, C. and Owen, A. B.", 2022,
        "Detecting multiple replicating signals using adaptive filtering procedures",
        "Annals of Statistics", "50:1890--1909", "10.1214/21-AOS2139",
    ),
    Reference(
        "westfall1993", "book",
        {"author": "Westfall, P. H. and Young, S. S.", "year": "1993",
         "title": "Resampling-Based Multiple Testing: Examples and Methods for p-Value Adjustment",
         "publisher": "Wiley"},
    ),
    _article(
        "zhu2016", "Zhu, Z. and Zhang, F. and Hu, H. and others", 2016,
        "Integration of summary data from GWAS and eQTL studies predicts complex trait gene"
        " targets",
        "Nature Genetics", "48:481--487", "10.1038/ng.3538",
    ),
)  # fmt: skip

BY_KEY = {reference.key: reference for reference in REFERENCES}
_CITATION = re.compile(r"@([a-z]+\d{4})")


def methods(facts: RunFacts) -> tuple[str, ...]:
    """Paragraphs for the methods section of a paper, in plain text.

    A paragraph per section: heading, full stop, the sentences that hold. Citations stand as
    ``[@key]``, keys of `REFERENCES`.

    Parameters
    ----------
    facts
        Of the run: what was not done is not described.
    """
    found: dict[str, list[str]] = {}
    for clause in CLAUSES:
        if clause.holds(facts):
            found.setdefault(clause.section, []).append(clause.text(facts))
    return tuple(f"{section}. {' '.join(sentences)}" for section, sentences in found.items())


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
