import gzip
import io

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from twas import read_trait
from twas.errors import UsageError
from twas.simulation.draw import TISSUES, simulate
from twas.simulation.files import FORMATS, write
from twas.simulation.panel import candidate_genes

N_EFF = {"ALS": 87_400.0, "FTD": 10_300.0}
SPREDIXCAN = (
    "gene,gene_name,zscore,effect_size,pvalue,var_g,pred_perf_r2,pred_perf_pval,pred_perf_qval,"
    "n_snps_used,n_snps_in_cov,n_snps_in_model"
)
FUSION = (
    "PANEL FILE ID CHR P0 P1 HSQ BEST.GWAS.ID BEST.GWAS.Z EQTL.ID EQTL.R2 EQTL.Z EQTL.GWAS.Z NSNP "
    "NWGT MODEL MODELCV.R2 MODELCV.PV TWAS.Z TWAS.P"
)


@pytest.fixture(scope="module")
def toy():
    genes = [*candidate_genes()[::8], "C2", "C4A", "HLA-DRA"]
    return simulate(n_eff=N_EFF, genes=list(dict.fromkeys(genes)), modelled=1, rng=4)


def contents(paths):
    return {path.parent.name + "/" + path.name: path.read_bytes() for path in paths}


@pytest.mark.parametrize("file_format", FORMATS)
def test_the_reader_finds_what_was_written(toy, tmp_path, file_format):
    write(toy, tmp_path, file_format=file_format)
    for name, n_eff in N_EFF.items():
        trait = read_trait(tmp_path / name.lower(), name=name, n_eff=n_eff)
        assert set(trait.table["tissue"]) == set(TISSUES)
        read = trait.table.set_index(["tissue", "symbol"])
        own = toy.table[toy.table["trait"] == name].set_index(["tissue", "symbol"])
        assert len(read) == len(own)
        own = own.reindex(read.index)
        np.testing.assert_allclose(read["z"], own["z"], rtol=5e-5)
        assert (read["gene"] == own["gene"]).all()


@pytest.mark.parametrize("file_format", FORMATS)
def test_equal_simulations_give_equal_bytes(toy, tmp_path, file_format):
    first = contents(write(toy, tmp_path / "a", file_format=file_format))
    assert first == contents(write(toy, tmp_path / "b", file_format=file_format))
    again = simulate(n_eff=N_EFF, genes=["MTOR", "SOD1"], rng=1)
    other = simulate(n_eff=N_EFF, genes=["MTOR", "SOD1"], rng=2)
    assert contents(write(again, tmp_path / "c")) != contents(write(other, tmp_path / "d"))


def test_spredixcan_tables_are_consistent(toy, tmp_path):
    path = write(toy, tmp_path)[0]
    assert path == tmp_path / "als" / f"{TISSUES[0]}_spredixcan.csv.gz"
    raw = path.read_bytes()
    assert raw[4:8] == b"\0\0\0\0"
    assert raw[3] == 0
    text = gzip.decompress(raw).decode()
    assert text.partition("\n")[0] == SPREDIXCAN
    table = pd.read_csv(io.StringIO(text))
    np.testing.assert_allclose(table["pvalue"], 2 * stats.norm.sf(table["zscore"].abs()), rtol=1e-4)
    np.testing.assert_allclose(
        table["effect_size"], 2 * table["zscore"] / np.sqrt(87_400 * table["var_g"]), rtol=2e-4
    )
    assert table[["pred_perf_r2", "pred_perf_pval", "pred_perf_qval"]].isna().all(axis=None)


def test_fusion_writes_the_mhc_to_a_file_of_its_own(toy, tmp_path):
    names = [path.name for path in write(toy, tmp_path, file_format="fusion")[:2]]
    assert names == [f"ALS.{TISSUES[0]}.dat", f"ALS.{TISSUES[0]}.dat.MHC"]
    rest, mhc = (
        pd.read_csv(tmp_path / "als" / name, sep="\t", skipinitialspace=True) for name in names
    )
    assert " ".join(rest.columns) == " ".join(mhc.columns) == FUSION
    assert {"C2", "C4A", "HLA-DRA"} <= set(mhc["ID"])
    assert (mhc["CHR"] == 6).all()
    assert mhc["P0"].gt(26e6).all()
    assert mhc["P1"].lt(34e6).all()
    assert not ((rest["CHR"] == 6) & rest["P0"].gt(26e6) & rest["P1"].lt(34e6)).any()
    np.testing.assert_allclose(rest["TWAS.P"], 2 * stats.norm.sf(rest["TWAS.Z"].abs()), rtol=6e-3)


@pytest.mark.parametrize("name", ["../als", "a/b", "a\\b", "..", "", "a\nb", "x:y"])
def test_names_that_leave_the_folder_are_refused(name, tmp_path):
    for settings in ({"n_eff": {name: 1}}, {"n_eff": {"A": 1}, "tissues": [name]}):
        with pytest.raises(UsageError, match="cannot name a file"):
            write(simulate(**settings, genes=["MTOR", "SOD1"]), tmp_path)
    assert not list(tmp_path.iterdir())


def test_traits_that_would_share_a_folder_are_refused(tmp_path):
    with pytest.raises(UsageError, match="upper and lower case"):
        write(simulate(n_eff={"ALS": 1, "als": 1}, genes=["MTOR", "SOD1"]), tmp_path)


def test_an_unknown_format_is_refused(toy, tmp_path):
    with pytest.raises(UsageError, match="'smr' is unknown; give one of spredixcan, fusion"):
        write(toy, tmp_path, file_format="smr")
