"""What each table is, in one phrase, and how long one may be outside its TSV file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Longer tables are left out of ``results.json`` and of the workbook, which say so: the members of
#: 3,000 sets would be 40 MB of JSON, and a sheet that takes minutes to write and to open (one ends
#: at 1,048,576 rows in any case). The TSV files hold every row.
MAX_ROWS = 50_000

#: Table of `pathways.output.columns.TABLES` → what a row of it is, and what it tells.
CONTENTS: Mapping[str, str] = MappingProxyType(
    {
        "directions": "a row per collection, pathway, trait and scope: direction in each trait",
        "divergence": "a row per collection, pathway, pair of traits and scope: the call",
        "genes": "a row per collection, pathway, member, trait and scope: its contribution",
        "coverage": "a row per collection, pathway and member: tested, or why not",
        "leading_edge": "a row per collection, pathway, trait and member: its place in GSEA",
        "influence": "what remains of a pathway when an LD block or region is left out",
        "overlap": "what remains of a called pathway without the genes of another called one",
        "sensitivity": "the call of each pathway under other reasonable choices",
        "gene_divergence": "a row per collection, pathway, pair of traits and member",
        "heterogeneity": "whether three or more traits share an activity",
        "balance": "the stress-reserve balance: weighted sums of pathways",
        "resolution": "how the identifiers of the input files became genes",
        "hypotheses": "a row per prediction that was made beforehand, with its verdict",
    }
)
