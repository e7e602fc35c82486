"""Sensitivity: does a call survive other reasonable choices?

Each variant changes one thing (block cuts, roles, the MHC, which models are trusted) and tests the
whole collection anew on the combined scope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pathways.calls.collection import CollectionResult
from pathways.calls.pair import PairResult
from pathways.gene_sets import GeneSets
from pathways.statistics.contributions import Members
from pathways.tables.columns import (
    ACTIVITY_A,
    ACTIVITY_B,
    CALL,
    N_BLOCKS,
    N_TESTED,
    OF_PAIR,
    P_DIFFERENCE,
    Q_CALL,
    Column,
    Table,
)
from pathways.tables.influence import REGIONS
from twas.genes import reference
from twas.genes.blocks import WINDOW, WINDOWS, default_blocks
from twas.study.study import Study
from twas.study.universe import COMBINED
from twas.system.arrays import Bool, Text
from twas.traits.trait import Trait

#: Share of a model's SNPs that the GWAS must cover in both traits.
MIN_SNP_SHARE = 0.8
#: Fine-mapping and colocalisation thresholds, where the files give the values.
MIN_PIP, MIN_PP4 = 0.5, 0.75


@dataclass(frozen=True)
class Variant:
    """One other choice.

    Attributes
    ----------
    name
        In words.
    study, members
        What is tested.
    reason
        Why the variant could not be run, else "".
    """

    name: str
    study: Study
    members: Members
    reason: str = ""


def rows(collection: CollectionResult) -> pd.DataFrame:
    """Call of every set and pair under every variant; ``changed`` against the analysis as it is."""
    study, sets, members = collection.study, collection.sets, collection.members
    frames = []
    for pair in collection.chosen_pairs if collection.explored else ():
        base: Text | None = None
        for variant in variants(study, sets, members, pair):
            table = _calls(variant, pair)
            base = table["call"].to_numpy() if base is None else base
            changed = (table["call"].to_numpy() != base) & (table["reason"] == "").to_numpy()
            table["changed"] = np.where(changed, "yes", "")
            frames.append(table)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def variants(
    study: Study, sets: GeneSets, members: Members, pair: tuple[str, str]
) -> Iterator[Variant]:
    """All variants for a pair of traits, the analysis as it is first."""
    yield Variant("as analysed", study, members)
    for name, window in WINDOWS.items():
        if window != WINDOW:
            recut = _recut(study, window)
            yield Variant(f"LD blocks cut within {name}", recut, Members.of(recut, sets))
    yield Variant("roles ignored", study, replace(members, role=np.ones(len(members.role))))
    mhc = reference.in_region(study.genes["gene"], *REGIONS["MHC"])
    yield Variant("without the MHC", study, members.where(~mhc[members.gene]))
    for name, keep in _filters():
        yield _filtered(study, members, pair, name, keep)


def _filters() -> list[tuple[str, Callable[[pd.DataFrame], pd.Series]]]:
    """Name of each filter of models, and the rows it keeps; NA where the file does not say."""

    def at_least(column: str, value: float) -> Callable[[pd.DataFrame], pd.Series]:
        return lambda table: (table[column] >= value).where(table[column].notna())

    def covered(table: pd.DataFrame) -> pd.Series:
        share = table["n_snps"] / table["n_snps_model"]
        return (share >= MIN_SNP_SHARE).where(share.notna())

    return [
        ("models of more than one SNP", at_least("n_snps_model", 2)),
        (f"at least {MIN_SNP_SHARE:.0%} of the model's SNPs in every trait", covered),
        (f"PIP at least {MIN_PIP:g}", at_least("pip", MIN_PIP)),
        (f"COLOC PP4 at least {MIN_PP4:g}", at_least("pp4", MIN_PP4)),
    ]


def _filtered(
    study: Study,
    members: Members,
    pair: tuple[str, str],
    name: str,
    keep: Callable[[pd.DataFrame], pd.Series],
) -> Variant:
    """Leave out gene-tissue entries that a file of either trait marks as not to be kept."""
    drop = np.zeros(study.z.shape[1:], dtype=bool)
    for trait in (t for t in study.members if t.name in pair):
        kept = keep(trait.table)
        if kept.isna().all():
            return Variant(name, study, members, f"the files of {trait.name} do not give it")
        drop |= _entries(study, trait, (kept == False).to_numpy())  # noqa: E712
    return Variant(name, replace(study, z=np.where(drop, np.nan, study.z)), members)


def _entries(study: Study, trait: Trait, rows: Bool) -> Bool:
    """Mark the tissue × gene entries of some rows of a trait's table."""
    marked = np.zeros(study.z.shape[1:], dtype=bool)
    table = trait.table[rows]
    tissue = pd.Index(study.tissues).get_indexer(pd.Index(table["tissue"]))
    gene = pd.Index(study.genes["gene"]).get_indexer(pd.Index(table["gene"]))
    marked[tissue, gene] = True
    return marked


def _recut(study: Study, window: tuple[int, int]) -> Study:
    blocks = default_blocks(window)
    genes = study.genes.assign(block=blocks.assign(study.genes))
    genes["block_code"] = pd.factorize(genes["block"])[0].astype(np.int64)
    return replace(study, genes=genes, blocks_name=blocks.name)


def _calls(variant: Variant, traits: tuple[str, str]) -> pd.DataFrame:
    universe = None if variant.reason else variant.study.universe(traits, COMBINED)
    if universe is None:
        return _not_run(variant, traits)
    pair = PairResult.of(universe, variant.members, calls_only=True)
    return pd.DataFrame(
        {
            "pathway": variant.members.pathways,
            "trait_a": traits[0],
            "trait_b": traits[1],
            "scope": COMBINED,
            "variant": variant.name,
            "n_tested": pair.contributions.n_tested,
            "n_blocks": pair.contributions.n_blocks,
            "activity_a": pair.a.statistic,
            "activity_b": pair.b.statistic,
            "q_call": pair.directional.q,
            "p_difference": pair.p_difference,
            "call": pair.call,
            "reason": "",
        }
    )


def _not_run(variant: Variant, pair: tuple[str, str]) -> pd.DataFrame:
    table = pd.DataFrame({"pathway": variant.members.pathways})
    numbers = ("n_tested", "n_blocks", "activity_a", "activity_b", "q_call", "p_difference")
    return table.assign(
        trait_a=pair[0],
        trait_b=pair[1],
        scope=COMBINED,
        variant=variant.name,
        call="",
        reason=variant.reason or "no gene is left in both traits",
        **dict.fromkeys(numbers, np.nan),
    )


TABLE = Table(
    name="sensitivity",
    contents="the call of each pathway under other reasonable choices",
    rows=rows,
    over="pair",
    columns=(
        *OF_PAIR,
        Column("variant", "text", "", "what was done differently", on="report"),
        N_TESTED,
        N_BLOCKS,
        ACTIVITY_A,
        ACTIVITY_B,
        Q_CALL,
        P_DIFFERENCE,
        CALL,
        Column(
            "changed",
            "text",
            "",
            "yes where the call differs from the analysis as it is",
            on="report",
        ),
        Column(
            "reason",
            "text",
            "",
            "why the variant could not be run",
            on="report",
            heading="remark",
            wordy=True,
        ),
    ),
)
