"""Every figure: a row each, which report, notebook and command line read.

The row of figure ``NAME`` stands here, what draws it is function ``NAME`` of the file ``NAME.py``
beside. Nothing is loaded before a figure is drawn, so that the command line can list them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from twas.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pathways.output.run_tables import RunTables


@dataclass(frozen=True)
class Figure:
    """One figure of the registry.

    Attributes
    ----------
    name
        Name of its files, and on the command line.
    title
        What it shows.
    caption
        How to read it.
    over
        What there is one of it for: ``run``, ``collection``, ``pair`` or ``pathway``. The last
        two are further keywords of the function.
    needs
        What a run must have for it, in words; the function ``applies`` of its file tells whether
        a run has it.
    of_one_pair, on_common_genes
        Further sentences of the caption: where a run has one pair of traits, and where what is
        drawn is on the genes of both.
    """

    name: str
    title: str
    caption: str
    over: str
    needs: str
    of_one_pair: str = ""
    on_common_genes: str = ""

    @property
    def function(self) -> Callable[..., Axes]:
        """Draws it: ``function(results, ax=None, *, collection=None, ...) -> Axes``."""
        return cast("Callable[..., Axes]", getattr(self._home, self.name))

    def applies(self, results: RunTables, collection: str, pathway: str | None) -> bool:
        """Whether a run has what it needs; of a pathway, or None for any of the collection."""
        test = getattr(self._home, "applies", None)
        return test is None or bool(test(results, collection, pathway))

    @property
    def _home(self) -> Any:
        return import_module(f"pathways.report.figures.{self.name}")


_ON_COMMON_GENES = "Activities are on the genes of both traits, as the calls are."

#: Every figure, in the order of the report.
FIGURES: tuple[Figure, ...] = (
    Figure(
        "activity",
        "Activity of each pathway in each trait, with 95 % intervals",
        "Hollow points have too few loci for an interval. Thin ticks: the size that would have been"
        " called in a trait with 80 % power, on its own genes.",
        over="collection",
        needs="a pathway",
        of_one_pair="Below a call, where there is room: if opposite, or if shared, the weaker"
        " effect is below this.",
        on_common_genes=_ON_COMMON_GENES,
    ),
    Figure(
        "plane",
        "Activity in one trait against the other, with 95 % intervals",
        "The corners name the directions; a cross that reaches over an axis leaves that direction"
        " open. Named are the pathways with a call.",
        over="pair",
        on_common_genes=_ON_COMMON_GENES,
        needs="two traits",
    ),
    Figure(
        "heatmap",
        "Activity over its standard error, by tissue",
        "Tissues share most of their models, so that they are no independent replications.",
        over="collection",
        needs="two or more tissues",
    ),
    Figure(
        "qq",
        "Observed against expected p-values",
        "Sets share genes, so that the band, made for independent tests, is too narrow.",
        over="collection",
        needs="at least 20 sets that can be tested",
    ),
    Figure(
        "balance",
        "Stress–reserve balance and its parts",
        "Above zero: genetically more stress, or less reserve, goes with higher risk. The model is"
        " a hypothesis.",
        over="run",
        needs="the stress-reserve balance, which is drawn once, with the first collection",
    ),
    Figure(
        "circuits",
        "Stress–reserve balance by circuit",
        "Circuits are groups of GTEx tissues. Circuits whose intervals overlap may still differ,"
        " and the reverse: the sentence on circuits and balance.tsv hold the test.",
        over="run",
        needs="a tissue of a circuit; the circuits are drawn once, with the first collection",
    ),
    Figure(
        "genes",
        "Member genes along the genome",
        "Role × effect of each tested member; the mean over members is the activity. Named are the"
        " loci that contribute most, by their leading member; + 2 stands for two more.",
        over="pathway",
        needs="a tested member with a role",
    ),
    Figure(
        "influence",
        "Activities without each of the leading loci",
        "Dotted lines: activities with all loci. A call that changes is named at the right.",
        over="pathway",
        needs="a pathway with a call, which a locus or region moves",
    ),
    Figure(
        "gsea",
        "GSEA running sum",
        "Members of role −1 enter with their effect reversed. The p-value of GSEA permutes gene"
        " labels and ignores LD; no call rests on it.",
        over="pathway",
        needs="GSEA (run_gsea)",
    ),
)

#: Formats of a figure, each the ending of its file.
FORMATS = ("svg", "pdf", "png")

#: Name → figure.
BY_NAME = {figure.name: figure for figure in FIGURES}


def check_formats(figures: Collection[str]) -> None:
    """Refuse formats that a figure cannot have.

    Raises
    ------
    UsageError
        If one is none of `FORMATS`, or there is none.
    """
    given = [figures] if isinstance(figures, str) else list(figures)
    for name in given:
        if name not in FORMATS:
            raise UsageError(f"`figures` {name!r}: a format is one of {', '.join(FORMATS)}")
    if not given or isinstance(figures, str):
        raise UsageError(f"`figures` lists formats: one or more of {', '.join(FORMATS)}")


def names(over: str | None = None) -> tuple[str, ...]:
    """Names of the figures, or of those there is one of for each `over`."""
    return tuple(f.name for f in FIGURES if over in (None, f.over))
