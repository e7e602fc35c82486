"""A small world of traits in files, with a manifest and gene sets."""

import numpy as np
import pandas as pd
import pytest

N_GENES = 600


@pytest.fixture(scope="session")
def world(tmp_path_factory, placed_genes):
    """A folder with a manifest of five traits (two tissues; one with one), and 40 gene sets."""
    folder = tmp_path_factory.mktemp("world")
    genes = placed_genes[:: len(placed_genes) // N_GENES][:N_GENES]
    rng = np.random.default_rng(7)
    shared = rng.normal(size=N_GENES)
    rows = []
    for k in range(5):
        for tissue in ("Brain_Cortex", "Brain_Hippocampus")[: 1 if k == 4 else 2]:
            z = 0.6 * shared * (-1 if k == 3 else 1) + rng.normal(size=N_GENES)
            # A strong pathway, up in all traits but the fourth.
            z[:40] += -2.5 if k == 3 else 2.5
            frame = pd.DataFrame({"gene": genes, "tissue": tissue, "z": z})
            frame = frame[rng.random(N_GENES) > 0.1]
            frame.to_csv(folder / f"t{k}_{tissue}.tsv", sep="\t", index=False)
        rows.append(
            {
                "trait": f"T{k}",
                "path": f"t{k}_*.tsv",
                "n_eff": 20_000 + 5_000 * k,
                "ancestry": "EUR",
                "group": "one" if k % 2 else "two",
            }
        )
    pd.DataFrame(rows).to_csv(folder / "manifest.tsv", sep="\t", index=False)
    sets = [("planted", genes[:40])]
    sets += [(f"set {k}", list(rng.choice(genes, 8 + k, replace=False))) for k in range(39)]
    lines = ["\t".join([name, "", *members]) for name, members in sets]
    (folder / "sets.gmt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def plan_of(world):
    """A function: a plan of the manifest, with other pairs, detail or gene sets."""
    from pathways.atlas.manifest import choose_pairs, read_manifest
    from pathways.atlas.plan import Plan
    from pathways.job import Job

    def make(manifest=None, *, detail="tests", all_scopes=False, job=None, **pairs):
        entries = read_manifest(manifest or world / "manifest.tsv")
        settings = Job(
            traits={entry.trait: entry.paths for entry in entries},
            out="",
            n_eff={entry.trait: entry.n_eff for entry in entries if entry.n_eff},
            gene_sets=(str(world / "sets.gmt"),),
            **(job or {}),
        )
        chosen = choose_pairs(entries, **pairs)
        return Plan(entries, chosen, settings, detail=detail, all_scopes=all_scopes)

    return make
