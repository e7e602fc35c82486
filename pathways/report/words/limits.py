"""How far an answer reaches: what could have been seen, what controls and other choices say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pathways.calls.vocabulary import ALPHA, CALLED
from pathways.output.run_tables import RunTables
from pathways.report.selection import Selection, combined, is_clear, rank
from pathways.report.words import names
from pathways.report.words.numbers import Row
from twas.system.arrays import Float

AS_ANALYSED = "as analysed"
#: The variant that is a control: what rests on roles must go with them.
ROLES_IGNORED = "roles ignored"
#: Calls whose changes are told one by one; more are counted.
MOST = 12
_KEYS = ["pathway", "trait_a", "trait_b"]
_FDR = "at a false discovery rate of 5 %"


def seen(chosen: Selection) -> tuple[str, ...]:
    """What size of effect could have been seen: a sentence per trait, and per pair of them."""
    traits = (_of_trait(chosen, trait) for trait in chosen.traits)
    pairs = (_of_pair(chosen, pair) for pair in chosen.pairs)
    return tuple(filter(None, [*traits, *pairs]))


def _of_trait(chosen: Selection, trait: str) -> str:
    rows = [row for (_, t), row in chosen.directions.items() if t == trait]
    if not rows:
        return ""
    sizes = _column(rows, "detectable_effect_fdr")
    if not np.isfinite(sizes).any():
        return _of_intervals(chosen, trait, rows)
    reach = sizes[np.isfinite(sizes)]
    return (
        f"{trait}: an activity of {_typical(chosen, reach)} would have been found {_FDR} with 80 %"
        f" power{_out_of_reach(len(rows) - len(reach), len(rows), 'found there')}."
    )


def _of_intervals(chosen: Selection, trait: str, rows: list[Row]) -> str:
    """Where no effect could have been found: how wide the intervals are."""
    out = f"{trait}: {_FDR} no effect of any size could have been found, the loci being too few"
    halves = (_column(rows, "ci_high") - _column(rows, "ci_low")) / 2
    halves = halves[np.isfinite(halves)]
    if not halves.size:
        return f"{out}."
    return (
        f"{out}; the 95 % interval reaches {_typical(chosen, halves)} to each side of the estimate."
    )


def _of_pair(chosen: Selection, pair: tuple[str, str]) -> str:
    """For a call both directions must be seen: the trait that sees less decides."""
    keys = [p for p, *traits in chosen.divergence if tuple(traits) == pair]
    both = [[chosen.directions.get((p, trait)) for trait in pair] for p in keys]
    sizes = np.array([[_detectable(row) for row in rows] for rows in both])
    if not len(sizes):
        return ""
    calls = [str(chosen.divergence[(p, *pair)]["call"]) for p in keys]
    never = sum(call == "untestable" for call in calls)
    needed = sizes.max(axis=1)
    reach = needed[np.isfinite(needed)]
    name, n = " / ".join(map(names.clean, pair)), len(keys)
    if not reach.size:
        return (
            f"{name}: both directions must be seen, and in no pathway could both be found {_FDR}"
            f"{_out_of_reach(never, n, 'called')}."
        )
    less = np.bincount(sizes[np.isfinite(needed)].argmax(axis=1), minlength=2).argmax()
    return (
        f"{name}: both directions must be seen, which takes an activity of"
        f" {_typical(chosen, reach)} in each (80 % power in"
        f" {names.clean(pair[int(less)])}, which sees less)"
        f"{_out_of_reach(never, n, 'called')}."
    )


def _detectable(row: Row | None) -> float:
    return rank(np.nan if row is None else row["detectable_effect_fdr"])


def _column(rows: list[Row], name: str) -> Float:
    return np.array([row[name] for row in rows])


def _typical(chosen: Selection, sizes: Float) -> str:
    """Median and range of sizes; one size alone."""
    text, unit = chosen.scale.text, chosen.scale.prefix
    middle = f"{text(np.median(sizes))} {unit}".rstrip()
    if len(sizes) == 1:
        return middle
    return f"{middle} (median of {len(sizes):,}; {text(sizes.min())} to {text(sizes.max())})"


def _out_of_reach(n: int, of: int, done: str) -> str:
    if not n:
        return ""
    share = f" ({n / of:.0%})".replace("%", " %") if of > 1 else ""
    sets = "pathway" if of == 1 else "pathways"
    return f"; in {n:,} of {of:,} {sets}{share} no effect of any size could have been {done}"


def controls(chosen: Selection) -> str:
    """What negative controls say of the whole run.

    Parameters
    ----------
    chosen
        The collection of negative controls.
    """
    what = "Negative controls (random genes, equal to the core sets in size, roles and loci):"
    rows = list(chosen.divergence.values())
    if rows:
        called = sum(row["call"] in CALLED for row in rows)
        doubt = "" if called == 0 else "; calls of this run deserve doubt"
        return f"{what} {called:,} of {len(rows):,} have a call{doubt}."
    tested = [row for row in chosen.directions.values() if row["direction"] != "untestable"]
    clear = sum(map(is_clear, tested))
    doubt = "" if clear == 0 else f"; at q {ALPHA} few or none should"
    return f"{what} {clear:,} of {len(tested):,} have a direction{doubt}."


def is_region(dropped: pd.Series) -> pd.Series:
    """Whether what was left out is a named region; a single LD block is named by its place."""
    return ~dropped.astype(str).str.contains(r":\d+-\d+$")


def sensitivity(results: RunTables, chosen: Selection) -> tuple[str, ...]:
    """Which calls change under other reasonable choices, and which sets get one; of calls only."""
    table = results.tables.get("sensitivity")
    if table is None or table.empty:
        return ()
    table = combined(table, chosen.collection)
    run = table[(table["variant"] != AS_ANALYSED) & (names.texts(table["call"]) != "")]
    run = run[names.texts(run["reason"]) == ""]
    control = run["variant"] == ROLES_IGNORED
    others = run[~control]
    if others.empty:
        return ()
    first = table[table["variant"] == AS_ANALYSED]
    before = dict(zip(_keys(first), first["call"].astype(str), strict=True))
    called = {key for key, call in before.items() if call in CALLED}
    variants = others["variant"].nunique()
    return (
        *_of_calls(others, before, called, variants, chosen),
        *_new_calls(others, called, variants),
        *(_of_roles(run[control], called) if _signed(results, chosen) else ()),
    )


def _signed(results: RunTables, chosen: Selection) -> bool:
    return any(s.signed for s in results.gene_sets if s.collection == chosen.collection)


def _keys(rows: pd.DataFrame) -> list[tuple[str, ...]]:
    return list(rows[_KEYS].itertuples(index=False, name=None))


def _of_calls(
    others: pd.DataFrame,
    before: dict[tuple[str, ...], str],
    called: set[tuple[str, ...]],
    variants: int,
    chosen: Selection,
) -> list[str]:
    if not called:
        return []
    mine = others[[key in called for key in _keys(others)]]
    changed = mine[mine["changed"] == "yes"]
    which = (
        f"{variants} variants that could be run" if variants > 1 else "variant that could be run"
    )
    if changed.empty:
        return [f"No call changes under {'any of ' if variants > 1 else ''}the {which}."]
    n, of = len(set(_keys(changed))), len(called)
    calls = "The one call changes" if of == 1 else f"Of {of:,} calls {n:,} change"
    calls += "s" if of > 1 and n == 1 else ""
    told = _changes(changed, before, chosen)
    more = len(told) - MOST
    return [
        f"{calls} under at least one of the {which}."
        if variants > 1
        else f"{calls} under the {which}.",
        *told[:MOST],
        *([f"{more:,} more calls change: sensitivity.tsv."] if more > 0 else []),
    ]


def _changes(
    changed: pd.DataFrame, before: dict[tuple[str, ...], str], chosen: Selection
) -> list[str]:
    found = []
    for key in dict.fromkeys(_keys(changed)):
        part = changed[[other == key for other in _keys(changed)]]
        title = chosen.titles[key[0]]
        pair = f" ({key[1]} / {key[2]})" if len(chosen.pairs) > 1 else ""
        new = [f"{row['call']} with “{row['variant']}”" for row in part.to_dict("records")]
        found.append(f"{title}{pair}: {before[key]}, but {names.listing(new)}.")
    return found


def _new_calls(others: pd.DataFrame, called: set[tuple[str, ...]], variants: int) -> list[str]:
    got = others[others["call"].isin(CALLED) & (others["changed"] == "yes")]
    new = {key for key in _keys(got) if key not in called}
    if not new:
        return []
    least = f"at least one of the {variants} variants" if variants > 1 else "the variant"
    sets = "1 set without a call has" if len(new) == 1 else f"{len(new):,} sets without a call have"
    return [f"{sets} one under {least}."]


def _of_roles(run: pd.DataFrame, called: set[tuple[str, ...]]) -> list[str]:
    """The positive control: a change there is what was to be seen, not instability."""
    mine = [key for key in _keys(run[run["changed"] == "yes"]) if key in called]
    if not called or run.empty:
        return []
    return [
        f"With roles ignored, a positive control, {len(mine):,} of {len(called):,}"
        f" call{'' if len(called) == 1 else 's'} change{'s' if len(called) == 1 else ''}: calls"
        " that rest on roles must."
    ]
