"""limma's cameraPR as an oracle: both rank sets by the competitive mean of the gene statistic."""

import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, spearmanr

from pathways import load_gene_sets
from pathways.statistics.contributions import Members, contributions

SCRIPT = """
suppressMessages(library(limma))
z <- scan("z.txt", quiet = TRUE)
sets <- lapply(strsplit(readLines("sets.txt"), ","), as.integer)
names(sets) <- paste0("s", seq_along(sets))
found <- cameraPR(z, sets, inter.gene.cor = 0, use.ranks = FALSE, sort = FALSE)
write.table(found, "out.tsv", sep = "\\t", quote = FALSE)
"""


@pytest.fixture(scope="module")
def limma():
    """Skip where R or limma is not installed."""
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed (Debian: r-base-core)")
    probe = subprocess.run(["Rscript", "-e", "library(limma)"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("limma is not installed (Debian: r-bioc-limma)")


@pytest.mark.usefixtures("limma")
def test_activity_ranks_sets_as_camera_does(small_study, placed_genes, tmp_path):
    rng = np.random.default_rng(6)
    pools = [rng.choice(placed_genes, size, replace=False) for size in rng.integers(10, 200, 60)]
    sets = load_gene_sets({f"s{k}": list(pool) for k, pool in enumerate(pools)})
    view = small_study.universe(("ALS",))
    parts = contributions(view, Members.of(small_study, sets))
    np.savetxt(tmp_path / "z.txt", view.z[0])
    lines = [
        ",".join(str(p + 1) for p in parts.signed.position[parts.signed.owner == k])
        for k in range(len(pools))
    ]
    (tmp_path / "sets.txt").write_text("\n".join(lines) + "\n")
    (tmp_path / "run.R").write_text(SCRIPT)
    subprocess.run(["Rscript", "run.R"], cwd=tmp_path, check=True, capture_output=True)
    camera = pd.read_csv(tmp_path / "out.tsv", sep="\t")
    sign = np.where(camera["Direction"] == "Up", 1, -1)
    activity = parts.trait(0).sums()
    assert (np.sign(activity) == sign).all()
    score = sign * norm.isf(camera["PValue"] / 2)
    assert spearmanr(score, activity * np.sqrt(parts.n_signed)).statistic > 0.99
