"""Alleles of a GWAS row against those of a model: same, swapped, complemented, or another variant.

A SNP whose alleles complement each other (A/T, C/G: palindromic) looks the same from both strands.
Its direction can be known only where the whole file is on one strand, which the others show.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Bool = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
Int = npt.NDArray[np.int64]

_COMPLEMENT = str.maketrans("ACGT", "TGCA")
#: Share of SNPs on the rarer strand above which a file mixes strands: as many palindromic SNPs
#: would get the wrong direction.
MIXED = 0.001


@dataclass(frozen=True)
class Fit:
    """How GWAS rows fit variants, row by row.

    Attributes
    ----------
    same, swapped
        (n,) alleles as they stand are those of the variant, the effect allele the same or the
        other one.
    complemented, complemented_swapped
        (n,) so after taking the other strand; never together with the two above.
    palindromic
        (n,) both: the alleles complement each other. Then `same` or `swapped` is set.
    """

    same: Bool
    swapped: Bool
    complemented: Bool
    complemented_swapped: Bool
    palindromic: Bool

    @property
    def any(self) -> Bool:
        """(n,) whether the row is of the variant."""
        return self.same | self.swapped | self.complemented | self.complemented_swapped


def fit(effect: Texts, other: Texts, model_effect: Texts, model_other: Texts) -> Fit:
    """Compare alleles, upper-case texts, (n,) each."""
    code, turned = _codes(effect, other, model_effect, model_other)
    a, b, x, y = code
    ra, rb = turned[a], turned[b]
    distinct = (a != b) & (x != y)
    same, swapped = distinct & (a == x) & (b == y), distinct & (a == y) & (b == x)
    direct = same | swapped
    return Fit(
        same=same,
        swapped=swapped,
        complemented=distinct & ~direct & (ra == x) & (rb == y),
        complemented_swapped=distinct & ~direct & (ra == y) & (rb == x),
        palindromic=direct & (ra == b),
    )


def _codes(*columns: Texts) -> tuple[list[Int], Int]:
    """Number the alleles; return the numbers per column, and each allele's complement."""
    code, names = pd.factorize(np.concatenate(columns))
    other_strand = [str(name)[::-1].translate(_COMPLEMENT) for name in names]
    index = pd.Index(names).get_indexer(pd.Index(other_strand))
    # A complement that no column holds gets a number of its own, which equals nothing.
    turned = np.where(index >= 0, index, -1 - np.arange(len(names))).astype(np.int64)
    return np.split(code.astype(np.int64), len(columns)), turned


@dataclass(frozen=True)
class Strand:
    """On which strand a file is, as far as its unambiguous SNPs show.

    Attributes
    ----------
    name
        ``forward`` (that of the models), ``reverse``, ``mixed``, or ``unknown`` where no SNP is
        unambiguous.
    n_forward, n_reverse
        Unambiguous SNPs on either.
    """

    name: str
    n_forward: int
    n_reverse: int


def strand_of(found: Fit) -> Strand:
    """Tell the strand of a file from its SNPs that are not palindromic."""
    forward = int(((found.same | found.swapped) & ~found.palindromic).sum())
    reverse = int((found.complemented | found.complemented_swapped).sum())
    n = forward + reverse
    if not n:
        return Strand("unknown", 0, 0)
    if min(forward, reverse) > MIXED * n:
        return Strand("mixed", forward, reverse)
    return Strand("forward" if forward >= reverse else "reverse", forward, reverse)


def sign(found: Fit, strand: Strand) -> npt.NDArray[np.float64]:
    """Return what to multiply an effect by, (n,): +1, -1, or 0 where the direction is not known.

    Palindromic SNPs are read on the strand of the file; where that is mixed or unknown they are 0.
    """
    out = 1.0 * (found.same | found.complemented) - (found.swapped | found.complemented_swapped)
    factor = {"forward": 1.0, "reverse": -1.0}.get(strand.name, 0.0)
    return np.asarray(np.where(found.palindromic, factor * out, out))
