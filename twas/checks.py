"""The one list of what is looked for in input, read by `inspect`, `run`, report and methods.

A check is a row: its topic, how loud it is, where its threshold comes from, what is said, and
whether it bears on the method of a paper. The readers, :mod:`twas.traits.trait_checks` and
:mod:`twas.study.checks` find what is odd and make facts with :func:`fact`.
"""

from __future__ import annotations

from dataclasses import dataclass

from twas.quality import QualityFact


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes
    ----------
    topic
        Its key.
    message
        What is said, with names in braces; the count is put before it.
    threshold
        From where on; None where there is none.
    source
        Where the threshold comes from.
    level
        ``"note"`` or ``"warning"``.
    on_method
        Whether the methods section of a paper must say it.
    """

    topic: str
    message: str
    threshold: float | None = None
    source: str = ""
    level: str = "warning"
    on_method: bool = False


def fact(topic: str, count: int, *, about: str = "", **values: object) -> QualityFact:
    """Return the fact of a check of :data:`CHECKS`.

    Parameters
    ----------
    topic
        Key of the check.
    count
        Rows, genes or files.
    about
        File, trait or pair; ``""`` as in :class:`twas.quality.QualityFact`.
    **values
        What the message names.
    """
    check = CHECKS[topic]
    return QualityFact(check.level, about, topic, count, check.message.format(**values))


def threshold(topic: str) -> float:
    """Return the threshold of a check that has one."""
    value = CHECKS[topic].threshold
    if value is None:
        raise KeyError(f"check {topic!r} has no threshold")
    return value


#: What models may predict in the place of expression; rows of it are dropped.
MODALITIES = ("splicing", "methylation", "protein", "chromatin", "polyadenylation")
#: A file with fewer genes is not looked at for what a whole genome would show.
GENOME = 1000

_ROWS = (
    Check(
        "hits",
        "z, all there are, lie beyond ±{smallest:.2f}: a list of hits; give the table of all "
        "tested genes, which is the background of every test",
        1e-6,
        "chance that no z lies nearer 0 if they are normal with SD 2, more than large studies show",
        on_method=True,
    ),
    Check(
        "codes",
        "rows have a z of {codes}, codes for missing values; leave those rows out, or write NA",
        2,
        "one such z may be real",
    ),
    Check(
        "zeros",
        "rows have a z of exactly 0 ({where}); if missing values were written as 0, leave those "
        "rows out, or write NA",
        0.02,
        "one-sided binomial test, p < 0.001, of the share in one tissue or in all, where 0 stands "
        "twice as often as any other |z|: below 0.7 % in all files measured (S-PrediXcan of MDD "
        "0.5-0.7 %, of PTSD 0.1-0.2 %, FUSION none)",
        on_method=True,
    ),
    Check(
        "largest_z",
        "rows have |z| above {limit:.0f}, up to {largest:.4g}; is the z column a z-score?",
        50,
        "the largest |z| of TWAS of a million people are about 50",
    ),
    Check(
        "deflated",
        "z vary less than by chance (genomic inflation {inflation:.2f}); is the z column a "
        "z-score? Name it with `columns` z=…",
        0.7,
        "median z² over its median under no association; 1 under no association",
    ),
    Check(
        "inflated",
        "z vary far more than by chance (genomic inflation {inflation:.1f}); is the z column a "
        "z-score, and was the GWAS corrected for structure?",
        8.0,
        "TWAS of a million people reach 4",
    ),
    Check(
        "z_mean",
        "z are {mean:.2f} on average, not about 0; is the statistic signed?",
        0.25,
        "means of real TWAS lie within 0.05 SD",
    ),
    Check(
        "effect_contradicts_z",
        "rows with |z| above 2 have an effect size of the other sign: they agree in {share:.0%} of "
        "such rows only; ask who made the file which is right",
        0.95,
        "real files agree in all rows",
        on_method=True,
    ),
    Check(
        "sign_contradicts_z",
        "of {n:,} rows have another sign in the column {column!r} than in z; ask who made the file "
        "which is right",
        0.95,
        "as for effect sizes; below it, a column that is about the effect is an error",
        on_method=True,
    ),
    Check(
        "one_snp",
        "models ({share:.0%}) have one SNP, whose z they repeat, whichever gene is meant; where "
        "the file has r2, `min_r2` keeps the better models",
        0.8,
        "elastic-net models have one SNP in 10-20 %",
        on_method=True,
    ),
    Check(
        "no_mhc",
        "no gene in the MHC (6:25-34 Mb), so C2, CFB, C4A and C4B are lost: add the genes of that "
        "region; FUSION writes them to a file ending in .MHC",
        on_method=True,
    ),
    Check(
        "snp_share",
        "models had SNPs of which half the GWAS lacks: the median share used is {share:.0%} of a "
        "model's SNPs; is the GWAS on the other strand or build, or are its SNPs named otherwise? "
        "z of a GWAS on the other strand has the wrong sign in many genes; `min_snp_share` drops "
        "models below a share",
        0.7,
        "94 % on the right strand, 31 % on the other, measured",
        on_method=True,
    ),
    Check(
        "ids_contradict_symbols",
        "of {n:,} rows looked at name one gene by id and another by symbol, such as {some}; the id "
        "is taken: was one of the columns sorted alone?",
        0.2,
        "releases of the annotation differ in 1-2 % of genes",
        on_method=True,
    ),
    Check(
        "mouse",
        "symbols match a human gene by case only, such as {some}, as mouse symbols do; convert "
        "them to their human orthologues",
        0.5,
        "human files have a few per thousand",
        on_method=True,
    ),
    Check(
        "no_chromosome",
        "genes that {other} has on chromosome {chrom} are missing: no gene of that chromosome is "
        "in {trait}; was its file left out?",
        20,
        "the smallest chromosome has 200 protein-coding genes",
        on_method=True,
    ),
    Check(
        "no_common_tissue",
        "no tissue in common: {a} has {tissues_a}, {b} has {tissues_b}. The combined z stand for "
        "different tissues, so strengths are not compared, and no tissue is tested for the pair; "
        "files of one tissue need one name, in a tissue column or in the file name",
        on_method=True,
    ),
    Check(
        "some_common_tissues",
        "of {n} tissues are common to {a} and {b} ({shared}); the pair is tested in these only, "
        "without {rest}",
        level="note",
        on_method=True,
    ),
    Check(
        "other_models",
        "files of {tissue} may be of different models, by their names: {models_a} in {a}, "
        "{models_b} in {b}",
        on_method=True,
    ),
    Check(
        "same_trait",
        "{what}; give each trait its own results, or allow it with `allow_same`",
        0.99,
        "two studies of one disease differ by their samples",
        on_method=True,
    ),
    Check(
        "opposite_signs",
        "z correlate {r:.2f} over {n:,} genes, {rank:.2f} by rank; if these disorders share risk "
        "genes, one file has the other sign: check which allele its effects count, and use "
        "`flip` {b} (or `flip` {a})",
        -0.1,
        "related disorders correlate 0 to 0.6",
        on_method=True,
    ),
    Check(
        "one_sign",
        "of {n:,} z have one sign (p = {p:.1g} if they were signed); is the statistic signed, and "
        "is this the table of all genes?",
        1e-6,
        "two-sided binomial test of the rarer sign against 1/2",
        on_method=True,
    ),
    Check(
        "z_calibrated",
        "rows have a z ({name}) that MetaXcan divided by sqrt(1 + phi N h2), so it grows less than "
        "sqrt(N): compare signs, not sizes, or give the column uncalibrated_zscore",
        on_method=True,
    ),
    Check(
        "z_uncalibrated",
        "rows have their z read from {name}; the column zscore is variance-controlled and grows "
        "less than sqrt(N)",
        level="note",
        on_method=True,
    ),
    Check("z_computed", "rows have their z computed as {how}", level="note", on_method=True),
    Check("p_capped", "rows have their p taken as {p:g}", level="note", on_method=True),
    Check(
        "p_contradicts_z",
        "rows, most of those checked, have a p that contradicts z; is z the right column?",
        10,
        "factor between p and the p of z",
    ),
    Check(
        "several_traits",
        "values of the column {column!r} are read as one trait ({some}); select one with `where` "
        "{column}=VALUE",
        on_method=True,
    ),
    Check(
        "smr_scale",
        "rows have an SMR z, b_SMR / se_SMR, which cannot exceed the z of the eQTL: compare its "
        "sign with a TWAS trait, not its size",
        on_method=True,
    ),
    Check(
        "no_sample_size",
        "no sample size: give `n_eff` {name}=N or CASES/CONTROLS; without it strengths cannot be "
        "compared",
    ),
    Check(
        "genes_without_position",
        "of {n:,} genes ({share:.1%}) have no position in the gene reference; each is an LD block "
        "of its own",
        0.2,
        "real files have 1-3 %",
        on_method=True,
    ),
    Check(
        "genes_outside_blocks",
        "genes lie outside every block of the file given as `blocks`; those between two blocks "
        "share a block; check that the file covers the genome in GRCh38",
        on_method=True,
    ),
    Check(
        "background",
        "of {n:,} genes are in the background {file} ({lacking:,} of whose {size:,} genes are not "
        "in the trait); the others were left out of every test",
        level="note",
        on_method=True,
    ),
    Check("dead_link", "links lead nowhere and were passed over: {some}; mend or remove them"),
    Check("file_refused", "file passed over: {why}"),
    Check("file_passed_over", "passed over, being no table: {some}", level="note"),
    Check(
        "dropped:infinite",
        "rows with an infinite z were left out{lines}",
        level="note",
        on_method=True,
    ),
    Check("empty_skipped", "file holds a header but no rows, and was left out", level="note"),
)
#: Topic → check.
CHECKS = {check.topic: check for check in _ROWS}


def is_on_method(topic: str) -> bool:
    """Tell whether the methods section of a paper must say a fact of this topic."""
    if topic in CHECKS:
        return CHECKS[topic].on_method
    return topic.removeprefix("dropped:") in MODALITIES
