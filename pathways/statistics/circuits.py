"""Circuits: named groups of GTEx tissues, used where the files have them (``data/circuits.toml``).

A circuit is a scope like a group of tissues. Two circuits of one trait are compared on the genes
of both and on ``e_g = mean over the circuit's tissues of z_gt / sqrt(N)``: the combined z of a
scope grows with the number of its tissues (by 14 % from one to four that correlate 0.7), so that
equal effects would differ.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from twas.study.outlying import outlying_by_trait, over_the_rest
from twas.study.study import Study
from twas.study.universe import COMBINED, PER_SQRT_N, UNIT, Universe
from twas.system.arrays import Float
from twas.system.program import data_path


@dataclass(frozen=True)
class Circuit:
    """One circuit.

    Attributes
    ----------
    name
        Its name, which becomes a scope.
    tissues
        GTEx v8 names.
    why
        What speaks for these tissues.
    """

    name: str
    tissues: tuple[str, ...]
    why: str


def load_circuits() -> tuple[Circuit, ...]:
    """Read ``data/circuits.toml``."""
    config = tomllib.loads(data_path("circuits.toml").read_text(encoding="utf-8"))
    return tuple(
        Circuit(entry["name"], tuple(entry["tissues"]), entry["why"]) for entry in config["circuit"]
    )


def circuits_among(tissues: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Circuits of which at least one tissue is there.

    Parameters
    ----------
    tissues
        Names as in the files: a GTEx name, in any case and punctuation, or a name that holds one
        (``mashr_Brain_Cortex``).

    Returns
    -------
    dict
        Name of the circuit → its tissues as in `tissues`, in the order of the data file.
    """
    circuits = load_circuits()
    home = {_plain(tissue): c.name for c in circuits for tissue in c.tissues}
    found: dict[str, tuple[str, ...]] = {c.name: () for c in circuits}
    for tissue in tissues:
        known = [gtex for gtex in home if gtex in _plain(tissue)]
        if known:
            found[home[max(known, key=len)]] += (tissue,)
    return {name: members for name, members in found.items() if members}


def with_circuits(study: Study) -> tuple[Study, tuple[str, ...]]:
    """The study with its circuits as further groups, and the names of these scopes.

    A group that the user named like a circuit takes its place. A circuit that has the name of a
    tissue is called ``NAME circuit``.
    """
    taken = {COMBINED, *study.tissues}
    named = {
        f"{name} circuit" if name in taken else name: tissues
        for name, tissues in circuits_among(study.tissues).items()
    }
    return replace(study, groups={**named, **study.groups}), tuple(named)


def between(study: Study, trait: str, first: str, second: str) -> Universe | None:
    """Two circuits of one trait side by side, as `Study.universe` shows two traits.

    Parameters
    ----------
    study
        A study whose groups hold both circuits.
    trait
        Name of the trait.
    first, second
        Names of the circuits, rows 0 and 1 of ``z``.

    Returns
    -------
    Universe or None
        On the genes that have a model in both; ``z`` is the mean over the tissues of a circuit.
        None where there is no such gene.
    """
    row = study.traits.index(trait)
    tissues = [[study.tissues.index(t) for t in study.groups[name]] for name in (first, second)]
    z = np.stack([_mean(study.z[row, columns]) for columns in tissues])
    genes = np.flatnonzero(np.isfinite(z).all(axis=0))
    if not genes.size:
        return None
    z = z[:, genes]
    n_eff = study.n_eff[row]
    sized = bool(np.isfinite(n_eff))
    block = study.genes["block_code"].to_numpy()[genes]
    far = outlying_by_trait(z, block)
    spread = float(np.sqrt(over_the_rest(far, z, lambda x: x.var(axis=1)).mean())) or 1.0
    effect = z / (np.sqrt(n_eff) if sized else spread)
    chrom, start = study.places
    return Universe(
        traits=(trait, trait),
        scope=f"{first} - {second}",
        genes=genes,
        block=block,
        chrom=chrom[genes],
        start=start[genes],
        z=z,
        effect=effect - over_the_rest(far, effect, lambda x: x.mean(axis=1))[:, None],
        effect_scale=PER_SQRT_N if sized else UNIT,
        n_eff=np.array([n_eff, n_eff]),
        intercept=np.ones(2),
        sample_overlap=0.0,
        assumed=(),
        n_tissues=sum(map(len, tissues)),
        outlying=far,
    )


def _mean(z: Float) -> Float:
    """Mean over the tissues of each gene, NaN where none has a model; shape ``(n_genes,)``."""
    present = np.isfinite(z)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(present, z, 0.0).sum(axis=0) / present.sum(axis=0))


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())
