"""The words of the page."""

from __future__ import annotations

from benchmarks.evidence import peers

INTRODUCTION = """# Evidence

In {worlds} simulated worlds {held} of {required} requirements on false calls, false discovery
rate, bounds and coverage hold within their Monte Carlo error ([What holds](#what-holds)). The
price is power: with few loci, or effects in a few of them, other methods find more ([Where we
lose](#where-we-lose-and-where-the-method-breaks)). People are simulated with LD, expression
models are trained on some of them, and the z-scores of two traits follow from what is made true
([What is simulated](#what-is-simulated)).

Intervals are 95 %, binomial with the number of trials divided by the design effect: sets of one
replicate share z-scores, so the variance between replicates is used where it exceeds the binomial
one. "Holds" means that no interval of the row, widened for their number (Bonferroni), excludes
the requirement; how many 95 % intervals do is printed beside it. The false discovery rate is that
of the worst kind of set and the worst size of family, never a mean over families that cannot
call.
"""

ABOUT = """## How this page is made

Every number is read from `evidence.tsv`; both are made by

```
python -m benchmarks.evidence run --data FOLDER_OF_REAL_DATA    # 90 minutes on two cores
python -m benchmarks.evidence report
```

(`pip install -e ".[bench]"`, and R with limma). `run --steps FOLDER` keeps the result of every
job, so that a run can be stopped, shared by several processes and taken up again. `run --short`
takes two minutes; CI checks its rates.

**Replicates.** Our tests and Stouffer ran in {replicates} replicates of each world. The rows of
{taken} are those of version 0.1 (`run --peers-of`): worlds, z-scores and sets did not change, and
the rows of coverage, tails, sets beside planted ones and real z-scores, run again, came out the
same to the last digit.

**What was seen before.** The worlds `huge locus` and `skewed`, and the coverage under skewed
effects, were written down at the start and looked at once the methods, worlds, sets and rules
were fixed; after that only the presentation changed (which peers the short tables name, and that
coverage is judged with the number of its intervals, as the rates are). After the first results of
the other worlds, `clusters, apart` and `opposite, even` were added to find causes, the share of
planted sets was lowered from 0.15 to 0.1, and the share of genes that they may use from 0.45 to
0.35. In this second edition the directional call is another: a moderated p, the joint flips of
each set and an exact guard, in the place of AdaFilter with a guard on the genome-wide covariance.
The worlds made against it were written before it was run on them, three of them (`held out`) to
be looked at last.
"""

SETTING = """## What is simulated

Chromosomes 6, 17, 19 and 22 with their real genes, in pieces of 20 Mb: msprime, the European branch
of the demography OutOfAfrica_2T12 (no migration), recombination in hot spots, rare in the MHC and
in 17q21.31. Each gene has one to three cis-eQTLs, which a third of the genes share in part with
the gene before; tissues share most. Expression is simulated in the panel and a model of one to
four variants is trained per gene and tissue (three tissues). GWAS statistics have the LD of the
other people, S-PrediXcan's formula the panel's, so models are wrong as real ones are. Because z is
linear in the summary statistics, z-scores of genes are drawn directly from their exact covariance
(a test checks this against the long way). Traits are polygenic (2 % of variants, genes' z have
SD 1.3 at N = 87,400) and, unless said otherwise, correlate 0.64.

Planted effects act through true expression, mean 0.003 sqrt(N) (0.006 in worlds with N 8.5 : 1),
with a standard deviation as large as the mean. Planted sets and the others share no genes.
"""

KINDS = {
    "random": "10 to 80 genes",
    "clustered": "4 to 12 runs of five neighbours",
    "few blocks": "up to three genes in each of 6 to 9 LD blocks",
    "overlapping": "tens that share 30 of 50 core genes, and 6 others",
    "one region": "five genes of the MHC and 20 others",
}

PEERS = [
    (
        "Stouffer, tissues and genes independent",
        "sum of z over the tissues, then over the genes, each divided by the root of their number",
        "both traits p < alpha and signs opposite; difference: z_A - z_B over sqrt(2)",
    ),
    ("Stouffer, genes independent", "the same on z combined over tissues as ours is", "the same"),
    (
        "random-gene permutation",
        f"mean z against {peers.PERMUTATIONS:,} random gene sets of the size",
        "the same",
    ),
    ("decoupler ULM", "`decoupler.mt.ulm`, p of its t", "the same"),
    ("limma cameraPR", "inter-gene correlation 0.01, its default", "the same"),
    ("GSEApy prerank", f"{peers.PERMUTATIONS:,} gene permutations, nominal p", "the same"),
    (
        "blitzGSEA",
        f"{peers.PERMUTATIONS:,} permutations per anchor; its seed does not fix its numbers",
        "the same",
    ),
    ("decoupler GSEA", f"`decoupler.mt.gsea`, {peers.PERMUTATIONS:,} permutations", "the same"),
    (
        "ActivePathways DPM",
        "`activepathways`, the authors' Python port: DPM with constraints (+1, -1), genes at 0.1,"
        " ranked hypergeometric test",
        "p < alpha before adjustment",
    ),
    ("significant in one only", "our p of each trait", "p < 0.05 in one trait, not in the other"),
]  # fmt: skip

QUESTIONS = {
    "direction": "Direction of one trait",
    "opposite": "Opposite directions",
    "difference": "Difference of strengths",
}

FALSE = """A claim is false where the set has no planted direction in that trait (direction), where
its directions are not opposite (opposite), where both activities have the same mean (difference).
In worlds with planted sets the sets beside them are counted (see above why they are claimed a
little too often). p of a peer is its own, without correction.
"""

WORST = """The largest rate of a single set at 0.05 over replicates (direction: of both traits
together). With some hundred sets the largest of fair rates is well above 0.05: compare methods.
"""

AGAINST = """Sets of runs of neighbours of which each run acts with a random sign, alike or opposed
in B: they have no direction, and the second trait repeats the chance direction of the first.
`deviant` runs act five times as strongly. Families of 5 (four of them), 20 (two), 46 and 1,700
sets; a family without a false call counts 0. The columns are sizes of families. {replicates}
replicates, of families of 1,700 a tenth; the methods below ours in the first {compared}.
"""

BOUNDS = """`bound_opposite` says how large both activities can still be if they are opposite,
`bound_concordant` if they have one direction, at 5 %. Of the sets with such directions: how often
the smaller of the two expected activities (planted means as the models see them) is larger than
the bound. In every tenth replicate.
"""

FURTHER = """Share of families (kinds of set) in which a test calls any set at q up to 0.05 although
there is nothing of that: all kinds together, and the kind with most. `discordant` is called with an
overlap of samples that is not the true one, on traits of opposite genetic correlation and on a
trait and its own flip. {replicates} replicates.
"""

AGAINST_METHODS = {
    "ours": "Ours, FDR:",
    "without joint flips": "Without what joint flips add (AdaFilter of the moderated p):",
    "without the guard": "Without the exact guard:",
}

CALLS = """`q_call` for ours, Benjamini-Hochberg of both traits for the others; each
kind of set is a family. A call is false where the set does not have both directions called. FDR is
the mean over replicates of false calls / calls, 0 without calls, of the worst kind of set; power is
the share of sets with two planted directions that are called so.
"""

POWER = """Each method's p is cut where 1 % of the sets that are not opposite are claimed opposite:
in the world where it claims most of them (not counting held-out worlds), or in the same world. No
user knows this cut; it makes the rates equal. Ours is `p_opposite`; "difference" rules test z_A -
z_B.
"""

COVERAGE = """In every replicate effects are drawn for half of the genome's stretches of ten genes
and new sets from these; the interval should hold the mean of these genes (for the difference 0:
equal effects, N 8.5 : 1). Skewed: 15 % of genes carry all.
"""

TAILS = """Characteristic-function inversion and lattice convolution, forced at 24 blocks, against
the count of all sign vectors; at 60 blocks against random flips (p above 1e-4; the ratio then
includes the error of the flips).
"""

REAL = """S-PrediXcan z-scores of two psychiatric disorders (given by the data folder), Reactome
sets of 10 blocks or more. Regions of 5 Mb flipped at random; or all sets moved along the genome, z
as it is, which does not build in the symmetry that the test assumes.
"""
