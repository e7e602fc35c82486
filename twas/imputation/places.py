"""Chromosome and position as one number, and the genome builds that they can tell apart."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from twas.imputation.blocks import require_arrow

Int = npt.NDArray[np.int64]

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
