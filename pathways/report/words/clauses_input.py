"""Methods: what went in. Traits and the tools that made them, tissues, LD blocks, gene sets."""

from __future__ import annotations

import re
from collections.abc import Callable

from pathways.output.run_tables import TraitSummary
from pathways.report.selection import is_control
from pathways.report.words import names
from pathways.report.words.facts import Clause, CollectionFacts, RunFacts, said
from pathways.report.words.numbers import count, number
from twas.quality import QualityFact

INPUT, REMARKS, SETS = "Input", "Remarks on the input", "Gene sets"

#: Starts of the names of GTEx tissues that no other study would give by chance.
_GTEX = re.compile(
    r"(?:^|[._])(?:Adipose|Artery|Brain|Breast|Cells|Colon|Esophagus|Heart|Muscle|Nerve|Skin"
    r"|Small_Intestine|Whole)_[A-Z]"
)


def _traits(facts: RunFacts) -> str:
    return "; ".join(_trait(trait) for trait in facts.study.members) + "."


def _trait(trait: TraitSummary) -> str:
    n = (
        "effective sample size unknown"
        if trait.n_eff is None
        else f"effective N {count(trait.n_eff)}"
    )
    tissues = f"{trait.n_tissues} tissue" + ("" if trait.n_tissues == 1 else "s")
    return (
        f"{names.clean(trait.name)}: {n}, {trait.n_genes:,} genes in {trait.n_blocks:,} LD blocks,"
        f" {tissues}"
    )


def _from(form: str) -> Callable[[RunFacts], tuple[str, ...]]:
    """Traits with files of a format; those of our own imputation are told apart."""

    def traits(facts: RunFacts) -> tuple[str, ...]:
        return tuple(t for t in facts.formats.get(form, ()) if t not in facts.imputed)

    return traits


def _tool(name: str, form: str, words: str) -> Clause:
    traits = _from(form)
    return Clause(
        name,
        INPUT,
        lambda facts: words.format(traits=names.listing(traits(facts))),
        when=lambda facts: bool(traits(facts)),
    )


def _several(facts: RunFacts) -> list[TraitSummary]:
    return [trait for trait in facts.study.members if trait.n_tissues > 1]


def _single(facts: RunFacts) -> list[TraitSummary]:
    return [trait for trait in facts.study.members if trait.n_tissues == 1]


def _summed(facts: RunFacts) -> str:
    which = names.listing([f"{t.name} ({t.n_tissues} tissues)" for t in _several(facts)])
    return (
        f"Z-scores of {which} were summed over those of the tissues in which a gene has a model and"
        " divided by the standard deviation that the correlation of the tissues implies."
    )


def _one_tissue(facts: RunFacts) -> str:
    tissues = names.listing([f"{trait.name} ({trait.tissues[0]})" for trait in _single(facts)])
    return f"Z-scores of one tissue of expression models were used for {tissues}."


def _shared_entries(facts: RunFacts) -> bool:
    return bool(facts.study.pairs) and bool(_several(facts))


def _entries(facts: RunFacts) -> str:
    apart = any(fact.topic == "no_common_tissue" for fact in facts.remarks)
    other = ", or the genes of both where they have no tissue in common" if apart else ""
    return f"A pair of traits uses the gene–tissue entries of both{other}."


def _gtex(facts: RunFacts) -> list[str]:
    return [tissue for tissue in facts.study.tissues if _GTEX.search(tissue)]


def _named_as_in_gtex(n: int, of: int) -> str:
    which = f"{n} of {of} tissues" if n < of else "The tissue" if n == 1 else f"All {n} tissues"
    return f"{which} of the models {'is' if n == 1 else 'are'} named as in GTEx [@gtex2020]."


def _ldsc(facts: RunFacts) -> list[str]:
    one = [
        f"{names.clean(t.name)} {number(t.intercept)}"
        for t in facts.study.members
        if t.intercept is not None
    ]
    two = [
        f"{names.clean(p.a)} and {names.clean(p.b)} {number(p.overlap)}"
        for p in facts.study.pairs
        if p.overlap is not None
    ]
    return [
        *([f"LD-score intercepts [@buliksullivan2015]: {', '.join(one)}."] if one else []),
        *([f"Bivariate intercepts [@bulikatlas2015]: {', '.join(two)}."] if two else []),
    ]


def _assumed(facts: RunFacts) -> list[str]:
    return sorted({what for pair in facts.study.pairs for what in pair.assumed})


def _remarks(facts: RunFacts) -> str:
    """Each kind of remark once, with the first source and the number of others."""
    kinds: dict[str, list[QualityFact]] = {}
    for fact in facts.remarks:
        kinds.setdefault(fact.topic, []).append(fact)
    found = []
    for same in kinds.values():
        first = same[0]
        # What stands behind the first semicolon is advice to the analyst.
        text = f"{names.clean(first.source)}: {names.clean(first.sentence.partition('; ')[0])}"
        more = len({fact.source for fact in same} - {first.source})
        found.append(text + (f" (and of {more:,} more)" if more else ""))
    return "; ".join(found) + "."


def _collections(facts: RunFacts) -> str:
    parts = [
        f"{names.clean(c.name)} (version {c.version}; {c.n_pathways:,} set"
        f"{'' if c.n_pathways == 1 else 's'}, {c.n_genes:,} genes,"
        f" {'with' if c.signed else 'without'} roles)"
        for c in facts.collections
    ]
    return f"{'Collection' if len(parts) == 1 else 'Collections'} {'; '.join(parts)}."


def _where(test: Callable[[CollectionFacts], bool]) -> Callable[[RunFacts], bool]:
    return lambda facts: any(test(c) for c in facts.collections)


def _annotated(facts: RunFacts) -> str:
    parts = [
        f"{c.n_go:,} of the {c.n_members:,} memberships of {names.clean(c.name)}"
        + (f" ({c.n_reasoned:,} more on a stated mechanism)" if c.n_reasoned else "")
        for c in facts.collections
        if c.n_go
    ]
    return f"Annotations of the Gene Ontology [@ashburner2000] underlie {names.listing(parts)}."


def _libraries(facts: RunFacts) -> str:
    parts = [f"{names.clean(c.name)}: {c.library}" for c in facts.collections if c.library]
    return f"{'; '.join(parts)} [@kuleshov2016]."


def _without_roles(facts: RunFacts) -> str:
    which = names.listing([c.name for c in facts.collections if not c.signed])
    return f"Of {which} every member counts +1: the activity is the mean effect."


CLAUSES = (
    Clause("traits", INPUT, _traits, rows=(("directions", "trait"),)),
    _tool(
        "S-PrediXcan",
        "S-PrediXcan",
        "Gene z-scores of {traits} are those of S-PrediXcan [@barbeira2018] or of a tool that"
        " writes its columns.",
    ),
    _tool("FUSION", "FUSION", "Gene z-scores of {traits} are those of FUSION [@gusev2016]."),
    _tool(
        "SMR",
        "SMR",
        "Gene z-scores of {traits} are SMR estimates [@zhu2016] over their standard errors.",
    ),
    _tool(
        "FOCUS",
        "FOCUS",
        "Posterior inclusion probabilities of genes of {traits} come from FOCUS [@mancuso2019].",
    ),
    _tool("table", "table", "Gene z-scores of {traits} were read from tables that name no tool."),
    Clause(
        "imputed",
        INPUT,
        lambda f: (
            f"Gene z-scores of {names.listing(f.imputed)} were imputed from GWAS summary"
            " statistics and expression models by this program, with the formula of S-PrediXcan"
            " [@barbeira2018]."
        ),
        when=lambda f: bool(f.imputed),
    ),
    Clause("summed", INPUT, _summed, when=lambda f: bool(_several(f))),
    Clause("one tissue", INPUT, _one_tissue, when=lambda f: bool(_single(f))),
    Clause(
        "tissues of a pair",
        INPUT,
        _entries,
        when=_shared_entries,
    ),
    Clause(
        "tissue names",
        INPUT,
        lambda f: f"The tissues were {names.listing(f.study.tissues, most=60)}.",
        when=lambda f: bool(_several(f)),
    ),
    Clause(
        "GTEx",
        INPUT,
        lambda f: _named_as_in_gtex(len(_gtex(f)), len(f.study.tissues)),
        when=lambda f: bool(_gtex(f)),
    ),
    Clause(
        "sign",
        INPUT,
        said(
            "Positive z means that genetically higher predicted expression is associated with"
            " higher risk."
        ),
        rows=(("directions", "activity"),),
    ),
    Clause(
        "blocks",
        INPUT,
        lambda f: (
            f"Genes were assigned to LD blocks by {names.clean(f.study.blocks_name)} (GRCh38)."
        ),
        rows=(("directions", "n_blocks"),),
    ),
    Clause(
        "LDSC",
        INPUT,
        lambda f: " ".join(_ldsc(f)),
        when=lambda f: bool(_ldsc(f)),
    ),
    Clause(
        "assumed",
        INPUT,
        lambda f: (
            f"Assumed, since not given: {names.listing(_assumed(f))} (LD-score intercepts 1"
            " for a trait, 0 for a pair)."
        ),
        when=lambda f: bool(_assumed(f)),
    ),
    Clause("remarks", REMARKS, _remarks, when=lambda f: bool(f.remarks)),
    Clause("collections", SETS, _collections, when=lambda f: bool(f.collections)),
    Clause("annotated", SETS, _annotated, when=_where(lambda c: bool(c.n_go))),
    Clause("Enrichr", SETS, _libraries, when=_where(lambda c: bool(c.library))),
    Clause(
        "roles",
        SETS,
        said(
            "A role of +1 marks a gene whose higher expression raises the activity of the pathway,"
            " −1 one that lowers it; genes of unknown role (0) take no part in signed tests."
        ),
        when=_where(lambda c: c.signed),
    ),
    Clause("no roles", SETS, _without_roles, when=_where(lambda c: not c.signed)),
    Clause(
        "controls",
        SETS,
        said(
            "Sets of random genes, equal to the core sets in size, roles and number of LD blocks,"
            " served as negative controls."
        ),
        when=_where(lambda c: is_control(c.name)),
    ),
)
