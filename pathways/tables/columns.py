"""What a table and a column of the output are, and the columns that several tables have.

Each file of this package makes one table and holds its row, a `Table`; `pathways.tables.registry`
lists them. What is written, validated, documented and printed reads these rows: a column that is
not there is not written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from pathways.calls.vocabulary import WORDS

if TYPE_CHECKING:
    from pathways.calls.collection import Options
    from pathways.hypotheses.registry import Hypothesis
    from twas.study.study import Study


@dataclass(frozen=True)
class Column:
    """One output column.

    Attributes
    ----------
    name
        Name in the header of the TSV.
    kind
        ``text``, ``count``, ``p`` (a p- or q-value, in [0, 1]) or ``number``.
    unit
        Unit, or ``""``; ``effect`` is the unit named by the column ``effect_scale``.
    meaning
        One phrase for people.
    on
        Where it is printed beside the TSV, JSON and workbook, which hold every column: ``report``,
        on the screen; ``paper``, also in the PDF (a table without such a column is printed whole);
        ``multiqc``, at once, or ``multiqc-hidden``, when asked for.
    heading
        Heading where the name does not do.
    before
        In the report it stands before this column, or at the ``end``; "" where the table has it.
    latex
        Place and heading in the LaTeX table; None: not in it.
    wordy
        Running text, which needs room.
    """

    name: str
    kind: str
    unit: str
    meaning: str
    on: str = ""
    heading: str = ""
    before: str = ""
    latex: tuple[int, str] | None = None
    wordy: bool = False

    def printed(self, medium: str) -> bool:
        """Whether it is printed there."""
        return medium in self.on.split()


@dataclass(frozen=True)
class Table:
    """One output table.

    Attributes
    ----------
    name
        Name of its file, ``NAME.tsv``.
    contents
        What a row of it is, and what it tells.
    rows
        Makes it: of a `pathways.calls.collection.CollectionResult` with all traits, or with one
        pair, or of a `pathways.tables.columns.Run`.
    columns
        Its columns in order; that of the collection is added to what `rows` gives.
    over
        What there is one of it for: each ``collection`` (it reads no pair), each ``pair`` of
        traits in a collection (it reads no other), or the whole ``run``.
    """

    name: str
    contents: str
    rows: Callable[[Any], pd.DataFrame]
    columns: tuple[Column, ...]
    over: str = "collection"

    def shown(self) -> tuple[Column, ...]:
        """The columns of the report, in its order."""
        order = [c for c in self.columns if not c.before]
        moved = [c for c in self.columns if c.before]
        while moved:
            names = [c.name for c in order] + ["end"]
            ready = next(c for c in moved if c.before in names)
            moved.remove(ready)
            order.insert(names.index(ready.before), ready)
        return tuple(c for c in order if c.printed("report"))

    def on_paper(self) -> tuple[str, ...]:
        """Names of the columns of the PDF."""
        chosen = tuple(c.name for c in self.columns if c.printed("paper"))
        return chosen or tuple(c.name for c in self.columns)

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return `frame` with exactly the registered columns, in order.

        Raises
        ------
        ValueError
            If a column is missing or not registered: a programming error.
        """
        names = [column.name for column in self.columns]
        if frame.empty:
            return pd.DataFrame({name: pd.Series(dtype=object) for name in names})
        if set(names) != set(frame.columns):
            odd = sorted(set(names) ^ set(frame.columns))
            raise ValueError(f"table {self.name!r} and its columns disagree on {odd}")
        return frame[names]


COLLECTION = Column("collection", "text", "", "collection of gene sets")
PATHWAY = Column("pathway", "text", "", "gene set", on="report")
SCOPE = Column("scope", "text", "", "combined, a tissue, or a group of tissues")
TRAIT = Column("trait", "text", "", "trait")
TRAIT_A = Column("trait_a", "text", "", "first trait", on="report", heading="trait A")
TRAIT_B = Column("trait_b", "text", "", "second trait", on="report", heading="trait B")
EFFECT_SCALE = Column(
    "effect_scale", "text", "", "per_sqrt_n (z / sqrt(N_eff)) or unit (z / SD of z)"
)
#: What names a row of a pair.
OF_PAIR = (COLLECTION, PATHWAY, TRAIT_A, TRAIT_B, SCOPE)
CI_LOW = Column(
    "ci_low",
    "number",
    "effect",
    "lower end of the 95 % interval (inverted sign-flip test)",
    on="report paper",
    heading="95 % interval from",
)
CI_HIGH = Column(
    "ci_high", "number", "effect", "upper end of the 95 % interval", on="report paper", heading="to"
)
ACTIVITY_A = Column(
    "activity_a",
    "number",
    "effect",
    "activity in the first trait, on the genes of both",
    on="report",
    heading="activity A",
)
ACTIVITY_B = Column(
    "activity_b",
    "number",
    "effect",
    "activity in the second trait, on the genes of both",
    on="report",
    heading="activity B",
)
N_TESTED = Column(
    "n_tested",
    "count",
    "genes",
    "members with a z-score in both traits",
    on="report",
    heading="genes tested",
)
N_BLOCKS = Column(
    "n_blocks",
    "count",
    "LD blocks",
    "LD blocks that hold the signed ones",
    on="report",
    heading="loci",
)
P_BOTH = Column("p_both", "p", "", "larger of the two two-sided p", on="report")
P_OPPOSITE = Column(
    "p_opposite", "p", "", "larger one-sided p if the directions are opposite, else 1", on="report"
)
P_DIFFERENCE = Column("p_difference", "p", "", "two-sided p of the difference", on="report")
Q_CALL = Column(
    "q_call",
    "p",
    "",
    "estimated false discovery rate of the best pair of directions, over both directions of all"
    " sets of the family; called at 0.05 if the exact p is at most 0.05 in both traits too; a"
    " property of the list, not of one pathway",
    on="report",
)
CALL = Column("call", "text", "", ", ".join(WORDS), on="report")
GENE = Column("gene", "text", "", "gene symbol")
ENSEMBL_ID = Column("ensembl_id", "text", "", "unversioned Ensembl gene id")
BLOCK = Column("block", "text", "", "LD block")
DIFFERENCE_SCALED = Column(
    "difference_scaled",
    "number",
    "effect",
    "kappa * activity_a - activity_b, kappa the ratio of the genome-wide strengths: the end of"
    " its range that is nearer to none; 0 where the ends disagree in sign",
)
P_DIFFERENCE_SCALED = Column(
    "p_difference_scaled",
    "p",
    "",
    "p of the difference after scaling by the genome-wide strengths, over their error",
)
SCALE_REASON = Column("scale_reason", "text", "", "why there is no scaled difference")

#: Which rows are one family of q-values.
FAMILY = "over the sets; of a tissue or group: over all tissues and groups"


@dataclass(frozen=True, eq=False)
class Run:
    """A whole run.

    Attributes
    ----------
    study
        What was tested.
    hypotheses
        Predictions to judge.
    options
        What was chosen.
    tables
        Name → table, of those that are made before.
    """

    study: Study
    hypotheses: Sequence[Hypothesis]
    options: Options
    tables: Mapping[str, pd.DataFrame]
