"""How far a call depends on single loci, tissues and choices, in sentences."""

from __future__ import annotations

import pandas as pd

from pathways.calls.vocabulary import ALPHA, CALLED
from pathways.output.run_tables import RunTables
from pathways.report.pages.selection import Row, Selection, combined, is_control
from pathways.report.words import names
from pathways.report.words.directions import direction, is_clear

AS_ANALYSED = "as analysed"
#: The variant that is a control: what rests on roles must go with them.
ROLES_IGNORED = "roles ignored"
#: Calls whose changes are told one by one; more are counted.
MOST = 12
_KEYS = ["pathway", "trait_a", "trait_b"]


def is_region(dropped: pd.Series) -> pd.Series:
    """Whether what was left out is a named region; a single LD block is named by its place."""
    return ~dropped.astype(str).str.contains(r":\d+-\d+$")


def support(row: Row, genes: names.Genes) -> tuple[str, ...]:
    """What holds one call up, or does not: its leading locus and its tissues.

    Parameters
    ----------
    row
        Of ``divergence``.
    genes
        Pathway and locus → members, of `members_of`.
    """
    sentences = []
    block = str(row.get("top_block") or "")
    without = str(row.get("call_without_top_block") or "")
    if block and without:
        same = without == row["call"]
        where = names.locus(genes, row["pathway"], block)
        sentences.append(
            f"Without the locus that contributes most ({where}) the call is"
            f" {'the same' if same else without}."
        )
    agreement = str(row.get("tissue_agreement") or "")
    if agreement:
        sentences.append(f"Tissues whose activities have the directions of the call: {agreement}.")
    return tuple(sentences)


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
        title = chosen.title(key[0])
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


def controls(results: RunTables, chosen: Selection) -> str:
    """What the negative controls say of the whole run."""
    if not is_control(chosen.collection):
        return ""
    what = "Negative controls (random genes, equal to the core sets in size, roles and loci):"
    rows = list(chosen.divergence.values())
    if rows:
        called = sum(row["call"] in CALLED for row in rows)
        doubt = "" if called == 0 else "; calls of this run deserve doubt"
        return f"{what} {called:,} of {len(rows):,} have a call{doubt}."
    tested = [row for row in chosen.directions.values() if direction(row) != "untestable"]
    clear = sum(map(is_clear, tested))
    doubt = "" if clear == 0 else f"; at q {ALPHA} few or none should"
    return f"{what} {clear:,} of {len(tested):,} have a direction{doubt}."
