"""Simulated results → files as S-PrediXcan and FUSION write them.

Equal simulations give equal bytes. What a simulation without genotypes cannot know (SNP ids, SNP
z-scores, heritability) is left empty, or ``NA``, as the tools do for what they lack.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr

from twas.errors import UsageError
from twas.simulation.draw import Simulation

#: The part of chromosome 6 that FUSION writes to a file of its own (FUSION.assoc_test.R).
FUSION_MHC = ("6", 26_000_000, 34_000_000)

# Columns that FUSION fills from genotypes and weights, and a simulation cannot.
_FUSION_UNKNOWN = (
    "HSQ",
    "BEST.GWAS.ID",
    "BEST.GWAS.Z",
    "EQTL.ID",
    "EQTL.R2",
    "EQTL.Z",
    "EQTL.GWAS.Z",
)


def write(
    simulation: Simulation, folder: str | Path, *, file_format: str = "spredixcan"
) -> list[Path]:
    """Write a file per trait and tissue, in one folder per trait (its name in lower case).

    Files of the same name are replaced.

    Parameters
    ----------
    folder
        Made if it does not exist.
    file_format
        ``spredixcan``: ``als/TISSUE_spredixcan.csv.gz``, Ensembl ids without version.
        ``fusion``: ``als/ALS.TISSUE.dat``, all chromosomes in one file, and
        ``als/ALS.TISSUE.dat.MHC``; positions are GRCh38.

    Returns
    -------
    list of Path
        The files, in the order of traits and tissues.

    Raises
    ------
    UsageError
        If the format is unknown, or a trait or tissue cannot name a file.
    """
    if file_format not in FORMATS:
        raise UsageError(f"format {file_format!r} is unknown; give one of {', '.join(FORMATS)}")
    check_names(simulation)
    paths = []
    for (trait, tissue), rows in simulation.table.groupby(["trait", "tissue"], sort=False):
        home = Path(folder) / str(trait).lower()
        home.mkdir(parents=True, exist_ok=True)
        for name, content in FORMATS[file_format](str(trait), str(tissue), rows).items():
            (home / name).write_bytes(content)
            paths.append(home / name)
    return paths


def check_names(simulation: Simulation) -> None:
    """Refuse traits and tissues that cannot name a file.

    Raises
    ------
    UsageError
        If there is one.
    """
    for name in (*simulation.n_eff, *simulation.tissues):
        if not name.strip(". ") or any(sign in name for sign in '/\\:*?"<>|\0\n\r\t'):
            raise UsageError(f"{name!r} cannot name a file; use letters, digits, '.', '-' and '_'")
    if len({trait.lower() for trait in simulation.n_eff}) < len(simulation.n_eff):
        raise UsageError("two traits differ in upper and lower case only; rename one of them")


def _spredixcan(trait: str, tissue: str, rows: pd.DataFrame) -> Mapping[str, bytes]:
    z = digits(rows["z"], 5)
    table = pd.DataFrame(
        {
            "gene": rows["gene"],
            "gene_name": rows["symbol"],
            "zscore": z,
            "effect_size": digits(rows["effect_size"], 5),
            "pvalue": digits(_two_sided(z), 5),
            "var_g": digits(rows["var_g"], 5),
            "pred_perf_r2": "",
            "pred_perf_pval": "",
            "pred_perf_qval": "",
            "n_snps_used": rows["n_snps"],
            "n_snps_in_cov": rows["n_snps_model"],
            "n_snps_in_model": rows["n_snps_model"],
        }
    )
    text = table.to_csv(index=False, lineterminator="\n")
    return {f"{tissue}_spredixcan.csv.gz": gzipped(text.encode())}


def _fusion(trait: str, tissue: str, rows: pd.DataFrame) -> Mapping[str, bytes]:
    z = digits(rows["z"], 5)
    weights = tissue + "/" + tissue + "." + rows["gene"] + ".wgt.RDat"
    table = pd.DataFrame({"PANEL": tissue, "FILE": weights, "ID": rows["symbol"]})
    table = table.assign(CHR=rows["chrom"], P0=rows["start"], P1=rows["end"])
    table[list(_FUSION_UNKNOWN)] = "NA"
    table = table.assign(NSNP=rows["n_snps_model"], NWGT=rows["n_snps"], MODEL="lasso")
    table["MODELCV.R2"] = digits(rows["r2"], 3)
    table["MODELCV.PV"] = "NA"
    # R's format() pads numbers to equal width, inside the tabs.
    table["TWAS.Z"] = z.str.rjust(z.str.len().max())
    p = digits(_two_sided(z), 3)
    table["TWAS.P"] = p.str.rjust(p.str.len().max())
    chrom, low, high = FUSION_MHC
    mhc = (rows["chrom"] == chrom) & (rows["start"] > low) & (rows["end"] < high)
    parts = {f"{trait}.{tissue}.dat": table[~mhc], f"{trait}.{tissue}.dat.MHC": table[mhc]}
    return {name: _tabbed(part) for name, part in parts.items() if len(part)}


def gzipped(content: bytes) -> bytes:
    """Compress without name and time, and with the same header under every Python."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as stream:
        stream.write(content)
    return buffer.getvalue()


def _tabbed(table: pd.DataFrame) -> bytes:
    return table.to_csv(sep="\t", index=False, lineterminator="\n").encode()


def _two_sided(z: pd.Series) -> pd.Series:
    """Return p of z as it stands in the file."""
    return pd.Series(2 * ndtr(-np.abs(z.astype(float))), index=z.index)


def digits(values: pd.Series, count: int) -> pd.Series:
    """Return numbers as texts of so many significant digits."""
    return values.map(f"{{:.{count}g}}".format)


#: Format → writer: (trait, tissue, rows of the table) → file name → bytes.
FORMATS: dict[str, Callable[[str, str, pd.DataFrame], Mapping[str, bytes]]] = {
    "spredixcan": _spredixcan,
    "fusion": _fusion,
}
