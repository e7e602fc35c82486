"""Draw the pictures of the pages on methods, ``docs/images/method_*.svg``, on drawn numbers.

``python scripts/build_pictures.py`` writes them, with ``--out FOLDER`` elsewhere. The kernels are
those of the package.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pathways.calls.multiplicity import holm
from pathways.calls.vocabulary import ALPHA, BY_WORD
from pathways.nulls.enumeration import sign_vectors
from pathways.nulls.interval import sign_flip_interval
from pathways.nulls.maxt import joint_signs
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import sign_flip
from pathways.power.rejection import Rejection
from pathways.report.figures import style
from pathways.report.figures.save import save
from pathways.statistics.robust import bounded
from twas.system.arrays import Float

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
A, B = style.TRAIT_COLOURS[:2]
LOUD = BY_WORD["opposite"].colour
PICTURES: dict[str, Callable[[Axes], None]] = {}


def picture(function: Callable[[Axes], None]) -> Callable[[Axes], None]:
    """Add a picture under the name of what draws it."""
    PICTURES[function.__name__] = function
    return function


def one(c: Float) -> Ragged:
    """The contributions of a single set."""
    return Ragged(c, np.array([0, len(c)]))


def label(ax: Axes, x: str, y: str) -> None:
    """Name both axes and take the frame away."""
    ax.set(xlabel=x, ylabel=y)
    style.bare(ax)


def legend_above(ax: Axes) -> None:
    """Put the legend above the axes, out of the way of points."""
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, handletextpad=0.4)


@picture
def activity(ax: Axes) -> None:
    """Contributions of blocks, and their sum with its interval."""
    c = np.random.default_rng(4).normal(0.25, 0.25, 9)
    weights = np.full(9, 1 / 9)
    low, high = sign_flip_interval(one(c / 9), weights)
    ax.bar(range(9), c / 9, color=style.FAINT, label="block: sum of role times effect, over m")
    ax.bar(10, c.mean(), color=A, label="activity, their sum, with its interval")
    ax.errorbar(10, c.mean(), [[c.mean() - low[0]], [high[0] - c.mean()]], color=style.INK)
    ax.axhline(0, color=style.INK, lw=0.6)
    ax.set_xticks([*range(9), 10], [*map(str, range(1, 10)), "A"])
    ax.legend(loc="upper left")
    label(ax, "LD block", "contribution")


@picture
def sign_flip_null(ax: Axes) -> None:
    """All sums of ten blocks under random signs, and the one that was seen."""
    c = np.array([0.9, 0.8, 0.7, 0.65, 0.5, 0.4, 0.35, -0.3, 0.25, -0.2])
    sums = sign_vectors(10) @ c
    test = sign_flip(one(c))
    ax.hist(sums, bins=41, color=style.FAINT)
    ax.hist(sums[np.abs(sums) >= c.sum() - 1e-9], bins=41, range=(-6, 6), color=LOUD)
    for side in (-1, 1):
        ax.axvline(side * c.sum(), color=LOUD, lw=1)
    ax.text(c.sum(), 40, f"  seen; p = {test.p[0]:.3f}", ha="left", color=LOUD)
    ax.set_xlim(-6, 7.5)
    label(ax, "A* over all 1,024 choices of signs", "how many")


@picture
def interval(ax: Axes) -> None:
    """The p of every shift, and the shifts that are not rejected."""
    c = np.random.default_rng(8).normal(0.05, 0.1, 12)
    weights = np.full(12, 1 / 12)
    deltas = np.linspace(-0.8, 2, 281)
    p = [sign_flip(one(c - delta * weights)).p[0] for delta in deltas]
    low, high = sign_flip_interval(one(c), weights)
    ax.plot(deltas, p, color=A)
    ax.axhline(0.05, color=style.INK, lw=0.6, ls=":")
    ax.axvspan(low[0], high[0], color=style.BAND)
    ax.axvline(c.sum(), color=style.INK, lw=0.6)
    label(ax, "shift of the activity (grey: 95 % interval)", "p of the test after the shift")


@picture
def directional_call(ax: Axes) -> None:
    """Sets in the plane of both one-sided quantiles: both must be far out."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 150))
    x[:12] += 4 * rng.choice([-1, 1], 12)
    y[:5] -= 4 * np.sign(x[:5])
    cut = 2.4
    both = (np.abs(x) > cut) & (np.abs(y) > cut)
    one_only = ~both & ((np.abs(x) > cut) | (np.abs(y) > cut))
    for chosen, colour, text in (
        (~both & ~one_only, style.FAINT, "neither"),
        (one_only, B, "far out in one trait: no call"),
        (both & (x * y < 0), LOUD, "far out in both, signs opposed: opposite"),
        (
            both & (x * y > 0),
            BY_WORD["concordant"].colour,
            "far out in both, same sign: concordant",
        ),
    ):
        ax.scatter(x[chosen], y[chosen], s=9, color=colour, label=text)
    for at in (-cut, cut):
        ax.axvline(at, color=style.INK, lw=0.4, ls=":")
        ax.axhline(at, color=style.INK, lw=0.4, ls=":")
    legend_above(ax)
    label(ax, "trait A, as a normal quantile", "trait B")


@picture
def discordance(ax: Axes) -> None:
    """Members that oppose each other gene by gene, without a net direction."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=40) * 1.6
    y = -0.8 * x + rng.normal(size=40)
    cloud = rng.multivariate_normal([0, 0], [[1, 0.3], [0.3, 1]], 500)
    ax.scatter(*cloud.T, s=3, color=style.FAINT, alpha=0.5, label="genome")
    ax.scatter(x, y, s=11, color=BY_WORD["discordant"].colour, label="members of the set")
    ax.axhline(0, color=style.INK, lw=0.4)
    ax.axvline(0, color=style.INK, lw=0.4)
    legend_above(ax)
    label(ax, "z in trait A", "z in trait B")


@picture
def difference(ax: Axes) -> None:
    """Equal effects, unequal sample sizes: z differs, the effect does not."""
    rng = np.random.default_rng(5)
    true = rng.normal(0, 0.01, 300)
    sizes = (87_400, 10_300)
    za, zb = (true * np.sqrt(n) + rng.normal(size=300) for n in sizes)
    ax.scatter(za, zb, s=4, color=style.FAINT)
    line = np.array([-9, 9])
    ax.plot(line, line, color=LOUD, lw=1, label="equal z")
    ax.plot(line, line * np.sqrt(sizes[1] / sizes[0]), color=A, lw=1, label="equal effects")
    ax.set(ylim=(-7, 7))
    legend_above(ax)
    label(ax, "z in A, N 87,400", "z in B, N 10,300")


@picture
def excess(ax: Axes) -> None:
    """What the genome predicts for a set, and what it has beyond it."""
    rng = np.random.default_rng(6)
    x = rng.normal(size=400)
    y = 0.6 * x + 0.8 * rng.normal(size=400)
    ax.scatter(x, y, s=3, color=style.FAINT)
    line = np.array([-3, 3])
    for slope in (0.5, 0.75):
        ax.plot(line, slope * line, color=A, lw=0.8)
    ax.scatter([1.6], [3], s=28, color=BY_WORD["concordant"].colour)
    ax.annotate("", (1.6, 3), (1.6, 1.2), arrowprops={"arrowstyle": "<->", "color": style.INK})
    ax.text(1.7, 2.1, "excess")
    ax.text(-3, 2.6, "lines: both ends of the slope", color=A)
    label(ax, "activity in the more reliable trait", "activity in the other")


@picture
def bounds(ax: Axes) -> None:
    """Two intervals, and the opposite patterns that they leave."""
    ax.add_patch(Rectangle((-0.4, -0.7), 1.5, 1.2, fc=style.BAND, ec=A))
    for sign in (-1, 1):
        edge = 0.7
        x = [sign * edge, sign * 2, sign * 2, sign * edge]
        y = [-sign * edge, -sign * edge, -sign * 2, -sign * 2]
        ax.fill(x, y, color=LOUD, alpha=0.25, lw=0)
    ax.plot(0.35, -0.1, "o", color=A)
    ax.axhline(0, color=style.INK, lw=0.5)
    ax.axvline(0, color=style.INK, lw=0.5)
    ax.text(0.75, -1.6, "excluded: both\nbeyond the bound", color=LOUD)
    ax.text(-0.35, 0.58, "both 95 % intervals", color=A)
    ax.set(xlim=(-2, 2), ylim=(-2, 2))
    label(ax, "activity in A", "activity in B")


@picture
def magnitude(ax: Axes) -> None:
    """The sum over a set at all places along the genome."""
    rng = np.random.default_rng(7)
    score = np.convolve(np.abs(rng.normal(size=2030)), np.ones(31) / 31, "valid")
    places = np.sort(rng.choice(2000, 30, replace=False))
    score[places] += 0.08
    sums = np.array([score[(places + s) % 2000].sum() for s in range(2000)])
    ax.plot(sums, color=style.FAINT, lw=0.6)
    ax.plot(0, sums[0], "o", color=LOUD, clip_on=False)
    ax.text(25, sums[0], "the set's own place", color=LOUD)
    label(ax, "rotated by so many genes", "sum of |z|")


@picture
def robust(ax: Axes) -> None:
    """What a gene counts, by its z."""
    z = np.linspace(-9, 9, 361)
    ax.plot(z, z / 4, color=style.FAINT, label="activity: as large as it is")
    ax.plot(z, bounded(z), color=A, label="robust: tanh(z/2)")
    ax.set(ylim=(-2.3, 2.3))
    ax.legend(loc="upper left")
    label(ax, "z of a gene", "what it counts")


@picture
def family_wise(ax: Axes) -> None:
    """One set's null, and that of the largest of 50 sets."""
    rng = np.random.default_rng(9)
    rows = rng.normal(size=(50, 40))
    rows /= np.sqrt((rows**2).sum(axis=1, keepdims=True))
    stats = np.hstack([np.abs(rows @ s) for s in joint_signs(40, flips=4000, seed=0)])
    bins = np.linspace(0, 5, 51)
    for values, colour, text in (
        (stats[0], style.FAINT, "one set"),
        (stats.max(axis=0), A, "largest of 50"),
    ):
        ax.hist(values, bins=bins, color=colour, alpha=0.8, label=text)
        ax.axvline(np.quantile(values, 0.95), color=colour, lw=1)
    ax.legend(loc="upper right")
    label(ax, "|A| over the root of its sum of squares (line: 5 %)", "flips")


@picture
def tissues(ax: Axes) -> None:
    """SD of a combined z, with and without the correlation of tissues."""
    count = np.arange(1, 13)
    for r, ls in ((0.3, ":"), (0.7, "-")):
        naive = np.sqrt((count + count * (count - 1) * r) / count)
        ax.plot(count, naive, color=LOUD, ls=ls, label=f"as if independent, correlation {r}")
    ax.plot(count, np.ones(12), color=A, label="with the correlation")
    ax.legend(loc="upper left")
    label(ax, "tissues", "SD of the combined z without effect")


@picture
def power(ax: Axes) -> None:
    """Power of a direction over the effect, for three numbers of loci."""
    deltas = np.linspace(0, 6, 61)
    for loci, colour in ((6, B), (12, A), (40, style.INK)):
        test = Rejection(np.full(loci, 1 / loci))
        found = [test.power(delta, 0.05) for delta in deltas]
        ax.plot(deltas, found, color=colour, label=f"{loci} loci")
    ax.axhline(0.8, color=style.FAINT, lw=0.6, ls=":")
    ax.legend(loc="upper left")
    label(ax, "activity in standard errors", "power at p < 0.05")


@picture
def balance(ax: Axes) -> None:
    """Stress and reserve of one trait, and their difference."""
    names = ("motor", "limbic", "striatal")
    stress, reserve = np.array([1.1, 0.4, 0.6]), np.array([-0.8, 0.1, -0.2])
    at = np.arange(3)
    ax.barh(at - 0.27, stress, 0.24, color=B, label="stress")
    ax.barh(at, reserve, 0.24, color=A, label="reserve")
    ax.barh(at + 0.27, stress - reserve, 0.24, color=style.INK, label="stress less reserve")
    ax.axvline(0, color=style.INK, lw=0.6)
    ax.set_yticks(at, names)
    ax.invert_yaxis()
    legend_above(ax)
    label(ax, "activity (drawn numbers)", "")


@picture
def hypotheses(ax: Axes) -> None:
    """Predictions of "up": interval, one-sided p both ways after Holm, verdict."""
    drawn = [np.random.default_rng(13).normal(mean, 0.05, 14) for mean in (0.1, -0.09, 0.01)]
    tests = [sign_flip(one(c)) for c in drawn]
    adjusted = holm(np.array([[t.p_up[0], t.p_down[0]] for t in tests]).ravel()).reshape(-1, 2)
    for y, (c, (up, down)) in enumerate(zip(drawn, adjusted, strict=True)):
        low, high = sign_flip_interval(one(c), np.full(14, 1 / 14))
        verdict, colour = "inconclusive", style.FAINT
        if min(up, down) <= ALPHA:
            verdict, colour = ("supported", A) if up <= ALPHA else ("contradicted", LOUD)
        ax.plot([low[0], high[0]], [y, y], color=colour, lw=2)
        ax.plot(c.sum(), y, "o", color=colour)
        text = f"{verdict}\nHolm: for {up:.2g}, against {down:.2g}"
        ax.text(2.3, y, text, va="center", color=style.INK)
    ax.axvline(0, color=style.INK, lw=0.6)
    ax.set_yticks(range(3), [f"prediction {k}: up" for k in (1, 2, 3)])
    ax.set(ylim=(2.5, -0.5), xlim=(-2.2, 6.6))
    ax.set_xticks([-2, -1, 0, 1, 2])
    label(ax, "activity with its 95 % interval", "")


@picture
def gsea(ax: Axes) -> None:
    """The running sum over a ranking."""
    rng = np.random.default_rng(10)
    ranked = np.sort(rng.normal(size=1000))[::-1]
    inside = np.zeros(1000, bool)
    inside[rng.choice(1000, 40, replace=False, p=np.linspace(2, 0, 1000) / 1000)] = True
    step = np.where(inside, np.abs(ranked), 0)
    running = np.cumsum(step / step.sum() - ~inside / (~inside).sum())
    ax.plot(running, color=A)
    ax.vlines(np.flatnonzero(inside), -0.12, -0.06, color=style.INK, lw=0.5)
    ax.axhline(0, color=style.INK, lw=0.5)
    label(ax, "genes by effect, largest first", "running sum")


@picture
def imputation(ax: Axes) -> None:
    """The z of a gene: the z of SNPs, weighed as the model weighs them."""
    rng = np.random.default_rng(12)
    at = np.sort(rng.uniform(0, 1, 9))
    z = rng.normal(0.8, 1.2, 9)
    weight = np.abs(rng.normal(size=9))
    ax.scatter(at, z, s=60 * weight, color=A, alpha=0.7, label="SNP, as large as its weight")
    ax.axhline(0, color=style.INK, lw=0.5)
    ax.hlines((weight * z).sum() / np.sqrt((weight**2).sum()), 0, 1, color=LOUD, label="gene")
    legend_above(ax)
    ax.set_xticks([])
    label(ax, "position", "z")


def main() -> None:
    """Draw all."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=IMAGES)
    folder = parser.parse_args().out
    for name, drawing in PICTURES.items():
        with style.style():
            ax = style.new_axes(2.1, style.COLUMN)
            drawing(ax)
        save(ax, folder, f"method_{name}")


if __name__ == "__main__":
    main()
