"""Figures: one file each, one registry. Each function takes an `Axes` and returns it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pathways.report.figures.backend  # noqa: F401  before matplotlib

# isort: split

from matplotlib.axes import Axes

from pathways.report.figures.activity import activity
from pathways.report.figures.balance import balance
from pathways.report.figures.circuits import circuits
from pathways.report.figures.genes import genes
from pathways.report.figures.gsea import gsea, ran
from pathways.report.figures.heatmap import heatmap
from pathways.report.figures.influence import influence, rows_of
from pathways.report.figures.plane import plane
from pathways.report.figures.qq import MIN_SETS, large, qq
from pathways.report.pages.selection import collections
from pathways.report.words.circuits import circuit_balances
from pathways.results import Results

__all__ = [
    "FIGURES", "Figure", "activity", "balance", "circuits", "genes", "gsea", "heatmap",
    "influence", "plane", "qq",
]  # fmt: skip


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
    function
        Draws it: ``function(results, ax=None, *, collection=None, ...) -> Axes``.
    over
        What there is one of it for: ``run``, ``collection``, ``pair`` or ``pathway``. The last
        two are further keywords of the function.
    applies
        Whether a run has what it needs: ``applies(results, collection, pathway or None)``.
    needs
        What that is, in words.
    """

    name: str
    title: str
    caption: str
    function: Callable[..., Axes]
    over: str
    applies: Callable[[Results, str, str | None], bool]
    needs: str


def _tissues(results: Results, collection: str, _: str | None) -> bool:
    table = results.directions
    return table.loc[table["collection"] == collection, "scope"].nunique() > 2


def _with_roles(results: Results, collection: str, pathway: str | None) -> bool:
    table = results.genes
    rows = (table["collection"] == collection) & (table["role"] != 0)
    return bool((rows & (table["pathway"] == pathway)).any() if pathway else rows.any())


def _balance(results: Results, collection: str, _: str | None) -> bool:
    table = results.tables.get("balance")
    return table is not None and len(table) > 0 and collection == collections(results)[0]


def _circuits(results: Results, collection: str, _: str | None) -> bool:
    shown = not circuit_balances(results.tables.get("balance")).empty
    return shown and collection == collections(results)[0]


#: Every figure, in the order of the report.
FIGURES: tuple[Figure, ...] = (
    Figure(
        "activity",
        "Activity of each pathway in each trait, with 95 % intervals and calls",
        "Hollow points have too few loci for an interval.",
        activity,
        "collection",
        lambda results, collection, pathway: True,
        "a pathway",
    ),
    Figure(
        "plane",
        "Activity in one trait against the other, with 95 % intervals",
        "The corners name the directions; a cross that reaches over an axis leaves that direction"
        " open.",
        plane,
        "pair",
        lambda results, collection, pathway: bool(
            (results.divergence["collection"] == collection).any()
        ),
        "two traits",
    ),
    Figure(
        "heatmap",
        "Activity over its standard error, by tissue",
        "Tissues share most of their models, so that they are no independent replications.",
        heatmap,
        "collection",
        _tissues,
        "two or more tissues",
    ),
    Figure(
        "qq",
        "Observed against expected p-values",
        "Sets share genes, so that the band, made for independent tests, is too narrow.",
        qq,
        "collection",
        lambda results, collection, pathway: large(results, collection),
        f"at least {MIN_SETS} sets that can be tested",
    ),
    Figure(
        "balance",
        "Stress–reserve balance and its parts",
        "Above zero: genetically more stress, or less reserve, goes with higher risk. The model is"
        " a hypothesis.",
        balance,
        "run",
        _balance,
        "the stress-reserve balance, which is drawn once, with the first collection",
    ),
    Figure(
        "circuits",
        "Stress–reserve balance by circuit",
        "Circuits are groups of GTEx tissues. Circuits whose intervals overlap may still differ,"
        " and the reverse: the sentence on circuits and balance.tsv hold the test.",
        circuits,
        "run",
        _circuits,
        "a tissue of a circuit; the circuits are drawn once, with the first collection",
    ),
    Figure(
        "genes",
        "Member genes along the genome",
        "Role × effect of each tested member; the mean over members is the activity. Named are the"
        " loci that contribute most, by their leading member; + 2 stands for two more.",
        genes,
        "pathway",
        _with_roles,
        "a tested member with a role",
    ),
    Figure(
        "influence",
        "Activities without each of the leading loci",
        "Dotted lines: activities with all loci. A call that changes is named at the right.",
        influence,
        "pathway",
        lambda results, collection, pathway: not rows_of(results, collection, pathway, None).empty,
        "a pathway with a call",
    ),
    Figure(
        "gsea",
        "GSEA running sum",
        "Members of role −1 enter with their effect reversed. The p-value of GSEA permutes gene"
        " labels and ignores LD; no call rests on it.",
        gsea,
        "pathway",
        ran,
        "GSEA (run --gsea)",
    ),
)

#: Name → figure.
BY_NAME = {figure.name: figure for figure in FIGURES}
