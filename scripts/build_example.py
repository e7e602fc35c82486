"""Build ``data/example``: simulated ALS and FTD results with a planted truth.

``python scripts/build_example.py`` writes the folder, ``--out DIR`` writes another one. Needs the
installed package. The effects were set once so that the demonstration has power at these sample
sizes, the seed was fixed before the data were looked at.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from twas.simulation.draw import TISSUES, Simulation, simulate
from twas.simulation.files import write
from twas.system.program import data_path

ROOT = Path(__file__).resolve().parent.parent
SEED = 20260501
N_EFF = {"ALS": 87_400.0, "FTD": 10_300.0}
#: Polygenic effects: root mean square per sqrt(N) and share of the genes that have one. At an N_eff
#: of 87,400 they give 27 genes at FDR 5 % per tissue on average; S-PrediXcan of a real ALS study of
#: this size (van Rheenen 2021, spinal cord) gave 28 of 12,494 genes.
POLYGENIC, CAUSAL = 0.0018, 0.04
#: Correlation of the polygenic effects and of the sampling errors of the two traits.
RG, OVERLAP = 0.64, 0.02
#: As in six S-PrediXcan files of real brain tissues.
UNMODELLED = ("PPARGC1A", "PTEN", "RHEB")
ARTICLE, INVENTED = "article", "invented"


@dataclass(frozen=True)
class Planted:
    """What is planted in one trait for one pathway.

    Attributes
    ----------
    effect
        Added to each member, times its role, per sqrt(N); 0: nothing is planted.
    source
        ``article``: the direction that the article states; ``invented``: for the demonstration.
    """

    trait: str
    pathway: str
    effect: float
    source: str
    note: str

    @property
    def direction(self) -> str:
        """``up``, ``down`` or ``none``: of the pathway's activity with higher risk."""
        return "up" if self.effect > 0 else "down" if self.effect < 0 else "none"


NOT_PLANTED = "nothing; the article's reduced mitochondrial energy capacity in ALS is left out"
PLAN = (
    Planted("ALS", "mtor", 0.003, ARTICLE, "raised PI3K-AKT-mTOR activity"),
    Planted("ALS", "pgc1a", 0.0, INVENTED, NOT_PLANTED),
    Planted("ALS", "sirt1", 0.0, INVENTED, NOT_PLANTED),
    Planted("ALS", "complement", 0.005, INVENTED, "a pathway that both traits share"),
    Planted("ALS", "autophagy", 0.0, INVENTED, "nothing; negative control"),
    Planted("FTD", "mtor", -0.009, INVENTED, "a pathway with opposite directions"),
    Planted("FTD", "pgc1a", -0.010, ARTICLE, "insufficient PGC-1alpha-driven biogenesis"),
    Planted("FTD", "sirt1", -0.012, ARTICLE, "weakened SIRT1 metabolism"),
    Planted("FTD", "complement", 0.015, INVENTED, "a pathway that both traits share"),
    Planted("FTD", "autophagy", 0.0, INVENTED, "nothing; negative control"),
)


def plantable() -> pd.DataFrame:
    """Return pathway, gene, role of the core members that can carry a planted effect.

    A gene of several pathways would carry one pathway's effect into another (MTOR raises mtor and
    lowers autophagy), so only genes with a role in exactly one pathway do.
    """
    core = pd.read_csv(data_path("gene_sets", "core.tsv"), sep="\t")
    alone = ~core["gene"].duplicated(keep=False)
    return core.loc[alone & (core["role"] != 0), ["pathway", "gene", "role"]]


def planted_effects(members: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return trait → gene → effect per sqrt(N)."""
    effects: dict[str, dict[str, float]] = defaultdict(dict)
    for part in PLAN:
        if part.effect:
            own = members[members["pathway"] == part.pathway]
            signed = (own["role"] * part.effect).tolist()
            effects[part.trait].update(zip(own["gene"], signed, strict=True))
    return dict(effects)


def make() -> Simulation:
    """Return the simulation that the example holds."""
    return simulate(
        n_eff=N_EFF,
        planted=planted_effects(plantable()),
        unmodelled=UNMODELLED,
        polygenic=POLYGENIC,
        causal=CAUSAL,
        rg=RG,
        overlap=OVERLAP,
        rng=SEED,
    )


def truth_table(simulation: Simulation) -> str:
    """Return ``truth.tsv``: one line per trait and pathway."""
    members, planted = plantable(), simulation.truth
    lines = ["trait\tpathway\tdirection\teffect_per_gene\tsource\tnote"]
    for part in PLAN:
        own = members["gene"][members["pathway"] == part.pathway]
        rows = planted[(planted["trait"] == part.trait) & planted["symbol"].isin(own)]
        note = part.note
        if part.effect:
            seen = int((rows["n_tissues"] > 0).sum())
            note += f"; planted on {len(rows)} genes, {seen} of them with a model in some tissue"
        cells = (part.trait, part.pathway, part.direction, f"{part.effect:g}", part.source, note)
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def readme(simulation: Simulation) -> str:
    """Return the README of the folder."""
    counts = simulation.table.groupby(["trait", "tissue"]).size()
    return README.format(
        n_genes=f"{counts.iloc[0]:,}",
        n_any=f"{simulation.table['gene'].nunique():,}",
        tissues="\n".join(f"- `{tissue}`" for tissue in TISSUES),
        unmodelled=", ".join(UNMODELLED),
        seed=SEED,
        polygenic=POLYGENIC,
        causal=f"{CAUSAL:.0%}".replace("%", " %"),
        rg=RG,
        overlap=OVERLAP,
    )


README = """\
# Example: simulated ALS and FTD

**Simulated numbers. They say nothing about ALS or FTD.** Genes and positions are real; every
z-score was drawn by `scripts/build_example.py` (seed {seed}) with the simulator
`twas.simulation`. Do not edit by hand; run the script.

- Origin: simulated by the script; no person's and no study's data went in. Gene names and
  positions: `data/reference`. Pathways and roles: `data/gene_sets/core.tsv`.
- Licence: CC0-1.0.
- Format: S-PrediXcan, one file per trait and tissue, {n_genes} genes each, {n_any} genes in all,
  Ensembl ids without version, rows in genomic order. `pred_perf_*` is empty, as for MASHR models.
- Effective sample sizes: ALS 87,400, FTD 10,300.

Tissues:

{tissues}

`truth.tsv` says per trait and pathway what was planted and whether the direction follows the
article (Cheung, Cureus 2026;18(5):e109147, doi:10.7759/cureus.109147) or was invented.
`effect_per_gene` is per sqrt(N), half the log-odds per standard deviation of predicted expression;
a gene gets it times its role. An estimated activity is near it, not equal: members without a
planted effect dilute it, neighbours add or take through LD, and the z combined over three tissues
that correlate 0.7 is 3 / sqrt(7.2) = 1.12 times the z of one.

## How it was made

- Correlation of predicted expression between genes: 0.75 exp(-distance / 300 kb) with random sign;
  between tissues 0.7.
- Polygenic background: {causal} of the genes have an effect of their own; root mean square
  {polygenic} per sqrt(N) over all genes. Correlation between the traits: {rg} of these effects,
  {overlap} of the sampling errors (`--overlap ALS,FTD={overlap}`).
- Planted effects are the same in every tissue. Only genes with a role in exactly one core pathway
  carry one, so that no pathway leaks into another: MTOR and SIRT1, members of several, carry none.
- {unmodelled} have no model in any tissue, as in real brain tissues; other gaps are random.

## What is exaggerated

The effects were chosen so that the demonstration has power: with an effective sample size of
10,300, planted FTD effects have to be three times those of ALS to be seen. A real FTD study of
this size should expect to be told that its data cannot decide.
"""


def build(folder: Path) -> list[Path]:
    """Write the example into a folder and return its files."""
    simulation = make()
    paths = write(simulation, folder)
    for name, text in (("truth.tsv", truth_table(simulation)), ("README.md", readme(simulation))):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        paths.append(folder / name)
    return paths


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "data" / "example")
    for path in build(parser.parse_args(arguments).out):
        print(f"{path.stat().st_size:>9,} {path.name}")


if __name__ == "__main__":
    main()
