"""From a manifest to a store: every trait is read once, checked, written, and let go."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pathways.atlas.engine import Crew
from pathways.atlas.manifest import Entry, Pair
from pathways.atlas.plan import Plan, one_line
from pathways.atlas.store import INDEX, Failure, trait_record, write_sets
from pathways.gene_sets import GeneSets
from pathways.job import Job, check_columns, load_background, read_one
from pathways.nulls.maxt import FLIPS
from twas.errors import DataError, TwasError, UsageError
from twas.genes.blocks import default_blocks, read_blocks
from twas.quality import QualityFact
from twas.reading.content import any_size
from twas.study.axis import gene_table, pair_name, z_array
from twas.study.checks import study_facts
from twas.study.correlation import mean_z
from twas.study.universe import COMBINED
from twas.system.program import Progress, silent
from twas.traits.trait import Trait


def prepare(
    plan: Plan,
    folder: Path,
    key: str,
    collections: Sequence[GeneSets],
    crew: Crew,
    progress: Progress = silent,
) -> None:
    """Make the store of an atlas, whole or not at all.

    Parameters
    ----------
    plan
        What is asked for.
    folder
        Its place; where another process has made it meanwhile, that one stays.
    key
        From `key_of`.
    collections
        The gene sets.
    crew
        Who reads the traits.
    progress
        Told along the way.

    Raises
    ------
    DataError
        If no pair is left.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".store-", dir=folder.parent))
    try:
        draft.chmod(0o755)
        record = _fill(plan, draft, key, collections, crew, progress)
        text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
        (draft / INDEX).write_text(text, encoding="utf-8")
        try:
            draft.rename(folder)
        except OSError:
            if not (folder / INDEX).exists():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _fill(
    plan: Plan,
    draft: Path,
    key: str,
    collections: Sequence[GeneSets],
    crew: Crew,
    progress: Progress,
) -> dict[str, Any]:
    read, failures = _read_all(plan, draft, crew, progress)
    traits = {one.light.name: one.record for one in read}
    quality = [fact for one in read for fact in one.facts]
    light = [one.light for one in read]
    progress("preparing the store")
    tissues = sorted({t for record in traits.values() for t in record["tissues"]})
    check_columns(plan.job, light)
    blocks = plan.job.blocks
    cut = read_blocks(blocks, build=plan.job.blocks_build) if blocks else default_blocks()
    cut.table.to_parquet(draft / "blocks.parquet", index=False)
    genes = gene_table([trait.table for trait in light], cut)
    genes.to_parquet(draft / "genes.parquet", index=False)
    _check_groups(plan, tissues)
    _write_z(draft, len(light), tissues, genes)
    if plan.detail == "tests":
        # Tests read z alone; the tables would be half of the atlas.
        shutil.rmtree(draft / "traits")
    own = {name: record["tissues"] for name, record in traits.items()}
    pairs, same, told = _checked(plan, light, own)
    if not pairs:
        reason = f"; {failures[0].trait_a}: {failures[0].error}" if failures else ""
        raise DataError(f"no pair of traits can be compared{reason}")
    quality += told
    quality += [fact for sets in collections for fact in sets.quality.facts]
    return {
        "key": key,
        "detail": plan.detail,
        "all_scopes": plan.all_scopes,
        "traits": list(traits.values()),
        "tissues": tissues,
        "groups": {name: list(own) for name, own in plan.job.groups.items()},
        "blocks_name": cut.name,
        "intercepts": _intercepts(plan, traits),
        "overlaps": [[*pair, value] for pair, value in _overlaps(plan).items()],
        "pairs": pairs,
        "mixed": plan.pairs.mixed,
        "sets": write_sets(draft, collections),
        "seed": plan.job.seed,
        "flips": FLIPS,
        "failures": [asdict(failure) for failure in [*failures, *same]],
        "quality": [asdict(fact) for fact in quality],
    }


def _read_all(
    plan: Plan, draft: Path, crew: Crew, progress: Progress
) -> tuple[list[Read], list[Failure]]:
    """Read and write every trait: those that were read, and those that failed."""
    (draft / "traits").mkdir()
    background = load_background(plan.job)
    named = {f"read-{k:05d}-{draft.name}": entry for k, entry in enumerate(plan.entries)}
    files = [draft.resolve() / "traits" / f"{k:05d}.parquet" for k in range(len(named))]
    calls = {
        name: (plan.job, entry, background, file)
        for (name, entry), file in zip(named.items(), files, strict=True)
    }
    found: dict[str, Read | Failure] = {}
    progress("reading traits", 0.0)
    for name, read, error in crew.each_near(read_entry, calls):
        found[name] = Failure(named[name].trait, "", error) if error else read
        progress("reading traits", len(found) / len(calls))
    done: list[Read] = []
    failures: list[Failure] = []
    for name, file in zip(named, files, strict=True):
        one = found[name]
        if isinstance(one, Failure):
            failures.append(one)
        else:
            file.replace(files[len(done)])
            done.append(one)
    return done, failures


@dataclass(frozen=True)
class Read:
    """What is told of a trait that was read, what is odd about it, and its mean z."""

    record: dict[str, Any]
    facts: list[QualityFact]
    light: Trait


def read_entry(job: Job, entry: Entry, background: GeneSets | None, file: Path) -> Read | Failure:
    """Read one trait of a manifest, and write its table."""
    try:
        with any_size(job.any_size):
            trait = read_one(job, entry.trait, background, silent)
    except (TwasError, OSError) as error:
        return Failure(entry.trait, "", one_line(error))
    trait.table.reset_index(drop=True).to_parquet(file, index=False)
    record = trait_record(trait) | {"ancestry": entry.ancestry, "group": entry.group}
    return Read(record, list(trait.quality.facts), _light(trait))


def _light(trait: Trait) -> Trait:
    """A trait with its mean z per gene alone: what the checks of pairs need."""
    mean = mean_z(trait.table)
    symbol = trait.table.drop_duplicates("gene").set_index("gene")["symbol"]
    frame = pd.DataFrame({"gene": mean.index, "symbol": symbol[mean.index].to_numpy(), "z": mean})
    return Trait(trait.name, frame.reset_index(drop=True), trait.n_eff, files=trait.files)


def _write_z(draft: Path, n: int, tissues: Sequence[str], genes: pd.DataFrame) -> None:
    shape = (n, len(tissues), len(genes))
    z = np.lib.format.open_memmap(draft / "z.npy", mode="w+", dtype=np.float64, shape=shape)
    for k in range(n):
        columns = ["gene", "tissue", "z"]
        table = pd.read_parquet(draft / "traits" / f"{k:05d}.parquet", columns=columns)
        z[k] = z_array(table, tissues, genes)
    z.flush()


def _checked(
    plan: Plan, light: Sequence[Trait], tissues: Mapping[str, Sequence[str]]
) -> tuple[list[Pair], list[Failure], list[QualityFact]]:
    """The pairs whose traits are there and are two, those that are one, and what else is odd."""
    there = {trait.name for trait in light}
    pairs = [pair for pair in plan.pairs.chosen if set(pair) <= there]
    asked = {pair_name(*pair): pair for pair in pairs}
    facts = [fact for fact in study_facts(light, tissues) if fact.source in asked]
    same = {asked[f.source]: f.message for f in facts if f.topic == "same_trait"}
    failures = []
    if not plan.job.allow_same:
        failures = [Failure(*pair, message) for pair, message in same.items()]
        pairs = [pair for pair in pairs if pair not in same]
    told = [fact for fact in facts if fact.topic != "same_trait" or plan.job.allow_same]
    if plan.pairs.mixed:
        n = len(plan.pairs.mixed)
        message = f"{n:,} pairs of different ancestries were left out"
        told.append(QualityFact("note", "manifest", "mixed_ancestries", n, message))
    elif not any(entry.ancestry for entry in plan.entries):
        message = "the manifest gives no ancestry: all traits were taken to be of one"
        told.append(QualityFact("warning", "manifest", "no_ancestry", 0, message))
    return pairs, failures, told


def _intercepts(plan: Plan, traits: Mapping[str, Any]) -> dict[str, float]:
    known = {e.trait: e.intercept for e in plan.entries if e.intercept is not None}
    return {name: value for name, value in known.items() if name in traits}


def _overlaps(plan: Plan) -> dict[Pair, float]:
    """The overlap of each pair, each pair in one order."""
    order = {entry.trait: k for k, entry in enumerate(plan.entries)}
    given = {**plan.pairs.overlaps, **plan.job.overlaps}
    found: dict[Pair, float] = {}
    for pair, value in given.items():
        for name in pair:
            if name not in order:
                raise UsageError(
                    f"`overlap` names trait {name!r}, which the manifest does not hold"
                )
        a, b = sorted(pair, key=order.__getitem__)
        limit = float(np.sqrt(np.prod([plan.entries[order[t]].intercept or 1.0 for t in pair])))
        if not abs(value) < limit:
            raise UsageError(
                f"`overlap` of {a} and {b} is {value:g}; a bivariate intercept lies between"
                f" -{limit:g} and {limit:g}"
            )
        found[a, b] = value
    return found


def _check_groups(plan: Plan, tissues: Sequence[str]) -> None:
    for name, own in plan.job.groups.items():
        for tissue in own:
            if tissue not in tissues:
                raise UsageError(
                    f"tissue {tissue!r} is in no trait; there are {', '.join(tissues)}"
                )
        if name in (COMBINED, *tissues):
            raise UsageError(f"tissue group {name!r} has the name of another scope")
