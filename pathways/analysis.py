"""From a study and gene sets to results: the one layer that turns kernels into tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways.calls import words
from pathways.calls.decision import decide, measure
from pathways.calls.familywise import Layer, fwer
from pathways.calls.multiplicity import benjamini_hochberg
from pathways.calls.retest import PairLayer
from pathways.gene_sets import GeneSets
from pathways.hypotheses import Hypothesis, evaluate, load_hypotheses
from pathways.nulls.maxt import FLIPS
from pathways.output import columns
from pathways.output.progress import Progress, silent
from pathways.results import Parameters, Results
from pathways.statistics import contrasts
from pathways.statistics.contributions import Members, contributions
from pathways.statistics.gsea import DEFAULT_MAX_SETS, gsea
from pathways.statistics.heterogeneity import heterogeneity
from pathways.statistics.magnitude import magnitude
from pathways.tables.agreement import tissue_agreement
from pathways.tables.balance import balance_rows
from pathways.tables.directions import direction_columns
from pathways.tables.divergence import divergence_columns
from pathways.tables.gene_divergence import gene_divergence_rows
from pathways.tables.genes import coverage_rows, gene_rows
from pathways.tables.influence import (
    REGIONS,
    Region,
    block_influence,
    region_influence,
    without_top_block,
)
from pathways.tables.sensitivity import sensitivity_rows
from pathways.tables.shared_genes import overlap_rows
from twas.errors import DataError, UsageError
from twas.study.study import COMBINED, PER_SQRT_N, Study, Universe
from twas.traits.resolution import resolution_table

#: Above so many sets the gene tables hold the combined scope only.
ALL_SCOPES_MAX_SETS = 200

Tables = dict[str, list[pd.DataFrame]]


def analyse(
    study: Study,
    gene_sets: GeneSets | Sequence[GeneSets],
    *,
    run_gsea: bool | None = None,
    seed: int = 0,
    flips: int = FLIPS,
    controls: GeneSets | None = None,
    regions: Mapping[str, Region] | None = None,
    hypotheses: Sequence[Hypothesis] | None = None,
    progress: Progress = silent,
) -> Results:
    """Test every gene set in every trait, pair of traits and scope.

    Parameters
    ----------
    study
        One or more traits.
    gene_sets
        One or more collections with different names; each is an FDR family of its own.
    run_gsea
        Whether to run GSEA; None runs it up to 200 sets.
    seed
        Seed of everything random: joint flips and GSEA permutations.
    flips
        Joint flips of the family-wise error.
    controls
        Negative controls: tested in the combined scope but not explored (no influence,
        sensitivity, gene-level table or GSEA); left out where the study has none of their genes.
    regions
        Further regions to leave out: name → chromosome, start, end (GRCh38).
    hypotheses
        Predictions to judge; by default those that are shipped.
    progress
        Called with a phrase at the start of each step.

    Returns
    -------
    Results
        Tables with the columns of `pathways.output.columns`.

    Raises
    ------
    DataError
        If no member of any set has a z-score.
    UsageError
        If two collections share a name.
    """
    collections = [gene_sets] if isinstance(gene_sets, GeneSets) else list(gene_sets)
    names = [sets.collection for sets in collections]
    if len(set(names)) < len(names):
        raise UsageError(f"gene-set collections must have different names, not {', '.join(names)}")
    tables: Tables = {name: [] for name in columns.TABLES}
    options = _Options(run_gsea, seed, flips, {**REGIONS, **(regions or {})}, progress)
    for sets in collections:
        for name, frame in _Collection(study, sets, options).tables().items():
            tables[name].append(frame)
    if controls is not None and Members.of(study, controls).gene.size:
        collections.append(controls)
        for name, frame in _Collection(study, controls, options, explore=False).tables().items():
            tables[name].append(frame)
    progress("stress-reserve balance")
    tables["balance"].append(balance_rows(study))
    done = {name: _concatenate(name, frames) for name, frames in tables.items()}
    done["resolution"] = columns.conform("resolution", resolution_table(study.members))
    predictions = load_hypotheses() if hypotheses is None else hypotheses
    done["hypotheses"] = columns.conform(
        "hypotheses",
        evaluate(predictions, done["directions"], done["divergence"], done["balance"]),
    )
    quality = study.quality
    for sets in collections:
        quality += sets.quality
    return Results(
        tables=done,
        study=study,
        gene_sets=tuple(collections),
        quality=quality,
        parameters=Parameters(seed=seed, flips=flips),
    )


@dataclass(frozen=True)
class _Options:
    run_gsea: bool | None
    seed: int
    flips: int
    regions: Mapping[str, Region]
    progress: Progress


@dataclass
class _Collection:
    """The analysis of one collection; the layers are made once and read by every table."""

    study: Study
    sets: GeneSets
    options: _Options
    explore: bool = True
    members: Members = field(init=False)
    edges: list[pd.DataFrame] = field(init=False, default_factory=list)
    single: list[Layer] = field(init=False)
    pairs: list[PairLayer] = field(init=False)

    def __post_init__(self) -> None:
        self.members = Members.of(self.study, self.sets)
        if not self.members.gene.size:
            _no_overlap(self.study, self.sets)
        self.single, self.pairs = [], []
        for scope in self.study.scopes if self.explore else (COMBINED,):
            for trait in self.study.traits:
                view = self.study.universe((trait,), scope)
                if view is not None:
                    self.single.append(Layer(view, contributions(view, self.members)))
            for pair in combinations(self.study.traits, 2):
                view = self.study.universe(pair, scope)
                if view is not None:
                    self.pairs.append(self._pair_layer(view))

    def _pair_layer(self, view: Universe) -> PairLayer:
        parts = contributions(view, self.members)
        block = self.study.genes["block_code"].to_numpy()[view.genes]
        genome = contrasts.moments(view, block)
        found = decide(measure(view, parts, genome), genome)
        return PairLayer(view, parts, genome, found, self.members)

    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables of this collection, each with the column ``collection``."""
        tell, name = self.options.progress, self.sets.collection
        many = len(self.members.pathways) > ALL_SCOPES_MAX_SETS
        tell(f"{name}: family-wise error")
        layers = [*self.single, *(Layer(pair.view, pair.parts) for pair in self.pairs)]
        family = fwer(self.study, layers, flips=self.options.flips, seed=self.options.seed)
        tell(f"{name}: influence and sensitivity")
        explored = [p for p in self.pairs if p.view.scope == COMBINED and self.explore]
        influence = [block_influence(pair, self._block_names) for pair in explored]
        regions = [region_influence(self.study, p, self.options.regions) for p in explored]
        tell(f"{name}: directions and divergence")
        frames: dict[str, list[pd.DataFrame]] = {
            "directions": [
                self._direction_table(layer, p)
                for layer, p in zip(self.single, family, strict=False)
            ],
            "divergence": self._divergence_tables(family[len(self.single) :], influence),
            "genes": [
                gene_rows(self.study, layer.view, layer.parts, self.members)
                for layer in self.single
                if not many or layer.view.scope == COMBINED
            ],
            "leading_edge": self.edges,
            "influence": [*influence, *regions],
            "overlap": [overlap_rows(pair) for pair in explored],
            "sensitivity": self._sensitivity_tables(),
            "gene_divergence": [gene_divergence_rows(self.study, pair) for pair in explored],
            "heterogeneity": self._heterogeneity_tables(),
        }
        done = {table: self._stack(table, rows) for table, rows in frames.items()}
        return {**done, "coverage": coverage_rows(self.study, self.sets)}

    @property
    def _block_names(self) -> NDArray[np.object_]:
        genes = self.study.genes.drop_duplicates("block_code")
        return genes["block"].to_numpy(dtype=object)

    def _direction_table(self, layer: Layer, family_wise: NDArray[np.float64]) -> pd.DataFrame:
        table = direction_columns(layer.view, layer.parts, self.members, self._block_names)
        table["fwer_direction"] = family_wise
        involved = magnitude(layer.view, self.study, self.members)
        table["magnitude"], table["p_magnitude"] = involved.magnitude, involved.p
        table["q_magnitude"] = involved.q
        table["magnitude_extrapolated"] = np.where(involved.extrapolated, "yes", "")
        return self._with_gsea(table, layer.view)

    def _divergence_tables(
        self, family_wise: Sequence[NDArray[np.float64]], influence: Sequence[pd.DataFrame]
    ) -> list[pd.DataFrame]:
        left_out = iter(influence)
        out = []
        for pair, p in zip(self.pairs, family_wise, strict=True):
            table = divergence_columns(pair.view, pair.parts, self.members, pair.genome, pair.found)
            table["fwer_difference"] = p
            if pair.view.scope == COMBINED and self.explore:
                top = without_top_block(next(left_out), pair, self._block_names)
                table["tissue_agreement"] = tissue_agreement(self.study, pair, self.pairs)
            else:
                top = pd.DataFrame({"top_block": "", "call_without_top_block": ""}, table.index)
                table["tissue_agreement"] = ""
            out.append(pd.concat([table, top], axis=1))
        return out

    def _sensitivity_tables(self) -> list[pd.DataFrame]:
        return [sensitivity_rows(self.study, self.sets, self.members)] if self.explore else []

    def _heterogeneity_tables(self) -> list[pd.DataFrame]:
        if len(self.study.traits) < 3:
            return []
        view = self.study.universe(self.study.traits, COMBINED)
        if view is None or view.effect_scale != PER_SQRT_N:
            return []
        parts = contributions(view, self.members)
        n_blocks = int(self.study.genes["block_code"].max()) + 1
        statistic, p = heterogeneity(
            parts,
            view.effect.std(axis=1),
            n_blocks,
            flips=self.options.flips,
            seed=self.options.seed,
        )
        testable = ~words.untestable(np.power(2.0, 1.0 - parts.n_blocks))
        table = pd.DataFrame(
            {
                "pathway": self.members.pathways,
                "scope": COMBINED,
                "traits": ", ".join(view.traits),
                "n_tested": parts.n_tested,
                "n_blocks": parts.n_blocks,
                "statistic": statistic,
                "p_heterogeneity": p,
                "q_heterogeneity": benjamini_hochberg(np.where(testable, p, np.nan)),
            }
        )
        return [table]

    def _with_gsea(self, table: pd.DataFrame, view: Universe) -> pd.DataFrame:
        wanted = self.options.run_gsea
        run = len(self.members.pathways) <= DEFAULT_MAX_SETS if wanted is None else wanted
        run = run and self.explore
        names = ("nes", "p_gsea", "q_gsea")
        # Per tissue GSEA would cost as much again for each, and no call rests on it.
        if not run or view.scope != COMBINED:
            return table.assign(**dict.fromkeys(names, np.nan))
        self.options.progress(f"{self.sets.collection}: GSEA of {view.traits[0]}")
        found = gsea(view, self.members, signed=self.sets.signed, seed=self.options.seed)
        self.edges.append(self._edge_table(found.members, view.traits[0]))
        return table.assign(**{name: found.scores[name] for name in names})

    def _edge_table(self, rows: pd.DataFrame, trait: str) -> pd.DataFrame:
        """Rows of ``leading_edge.tsv`` of one trait."""
        return pd.DataFrame(
            {
                "pathway": np.array(self.members.pathways, dtype=object)[rows["set"]],
                "trait": trait,
                "gene": self.study.genes["symbol"].to_numpy()[rows["gene"]],
                **{name: rows[name] for name in ("role", "effect", "rank", "n_ranked")},
                "leading": np.where(rows["leading"], "yes", ""),
            }
        )

    def _stack(self, name: str, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
        """Rows in the order of the pathways, within a pathway as they were made."""
        full = [frame for frame in frames if len(frame)]
        if not full:
            return columns.empty(name)
        table = pd.concat(full, ignore_index=True)
        table["collection"] = self.sets.collection
        order = {pathway: k for k, pathway in enumerate(self.sets.pathways)}
        rows = np.argsort(table["pathway"].map(order).to_numpy(), kind="stable")
        names = [column.name for column in columns.TABLES[name]]
        missing = set(names) - set(table.columns)
        if missing:
            raise ValueError(f"table {name!r} lacks the registered columns {sorted(missing)}")
        return table.iloc[rows][names].reset_index(drop=True)


def _concatenate(name: str, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    full = [frame for frame in frames if len(frame)]
    if not full:
        return columns.empty(name)
    return columns.conform(name, pd.concat(full, ignore_index=True))


def _no_overlap(study: Study, sets: GeneSets) -> None:
    mine = ", ".join(sets.table["symbol"].head(3))
    theirs = ", ".join(study.genes["symbol"].astype(str).head(3))
    raise DataError(
        f"no gene of the gene sets {sets.collection!r} ({mine}) is among the"
        f" {len(study.genes):,} genes of the traits ({theirs}); check that the gene column holds"
        " symbols or Ensembl gene ids, and that the species is human"
    )
