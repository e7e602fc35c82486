"""Small studies made of arrays."""

import numpy as np
import pandas as pd
import pytest

from twas import Study, Trait
from twas.genes import reference


def make_trait(name, z, genes, tissues=("brain",), n_eff=None):
    """A trait from an array (tissues × genes); NaN leaves a gene out of a tissue."""
    z = np.atleast_2d(z)
    frames = [
        pd.DataFrame({"gene": genes, "tissue": tissue, "z": row})
        for tissue, row in zip(tissues, z, strict=True)
    ]
    frame = pd.concat(frames).dropna(subset=["z"])
    return Trait.from_frame(frame, name=name, n_eff=n_eff)


@pytest.fixture(scope="session")
def placed_genes():
    """Symbols of 4,000 genes with a position, spread over the genome."""
    table = reference.load().dropna(subset=["start"])
    table = table[table["ensembl_id"] != ""]
    return table["symbol"].iloc[:: len(table) // 4000].head(4000).tolist()


@pytest.fixture(scope="session")
def small_study(placed_genes):
    """Two traits, two tissues, with sample sizes."""
    rng = np.random.default_rng(0)
    tissues = ("cortex", "cord")
    base = rng.normal(size=(2, 1, len(placed_genes)))
    z = np.sqrt(0.7) * base + np.sqrt(0.3) * rng.normal(size=(2, 2, len(placed_genes)))
    z[0, 0, ::7] = np.nan
    z[1, 1, ::5] = np.nan
    traits = [
        make_trait(name, layer, placed_genes, tissues, n)
        for name, layer, n in zip(("ALS", "FTD"), z, (87_400, 10_300), strict=True)
    ]
    return Study.from_traits(traits)
