"""What a variant is: its place as one number, the builds that places tell apart, and its alleles.

Alleles of a GWAS row against those of a model are the same, swapped, complemented, or of another
variant. A SNP whose alleles complement each other (A/T, C/G: palindromic) looks the same from both
strands. Its direction can be known only where the whole file is on one strand, which the others
show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from twas.imputation.blocks import require_arrow
from twas.system.arrays import Bool, Float, Int, Text

#: A variant as ``1_123_A_G_b38`` (models), ``chr1:123:A:G`` or ``1:123`` (GWAS).
VARIANT = r"(?i)^(?:chr)?(?P<chrom>[0-9]{1,2}|X|Y|XY|M|MT)[_:](?P<pos>[0-9]{1,10})(?:[_:/].*)?$"
#: The build at its end.
BUILD = r"(?i)[_:](?:b|hg|grch)(?P<build>36|37|38|19)$"
#: Name of a build in an identifier → its number.
BUILDS = {"36": 36, "37": 37, "19": 37, "38": 38}
#: Lengths of chromosomes 1 to 22 and X in GRCh37 and GRCh38 (Genome Reference Consortium).
LENGTHS = {
    37: (
        *(249250621, 243199373, 198022430, 191154276, 180915260, 171115067, 159138663, 146364022),
        *(141213431, 135534747, 135006516, 133851895, 115169878, 107349540, 102531392, 90354753),
        *(81195210, 78077248, 59128983, 63025520, 48129895, 51304566, 155270560),
    ),
    38: (
        *(248956422, 242193529, 198295559, 190214555, 181538259, 170805979, 159345973, 145138636),
        *(138394717, 133797422, 135086622, 133275309, 114364328, 107043718, 101991189, 90338345),
        *(83257441, 80373285, 58617616, 64444167, 46709983, 50818468, 156040895),
    ),
}
_SHIFT = 1 << 32
_LETTERS = {"X": 23, "Y": 24, "XY": 25, "M": 26, "MT": 26}

_COMPLEMENT = str.maketrans("ACGT", "TGCA")
#: Share of SNPs on the rarer strand above which a file mixes strands: as many palindromic SNPs
#: would get the wrong direction.
MIXED = 0.001


def chromosome_number(name: object) -> int:
    """Return 1–22, 23 for X, 24 for Y, 25 for XY, 26 for the mitochondrion; 0 for what is none."""
    text = str(name).strip().upper().removeprefix("CHR")
    text = text.removesuffix(".0").lstrip("0")
    if text.isdecimal():
        return int(text) if int(text) <= 26 else 0
    return _LETTERS.get(text, 0)


def place_code(chrom: Int, pos: Int) -> Int:
    """Return one number for each chromosome and position, -1 where either is unknown."""
    known = (chrom > 0) & (pos > 0)
    return np.where(known, chrom * _SHIFT + pos, np.int64(-1))


def codes_of_names(names: pd.Series) -> tuple[Int, set[int]]:
    """Read places from variant names.

    Parameters
    ----------
    names
        (n,) names such as ``chr1_123_A_G_b38``.

    Returns
    -------
    ndarray, set of int
        (n,) places, -1 where the name holds none, and the builds that the names end in.
    """
    pa = require_arrow()
    import pyarrow.compute as pc

    texts = pa.array(names.to_numpy(object), type=pa.string())
    found = pc.extract_regex(texts, VARIANT)
    chrom = pc.struct_field(found, "chrom").dictionary_encode()
    numbers = np.array([chromosome_number(c) for c in chrom.dictionary.to_pylist()], np.int64)
    at = np.asarray(pc.fill_null(chrom.indices, -1))
    # A place of -1 takes the 0 at the end.
    pos = np.asarray(pc.cast(pc.fill_null(pc.struct_field(found, "pos"), "0"), pa.int64()))
    ends = pc.unique(pc.struct_field(pc.extract_regex(texts, BUILD), "build")).to_pylist()
    builds = {BUILDS[end] for end in ends if end is not None}
    return place_code(np.append(numbers, 0)[at], pos), builds


def build_of_ends(last: Mapping[int, int]) -> set[int]:
    """Return the builds in which a position beyond the end of a chromosome of the other lies.

    Parameters
    ----------
    last
        Chromosome number → largest position seen.

    Returns
    -------
    set of int
        ``{37}`` if some position is too large for GRCh38 and none for GRCh37, and so on; both if
        both have too small chromosomes; empty if the positions fit either.
    """
    inside = [(chrom, pos) for chrom, pos in last.items() if 1 <= chrom <= 23]
    beyond = {
        build: any(pos > lengths[chrom - 1] for chrom, pos in inside)
        for build, lengths in LENGTHS.items()
    }
    return {other for build, other in ((37, 38), (38, 37)) if beyond[build]}


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


def fit(effect: Text, other: Text, model_effect: Text, model_other: Text) -> Fit:
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


def _codes(*columns: Text) -> tuple[list[Int], Int]:
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


def sign(found: Fit, strand: Strand) -> Float:
    """Return what to multiply an effect by, (n,): +1, -1, or 0 where the direction is not known.

    Palindromic SNPs are read on the strand of the file; where that is mixed or unknown they are 0.
    """
    out = 1.0 * (found.same | found.complemented) - (found.swapped | found.complemented_swapped)
    factor = {"forward": 1.0, "reverse": -1.0}.get(strand.name, 0.0)
    return np.asarray(np.where(found.palindromic, factor * out, out))
