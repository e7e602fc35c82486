"""Figure 5: leave one locus out: the activities of a called pathway without each locus."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from matplotlib.axes import Axes

from pathways.calls.vocabulary import CALLED
from pathways.output.run_tables import RunTables
from pathways.report.figures import style
from pathways.report.figures.forest import Estimate, forest, legend
from pathways.report.figures.genes import joined
from pathways.report.selection import combined, select
from pathways.report.words import names
from pathways.report.words.names import megabases
from pathways.report.words.numbers import Row, Scale
from twas.errors import UsageError

#: Rows drawn: those without which the activities change most.
MOST = 20
#: A figure in which no activity moves by this share of itself and no call changes shows nothing.
MOVED = 0.15


def influence(
    results: RunTables,
    ax: Axes | None = None,
    *,
    collection: str | None = None,
    pathway: str | None = None,
    pair: tuple[str, str] | None = None,
    width: float = style.PAGE,
) -> Axes:
    """Draw both activities of a pathway without each of its leading loci.

    Parameters
    ----------
    results
        A run with an ``influence`` table.
    ax
        Where to draw; a new figure by default.
    collection, pathway, pair
        Names; the first with rows by default.
    width
        Of a new figure, in inches.

    Returns
    -------
    Axes
        The `MOST` loci and regions of most influence; dotted lines stand at the activities with
        all loci. A call that changes is named at the right. Regions are left out of every set.

    Raises
    ------
    UsageError
        If nothing was left out of this pathway.
    """
    chosen = select(results, collection)
    table = rows_of(results, chosen.collection, pathway, pair)
    if table.empty:
        raise UsageError(f"no locus was left out of {pathway or 'any pathway'}: it has no call")
    first = table.iloc[0]
    traits = (str(first["trait_a"]), str(first["trait_b"]))
    whole = chosen.divergence[(first["pathway"], *traits)]
    # A pair may have another unit than its traits have alone.
    scale = replace(chosen.scale, effect_scale=str(whole["effect_scale"]))
    table = table.drop_duplicates("dropped")  # the MHC is a block and a region
    n = len(table)
    change = sum(_change(table, whole, c) for c in "ab")
    table = table.assign(change=change).nlargest(MOST, "change", keep="first")
    ax = style.new_axes(1.4 + 0.2 * len(table), width) if ax is None else ax
    looks = [chosen.traits.index(trait) for trait in traits]
    series = [[_estimate(scale, r, c) for r in table.to_dict("records")] for c in "ab"]
    forest(ax, _labels(ax, results, table), series, looks=looks)
    for look, c in zip(looks, "ab", strict=True):
        at = scale.of(whole[f"activity_{c}"])
        ax.axvline(at, color=style.colour(look), lw=0.8, ls=":", zorder=1)
    _changed_calls(ax, table, str(whole["call"]))
    label = style.quantity(ax, "activity without the locus", scale.unit)
    if n > len(table):
        label += f"\n{len(table)} of {n} loci and regions, those of most influence"
    ax.set_xlabel(label)
    heading = f"{chosen.titles[first['pathway']]}: {whole['call']}"
    above = legend(ax, traits, looks=looks, heading=heading)
    style.bare(ax)
    style.stamp(ax, simulated=chosen.simulated, above=above)
    return ax


def rows_of(
    results: RunTables, collection: str, pathway: str | None, pair: tuple[str, str] | None
) -> pd.DataFrame:
    """Rows of ``influence`` for one pathway and pair, by default the first that has a call."""
    table = results.tables.get("influence")
    if table is None or table.empty:
        return pd.DataFrame()
    table = combined(table, collection)
    table = table if pathway is None else table[table["pathway"] == pathway]
    if pair is not None:
        table = table[(table["trait_a"] == pair[0]) & (table["trait_b"] == pair[1])]
    key = ["pathway", "trait_a", "trait_b"]
    whole = combined(results.divergence, collection)
    called = pd.MultiIndex.from_frame(whole.loc[whole["call"].isin(CALLED), key])
    table = table[pd.MultiIndex.from_frame(table[key]).isin(called)]
    if table.empty:
        return table
    return table[(table[key] == table[key].iloc[0]).all(axis=1)]


def _change(table: pd.DataFrame, whole: Row, trait: str) -> pd.Series:
    """How much of the activity of a trait changes without each locus."""
    activity: float = whole[f"activity_{trait}"]
    return (table[f"activity_{trait}"] - activity).abs() / max(abs(activity), 1e-300)


def _estimate(scale: Scale, row: Row, trait: str) -> Estimate:
    value = scale.of(row[f"activity_{trait}"])
    tip = (
        f"without {row['dropped']} ({row['n_genes_dropped']} genes): {row[f'trait_{trait}']}"
        f" {scale.text(row[f'activity_{trait}'])}, {row['call']}"
    )
    # Not an interval: a point that is drawn full.
    return Estimate(value, value, value, tip)


def _labels(ax: Axes, results: RunTables, table: pd.DataFrame) -> list[str]:
    """The members in each locus, and where it is."""
    genes = combined(results.genes, str(table["collection"].iloc[0]))
    genes = genes[genes["pathway"] == table["pathway"].iloc[0]]
    members = genes.groupby("block")["gene"].unique()
    labels = []
    for block in table["dropped"]:
        inside = [names.shorten(gene, 16) for gene in members.get(block, [])]
        where = names.shorten(megabases(block), 26)
        if not inside:
            labels.append(where)
        elif style.narrow(ax):
            labels.append(joined(inside, 16))
        else:
            labels.append(f"{joined(inside, 22)} ({where})")
    return labels


def _changed_calls(ax: Axes, table: pd.DataFrame, call: str) -> None:
    for row, found in enumerate(table["call"]):
        if found != call:
            ax.annotate(
                str(found),
                xy=(1, row),
                xycoords=("axes fraction", "data"),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                color=style.ALARM,
                annotation_clip=False,
            )


def applies(results: RunTables, collection: str, pathway: str | None) -> bool:
    """Whether leaving a locus out moves anything: the call, or `MOVED` of an activity."""
    table = rows_of(results, collection, pathway, None)
    if table.empty:
        return False
    first = table.iloc[0]
    key = (first["pathway"], str(first["trait_a"]), str(first["trait_b"]))
    whole = select(results, collection).divergence[key]
    moved = pd.concat([_change(table, whole, c) for c in "ab"]).max() >= MOVED
    return bool(moved or (table["call"] != whole["call"]).any())
