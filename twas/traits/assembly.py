"""The tables of one trait → its rows, one per gene and tissue: merged, filtered, described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from twas.errors import DataError
from twas.quality import QualityFact
from twas.reading.table import Table
from twas.traits.answers import check_answers
from twas.traits.filters import apply_filters, keep_tissues
from twas.traits.input_files import InputFile, input_files
from twas.traits.merging import (
    add_pip,
    check_mixture,
    combine,
    drop_copies,
    keep_one,
    name_unknown_tissue,
    scale_facts,
)
from twas.traits.modalities import separate_modalities
from twas.traits.trait_checks import resolution_facts, trait_facts


@dataclass(frozen=True, eq=False)
class Assembly:
    """What the tables of a trait make.

    Attributes
    ----------
    table, identifiers
        As :attr:`twas.traits.trait.Trait.table` and its ``identifiers``.
    files
        The files read.
    facts
        What was found in the tables and on the way; those without a source are about the trait.
    """

    table: pd.DataFrame
    identifiers: pd.DataFrame
    files: tuple[InputFile, ...]
    facts: tuple[QualityFact, ...]


def assemble(
    tables: Sequence[Table],
    name: str,
    *,
    flip: bool = False,
    tissues: Sequence[str] | None = None,
    limits: Mapping[str, float | None] | None = None,
    splicing: bool = False,
) -> Assembly:
    """Merge the tables of a trait and select its rows.

    Parameters
    ----------
    tables
        What the files hold.
    name
        Name of the trait, for errors.
    flip, tissues, splicing
        As in :func:`twas.traits.trait.read_trait`.
    limits
        Option → threshold of the filters, None for none.

    Raises
    ------
    DataError
        If the tables make no trait.
    UsageError
        If a tissue is not there, or a threshold is impossible.
    """
    facts = [fact for table in tables for fact in table.facts]
    tables, copied = drop_copies(name_unknown_tissue(tables))
    check_mixture(tables, name)
    fine_mapping = [table for table in tables if not table.form.background]
    tables = [table for table in tables if table.form.background]
    combined = combine(tables)
    tables, others = separate_modalities(tables, combined, splicing=splicing)
    combined = combine(tables) if others else combined
    several = [] if splicing and others else check_answers(tables, combined)
    if not len(combined):
        names = ", ".join(table.name for table in tables[:3]) + (", …" if len(tables) > 3 else "")
        raise DataError(f"trait {name}: no row of {names} has both a gene and a z")
    places, repeated = keep_one(combined)
    kept, mapped = add_pip(combined.table(places), fine_mapping)
    kept, unwanted = keep_tissues(kept, tissues, name)
    kept, filtered = apply_filters(kept, limits or {})
    if kept.empty:
        raise DataError(f"trait {name}: the filters leave no gene; loosen them")
    if flip:
        kept[["z", "effect_size"]] *= -1
        repeated.append(QualityFact("fact", "", "flipped", len(kept), "rows had their z negated"))
    facts += [*copied, *others, *several, *scale_facts(tables), *resolution_facts(combined)]
    facts += [*repeated, *mapped, *unwanted, *filtered]
    facts += trait_facts(kept, tables, combined.identifiers)
    return Assembly(
        table=kept.reset_index(drop=True),
        identifiers=combined.identifiers,
        files=input_files(tables, combined),
        facts=tuple(facts),
    )
