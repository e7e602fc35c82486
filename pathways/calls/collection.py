"""`CollectionResult`: the tests and calls of one collection, which every table reads.

The family of a family-wise p is all scopes of its trait (activities) or its pair (differences), so
a further trait changes nothing: blocks are numbered within the family too, since the flips go by
number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from pathways.calls.multiplicity import families
from pathways.calls.pair import PairResult, PairScopes
from pathways.calls.retest import Case, Retest, called, rows_of, without_members
from pathways.calls.trait import TraitResult, TraitScopes
from pathways.gene_sets import GeneSets
from pathways.nulls.maxt import FLIPS, family_wise_p, standardise
from pathways.statistics.contributions import Members
from pathways.statistics.gsea import DEFAULT_MAX_SETS, Gsea, gsea
from twas.errors import DataError
from twas.study.study import Study
from twas.study.universe import COMBINED
from twas.system.arrays import Bool, Float
from twas.system.program import Progress, silent

#: Name of a region → chromosome, first and last base (GRCh38).
Regions = Mapping[str, tuple[str, int, int]]


@dataclass(frozen=True)
class Options:
    """What is chosen for an analysis beside the study and the gene sets.

    Attributes
    ----------
    run_gsea
        Whether to run GSEA; None runs it up to 200 sets.
    seed
        Seed of everything random: joint flips and GSEA permutations.
    flips
        Joint flips of the family-wise error.
    regions
        Further regions to leave out.
    progress
        Called with a phrase at the start of each step.
    """

    run_gsea: bool | None = None
    seed: int = 0
    flips: int = FLIPS
    regions: Regions = field(default_factory=dict)
    progress: Progress = silent


@dataclass(frozen=True, eq=False)
class CollectionResult:
    """One collection in a study.

    Attributes
    ----------
    study, sets, members
        What was tested; `members` are the genes of `sets` that are in `study`.
    chosen_pairs
        The pairs that are tested.
    traits, pairs
        A result per trait or pair and scope, in the order of the scopes.
    explored
        Whether influence, sensitivity, gene-level tables and GSEA are wanted too.
    options
        What was chosen.
    """

    study: Study
    sets: GeneSets
    members: Members
    chosen_pairs: tuple[tuple[str, str], ...]
    traits: tuple[TraitResult, ...]
    pairs: tuple[PairResult, ...]
    explored: bool
    options: Options

    @classmethod
    def of(
        cls,
        study: Study,
        sets: GeneSets,
        options: Options,
        *,
        explored: bool = True,
        traits: Sequence[str] | None = None,
        pairs: Sequence[tuple[str, str]] | None = None,
    ) -> CollectionResult:
        """Test every set in every trait and pair: universes → contributions → tests → calls.

        Parameters
        ----------
        study, sets, options, explored
            As the attributes.
        traits, pairs
            Those to test; None for all of the study.

        Raises
        ------
        DataError
            If no member of any set has a z-score.
        """
        members = Members.of(study, sets)
        if not members.gene.size:
            raise _no_overlap(study, sets)
        options.progress(f"{sets.collection}: tests")
        scopes = study.scopes if explored else (COMBINED,)
        alone = study.traits if traits is None else traits
        two = tuple(combinations(study.traits, 2) if pairs is None else pairs)
        return cls(
            study=study,
            sets=sets,
            members=members,
            chosen_pairs=two,
            traits=_by_scope(TraitScopes, study, [(t,) for t in alone], scopes, members),
            pairs=_by_scope(PairScopes, study, two, scopes, members),
            explored=explored,
            options=options,
        )

    def of_pair(self, pair: tuple[str, str]) -> CollectionResult:
        """The same collection in one pair of traits, and nothing else: it can be let go after."""
        self.options.progress(f"{self.sets.collection}: tests of {pair[0]} and {pair[1]}")
        scopes = self.study.scopes if self.explored else (COMBINED,)
        found = _by_scope(PairScopes, self.study, [pair], scopes, self.members)
        return replace(self, chosen_pairs=(pair,), traits=(), pairs=found)

    def let_go(self) -> None:
        """Free what the tests took; nothing may be asked of the collection after."""
        for trait in self.traits:
            trait.family.let_go()
        for pair in self.pairs:
            pair.family.let_go()

    @property
    def explored_pairs(self) -> list[PairResult]:
        """The pairs that are looked into: in the combined scope."""
        return [p for p in self.pairs if self.explored and p.universe.scope == COMBINED]

    @cached_property
    def fwer(self) -> list[Float]:
        """Family-wise p of each of `traits` and then of each of `pairs`."""
        self.options.progress(f"{self.sets.collection}: family-wise error")
        results: list[TraitResult | PairResult] = [*self.traits, *self.pairs]
        return fwer(results, flips=self.options.flips, seed=self.options.seed)

    @cached_property
    def without_blocks(self) -> list[Retest]:
        """For each of `explored_pairs`, its called sets without each of their blocks in turn."""
        self.options.progress(f"{self.sets.collection}: influence of blocks")
        return [_without_blocks(pair) for pair in self.explored_pairs]

    @cached_property
    def gsea(self) -> dict[str, Gsea]:
        """GSEA of each trait in the combined scope; empty where it is not run.

        Per tissue it would cost as much again for each, and no call rests on it.
        """
        wanted = self.options.run_gsea
        run = len(self.members.pathways) <= DEFAULT_MAX_SETS if wanted is None else wanted
        found = {}
        for result in self.traits:
            if run and self.explored and result.universe.scope == COMBINED:
                self.options.progress(f"{self.sets.collection}: GSEA of {result.trait}")
                found[result.trait] = gsea(
                    result.universe,
                    self.members,
                    signed=self.sets.signed,
                    seed=self.options.seed,
                )
        return found


def _by_scope(
    family: type[TraitScopes] | type[PairScopes],
    study: Study,
    chosen: Sequence[tuple[str, ...]],
    scopes: Sequence[str],
    members: Members,
) -> tuple[Any, ...]:
    """The results of some traits or pairs in every scope, in the order of the scopes."""
    universes = [study.universe(traits, scope) for scope in scopes for traits in chosen]
    known = [universe for universe in universes if universe is not None]
    found = {
        id(result.universe): result
        for part in families(known).values()
        for result in family.of(part, members).results
    }
    return tuple(found[id(universe)] for universe in known)


def _without_blocks(pair: PairResult) -> Retest:
    """Leave each block of each called set out in turn."""
    cases = []
    shares = pair.contributions
    for k in called(pair).tolist():
        rows = rows_of(pair.members, k)
        block = pair.members.block[rows]
        run = shares.block[shares.indptr[k] : shares.indptr[k + 1]]
        cases += [Case(k, rows[block != code], int(code)) for code in run]
    return without_members(pair, cases)


def _no_overlap(study: Study, sets: GeneSets) -> DataError:
    mine = ", ".join(sets.table["symbol"].head(3))
    theirs = ", ".join(study.genes["symbol"].astype(str).head(3))
    return DataError(
        f"no gene of the gene sets {sets.collection!r} ({mine}) is among the"
        f" {len(study.genes):,} genes of the traits ({theirs}); check that the gene column holds"
        " symbols or Ensembl gene ids, and that the species is human"
    )


def fwer(results: Sequence[TraitResult | PairResult], *, flips: int, seed: int) -> list[Float]:
    """Family-wise p of each result: of the activity for a trait, of the difference for a pair.

    Returns
    -------
    list
        An array of shape ``(n_sets,)`` per result; NaN for untestable sets, and for pairs whose
        sizes cannot be compared.
    """
    families: dict[tuple[str, ...], list[int]] = {}
    for k, result in enumerate(results):
        families.setdefault(result.universe.traits, []).append(k)
    found: dict[int, Float] = {}
    for places in families.values():
        p = _family([results[k] for k in places], flips=flips, seed=seed)
        found.update(zip(places, p, strict=True))
    return [found[k] for k in range(len(results))]


def _family(results: Sequence[TraitResult | PairResult], *, flips: int, seed: int) -> list[Float]:
    blocks, code = np.unique(
        np.concatenate([result.contributions.block for result in results]), return_inverse=True
    )
    ends = np.cumsum([len(result.contributions.block) for result in results])
    prepared = [
        standardise(result.blocks, part, len(blocks), _wanted(result))
        for result, part in zip(results, np.split(code, ends[:-1]), strict=True)
    ]
    return family_wise_p(prepared, flips=flips, seed=seed)


def _wanted(result: TraitResult | PairResult) -> Bool:
    comparable = isinstance(result, TraitResult) or result.comparable
    return result.testable & comparable
