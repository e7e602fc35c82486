"""Chromosome and position as one number, and the genome builds that they can tell apart."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

Int = npt.NDArray[np.int64]

#: A variant as ``1_123_A_G_b38`` (models), ``chr1:123:A:G`` or ``1:123`` (GWAS).
VARIANT = r"^(?:chr)?(?P<chrom>[0-9]{1,2}|X|Y|XY|M|MT)[_:](?P<pos>[0-9]+)(?:[_:/].*)?$"
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


def split_code(code: Int) -> tuple[Int, Int]:
    """Return chromosome and position of :func:`place_code`."""
    return code // _SHIFT, code % _SHIFT


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
    found = names.str.extract(VARIANT)
    chrom = found["chrom"].map({c: chromosome_number(c) for c in found["chrom"].dropna().unique()})
    pos = pd.to_numeric(found["pos"], errors="coerce").fillna(0)
    ends = names.str.extract(BUILD)["build"].dropna().unique()
    code = place_code(_whole(chrom.fillna(0)), _whole(pos))
    return code, {BUILDS[end] for end in ends}


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


def _whole(values: pd.Series) -> Int:
    return values.to_numpy(dtype=np.float64).astype(np.int64)
