"""Sets with some members taken out, tested again.

Leaving out a block, a gene or what two sets share all come to this: a case is a called set less
some members. Its contributions are those of the remaining members (so ``A`` without block b is
``(A - c_b) / (1 - w_b)``), and its call puts the new p in the place of the old one in the family
while all other sets stay as they are (`without_members`). What is taken out of every set at once
changes the family itself (`without_genes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar, cast

import numpy as np

from pathways.calls.decision import Evidence, calls
from pathways.calls.directional import DirectionalCall, Family
from pathways.calls.multiplicity import bh_in_place
from pathways.calls.pair import TESTS, PairResult
from pathways.calls.vocabulary import CALLED
from pathways.statistics.contributions import Members, contributions
from twas.system.arrays import Bool, Int, Text

T = TypeVar("T")


@dataclass(frozen=True)
class Case:
    """One set less some members.

    Attributes
    ----------
    origin
        Index of the whole set.
    keep
        Rows of `Members` that remain.
    dropped
        What was taken out: a block code where it was a block.
    """

    origin: int
    keep: Int
    dropped: int = -1


@dataclass(frozen=True, eq=False)
class Retest:
    """Sets of a pair, tested again without some members: an entry per case.

    Attributes
    ----------
    whole
        The pair as it is.
    origin, dropped
        Set of each case and what it lost, shape ``(n_cases,)``.
    result
        The tests of the cases, as far as calls rest on them (`PairResult.tested`).
    call
        Their calls in the family of the whole sets.
    """

    whole: PairResult
    origin: Int
    dropped: Int
    result: PairResult
    call: Text

    @property
    def n_dropped(self) -> Int:
        """Tested members that each case lost."""
        whole = self.whole.contributions.n_tested[self.origin]
        return np.asarray(whole - self.result.contributions.n_tested)


def called(pair: PairResult) -> Int:
    """Indices of the sets with a call."""
    return np.flatnonzero(np.isin(pair.call, CALLED))


def rows_of(members: Members, k: int) -> Int:
    """Rows of `members` that belong to set `k` (they are sorted by set)."""
    first, last = np.searchsorted(members.owner, [k, k + 1])
    return np.arange(first, last)


def without_members(pair: PairResult, cases: Sequence[Case]) -> Retest:
    """Test each case, and call it in the place of its whole set."""
    origin = np.array([case.origin for case in cases], dtype=np.int64)
    dropped = np.array([case.dropped for case in cases], dtype=np.int64)
    result = _tested(pair, _members_of(pair.members, cases))
    return Retest(pair, origin, dropped, result, calls_in_place(pair, origin, result))


def calls_in_place(pair: PairResult, origin: Int, cases: PairResult) -> Text:
    """Call each case as if it stood in the place of a set, all other sets as they are.

    Parameters
    ----------
    pair
        The whole sets. Their family must be this scope alone, as that of ``combined`` is.
    origin
        Set in whose place each case stands, shape ``(n_cases,)``.
    cases
        The tests of the cases.
    """
    unequal = np.where(pair.testable, pair.p_unequal, np.nan)
    return calls(
        Evidence(
            testable=cases.testable,
            directional=_directional_in_place(pair, origin, cases),
            p_both=cases.p_both,
            q_discordant=bh_in_place(pair.p_discordant, origin, cases.discordance.p_discordant),
            q_unequal=bh_in_place(unequal, origin, cases.p_unequal),
        )
    )


def _directional_in_place(pair: PairResult, origin: Int, cases: PairResult) -> DirectionalCall:
    """The directional call of each case by the field and priors of the whole sets."""
    mine = pair.candidates
    new = mine.like(cases.universe, cases.contributions, cases.a, cases.b)
    family = Family(mine.sets)
    rows = np.where(mine.possible, np.cumsum(mine.possible) - 1, -1)[origin[new.possible]]
    found = [family.q_if(int(k), new.sets.take(np.array([n]))) for n, k in enumerate(rows)]
    return DirectionalCall.of(found).at(new.possible)


def without_genes(pair: PairResult, genes: Bool) -> tuple[PairResult, Bool]:
    """Take genes out of every set, and call the collection anew.

    Parameters
    ----------
    pair
        A pair.
    genes
        Genes of the study to leave out, shape ``(n_genes,)``.

    Returns
    -------
    PairResult, ndarray
        The pair without them, and which sets lost a tested member, shape ``(n_sets,)``.
    """
    tested = pair.contributions.tested
    lost = genes[pair.universe.genes[tested.position]]
    touched = np.bincount(tested.owner[lost], minlength=tested.n_sets) > 0
    members = pair.members.where(~genes[pair.members.gene])
    # The sets that are not touched keep their tests, which cost most of the time.
    again = _tested(pair, members.where(touched[members.owner]))
    tests = {name: _where(touched, getattr(again, name), getattr(pair, name)) for name in TESTS}
    whole = contributions(pair.universe, members)
    alone = replace(pair, members=members, contributions=whole, scopes=None, **tests)
    return alone, touched


def top_block(pair: PairResult) -> Int:
    """Code of the block with the largest contribution to each set; -1 without blocks."""
    shares = pair.contributions
    # Each trait in units of its own spread in the set: else the smaller study chooses the block.
    owner = shares.trait(0).owners()
    n = len(shares.n_tested)
    spread = np.sqrt([np.bincount(owner, weights=row**2, minlength=n) for row in shares.values])
    size = (np.abs(shares.values) / np.where(spread > 0, spread, 1.0)[:, owner]).sum(axis=0)
    top = np.full(n, -1, dtype=np.int64)
    for k in np.flatnonzero(shares.n_blocks):
        run = slice(shares.indptr[k], shares.indptr[k + 1])
        top[k] = shares.block[run][int(np.argmax(size[run]))]
    return top


def call_without(blocks: Retest, top: Int) -> list[str]:
    """The call of each set without its block `top`; "" where the set has no call."""
    keys = zip(blocks.origin.tolist(), blocks.dropped.tolist(), strict=True)
    call = dict(zip(keys, blocks.call, strict=True))
    return [call.get(key, "") for key in enumerate(top.tolist())]


def _tested(pair: PairResult, members: Members) -> PairResult:
    shares = contributions(pair.universe, members)
    return PairResult.tested(pair.universe, members, shares, pair.moments, calls_only=True)


def _where(mask: Bool, first: T, second: T) -> T:
    """``np.where`` on arrays, and entry by entry on dataclasses of arrays."""
    if isinstance(first, np.ndarray):
        return cast(T, np.where(mask, first, cast(Any, second)))
    names = [f.name for f in fields(first)]  # type: ignore[arg-type]
    return type(first)(**{n: _where(mask, getattr(first, n), getattr(second, n)) for n in names})


def _members_of(whole: Members, cases: Sequence[Case]) -> Members:
    rows = np.concatenate([case.keep for case in cases] or [np.zeros(0, dtype=np.int64)])
    sizes = np.array([len(case.keep) for case in cases], dtype=np.int64)
    return Members(
        pathways=tuple(whole.pathways[case.origin] for case in cases),
        n_set=sizes,
        owner=np.repeat(np.arange(len(cases)), sizes),
        gene=whole.gene[rows],
        role=whole.role[rows],
        block=whole.block[rows],
        n_genes=whole.n_genes,
    )
