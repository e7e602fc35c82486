"""One table of the GWAS formats: how each is recognised, and which allele the effect counts.

Columns are matched by name, after :func:`normalise`. The order of :data:`FORMATS` is the order of
recognition; to add a format, add a row. What the effect allele is called differs between the tools
(``Allele1`` of METAL and BOLT-LMM is ``Allele2`` of SAIGE), so it is never guessed: a table whose
two allele columns could be meant either way is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from twas.errors import DataError, UsageError
from twas.reading.columns import normalise

#: Canonical columns that hold text, and those that hold numbers.
TEXT_COLUMNS = ("id", "variant", "chrom", "effect_allele", "other_allele", "ref", "alt", "test")
NUMBER_COLUMNS = (
    *("pos", "beta", "odds_ratio", "se", "z", "p", "log10p"),
    *("n", "n_cases", "n_controls", "n_eff", "half_n_eff"),
)
#: Columns that a user can name.
NAMEABLE = tuple(
    name
    for name in (*TEXT_COLUMNS, *NUMBER_COLUMNS)
    if name not in ("ref", "alt", "test", "variant", "half_n_eff")
)

_P = ("p_value", "pvalue", "p", "pval", "p_val", "p_bolt_lmm", "p_bolt_lmm_inf")
_COMMON: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": (
            *("rsid", "rs_id", "rsids", "rs", "snp", "snpid", "snp_id", "markername", "marker"),
            *("marker_name", "markerid", "id", "variant_id", "variantid", "variant", "uniqid"),
        ),
        "variant": ("variant_id", "varid", "variant", "markername", "id", "snpid"),
        "chrom": ("chromosome", "chrom", "chr", "chrom_id", "hg38chr", "hg19chr"),
        "pos": ("base_pair_location", "position", "pos", "bp", "genpos", "base_pair", "bp_pos"),
        "beta": ("beta", "effect", "effect_size", "b", "log_odds", "log_or", "logor"),
        "odds_ratio": ("odds_ratio", "or", "hazard_ratio", "hr"),
        "se": (
            *("standard_error", "se", "stderr", "std_err", "std_error", "sebeta", "se_beta"),
            *("beta_se", "log_or_se", "se_log_or", "effect_se"),
        ),
        "z": ("z", "zscore", "z_score", "z_stat", "t_stat", "z_or_t_stat", "tstat", "stat"),
        "p": _P,
        "log10p": ("neg_log_10_p_value", "log10p", "neg_log10_p", "mlogp", "mlog10p", "log10_p"),
        "n": ("n", "n_total", "ntotal", "n_samples", "totalsamplesize", "obs_ct", "nmiss"),
        "n_cases": ("n_cases", "n_case", "ncases", "ncase", "ncas", "nca", "n_cas", "cases"),
        "n_controls": (
            *("n_controls", "n_control", "ncontrols", "ncontrol", "ncon", "nco", "n_con"),
            *("n_ctrl", "n_ctrls", "controls"),
        ),
        "n_eff": ("n_eff", "neff", "effective_n", "n_effective"),
        "half_n_eff": ("neff_half", "neffdiv2"),
        "test": ("test",),
    }
)


@dataclass(frozen=True)
class GwasFormat:
    """One format of GWAS summary statistics.

    Attributes
    ----------
    name
        Name in messages.
    needs
        Groups of normalised column names; a table has the format if it has a name of each group.
    alleles
        Pairs of names, effect allele and other allele; the first pair that the table has is taken.
    columns
        Canonical column → accepted names, the preferred one first; wins over what is common.
    refusal
        What is missing where none of `alleles` is there; ``""`` where that says itself.
    """

    name: str
    needs: tuple[tuple[str, ...], ...]
    alleles: tuple[tuple[str, str], ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    refusal: str = ""

    def accepted(self, column: str) -> tuple[str, ...]:
        """Return the names of a canonical column, the preferred one first."""
        return self.columns.get(column, _COMMON.get(column, ()))


_EFFECT = (*_COMMON["beta"], *_COMMON["odds_ratio"], *_COMMON["z"])
_PAIRS = (
    ("effect_allele", "other_allele"),
    ("effect_allele", "non_effect_allele"),
    ("effect_allele", "noneffect_allele"),
    ("effectallele", "otherallele"),
    ("ea", "nea"),
    ("ea", "oa"),
    ("tested_allele", "other_allele"),
    ("coded_allele", "noncoded_allele"),
    ("a1", "a2"),
    ("a1", "a0"),
    ("alt", "ref"),
)

FORMATS = (
    GwasFormat(
        "GWAS Catalog, harmonised",
        needs=(("hm_effect_allele",), ("hm_other_allele",), ("hm_beta", "hm_odds_ratio")),
        alleles=(("hm_effect_allele", "hm_other_allele"),),
        columns={
            "id": ("hm_rsid",),
            "variant": ("hm_variant_id",),
            "chrom": ("hm_chrom",),
            "pos": ("hm_pos",),
            "beta": ("hm_beta",),
            "odds_ratio": ("hm_odds_ratio",),
        },
    ),
    GwasFormat(
        "GWAS-SSF",
        needs=(("effect_allele",), ("other_allele",), ("chromosome",), ("base_pair_location",)),
        alleles=(("effect_allele", "other_allele"),),
        columns={"id": ("rsid", "rs_id", "variant_id"), "variant": ("variant_id",)},
    ),
    GwasFormat(
        "BOLT-LMM",
        needs=(("snp",), ("allele1",), ("allele0",)),
        alleles=(("allele1", "allele0"),),
    ),
    GwasFormat(
        "REGENIE",
        needs=(("genpos",), ("allele0",), ("allele1",), ("log10p", "beta")),
        alleles=(("allele1", "allele0"),),
    ),
    GwasFormat(
        "SAIGE",
        needs=(("allele1",), ("allele2",), ("markerid", "ac_allele2", "af_allele2")),
        alleles=(("allele2", "allele1"),),
        columns={"id": ("rsid", "markerid", "snpid"), "variant": ("markerid", "snpid")},
    ),
    GwasFormat(
        "METAL",
        needs=(("markername",), ("allele1",), ("allele2",), ("effect", "zscore")),
        alleles=(("allele1", "allele2"),),
        columns={"beta": ("effect",), "z": ("zscore",), "n": ("totalsamplesize", "n", "weight")},
    ),
    GwasFormat(
        "PLINK 2",
        needs=(("chrom",), ("id",), ("ref",), ("alt",), ("a1",)),
        alleles=(("a1", "ax"), ("a1", "omitted"), ("a1", "")),
        columns={"ref": ("ref",), "alt": ("alt",)},
    ),
    GwasFormat(
        "PLINK 2 without A1",
        needs=(("id",), ("ref",), ("alt",), ("obs_ct",)),
        alleles=_PAIRS[:-1],
        refusal="PLINK 2 counts A1, which is REF or ALT and is not in this file",
    ),
    GwasFormat(
        "SNPTEST",
        needs=(("allelea",), ("alleleb",), ("frequentist_add_beta_1",)),
        alleles=(("alleleb", "allelea"),),
        columns={
            "id": ("rsid",),
            "variant": ("alternate_ids",),
            "beta": ("frequentist_add_beta_1",),
            "se": ("frequentist_add_se_1",),
            "p": ("frequentist_add_pvalue",),
            "n": ("all_total",),
        },
    ),
    GwasFormat(
        "LDSC munged",
        needs=(("snp",), ("a1",), ("a2",), ("z",)),
        alleles=(("a1", "a2"),),
    ),
    GwasFormat("table", needs=(_EFFECT,), alleles=_PAIRS),
)
#: Allele columns of which either can be the effect allele, and names of a lone allele column.
_EITHER = (("allele1", "allele2"), ("allele_1", "allele_2"), ("allele_a", "allele_b"))
_LONE = {name for pair in (*_PAIRS, *_EITHER) for name in pair} | {"risk_allele", "minor_allele"}


@dataclass(frozen=True)
class Layout:
    """Where the columns of a table are.

    Attributes
    ----------
    form
        Its format.
    places
        Canonical column → position in the header.
    names
        Canonical column → name in the file.
    """

    form: GwasFormat
    places: Mapping[str, int]
    names: Mapping[str, str]


def check_columns(columns: Mapping[str, str] | None) -> dict[str, str]:
    """Return the user's column names, checked.

    Raises
    ------
    UsageError
        If a key is no column that can be named.
    """
    for key in columns or {}:
        if key not in NAMEABLE:
            raise UsageError(f"columns: {key!r} is unknown; choose from {', '.join(NAMEABLE)}")
    return dict(columns or {})


def lay_out(header: Sequence[str], name: str, columns: Mapping[str, str] | None = None) -> Layout:
    """Recognise the format of a table and find its columns.

    Parameters
    ----------
    header
        Column names as in the file.
    name
        File name for messages.
    columns
        Names the user gave: canonical column → name in the file.

    Raises
    ------
    DataError
        If it is no table of signed effects with both alleles, or a name stands at two columns.
    """
    given = _given(header, name, columns or {})
    names = [normalise(column) for column in header]
    form = _recognise(set(names))
    places = dict(given)
    if not {"effect_allele", "other_allele"} <= places.keys():
        places |= _alleles(form, names, name, places)
    for column in (*TEXT_COLUMNS, *NUMBER_COLUMNS):
        if column in places or column in ("effect_allele", "other_allele"):
            continue
        if column in ("ref", "alt") and not form.columns.get(column):
            continue
        place = _place(form.accepted(column), names, name)
        if place is not None:
            places[column] = place
    if places.get("variant") == places.get("id"):
        places.pop("variant", None)
    _check_layout(form, places, names, name)
    return Layout(form, places, {c: header[place] for c, place in places.items()})


def _given(header: Sequence[str], name: str, columns: Mapping[str, str]) -> dict[str, int]:
    names = [normalise(column) for column in header]
    places = {}
    for column, wanted in columns.items():
        exact = [i for i, column in enumerate(header) if column == wanted.strip()]
        found = exact or [i for i, known in enumerate(names) if known == normalise(wanted)]
        if not found:
            raise DataError(f"{name}: has no column {wanted!r}; it has {', '.join(header)}")
        places[column] = _only(found, wanted, name)
    return places


def _recognise(names: set[str]) -> GwasFormat:
    for form in FORMATS[:-1]:
        if all(names.intersection(group) for group in form.needs):
            return form
    return FORMATS[-1]


_REMEDY = "name them with columns effect_allele=… and other_allele=…"


def _alleles(
    form: GwasFormat, names: Sequence[str], name: str, given: Mapping[str, int]
) -> dict[str, int]:
    """Find effect and other allele; refuse what could be meant either way."""
    for effect, other in form.alleles:
        if effect in names and (other in names or not other):
            found = {"effect_allele": _only_name(effect, names, name)}
            if other:
                found["other_allele"] = _only_name(other, names, name)
            return {**found, **{c: p for c, p in given.items() if c in found}}
    if form.refusal:
        raise DataError(f"{name}: {form.refusal}; {_REMEDY}")
    for one, two in _EITHER:
        if one in names and two in names:
            raise DataError(
                f"{name}: has the alleles {one} and {two}, and either can be the effect allele; "
                f"{_REMEDY}"
            )
    lone = sorted(set(names) & _LONE)
    if lone or "effect_allele" in given:
        raise DataError(
            f"{name}: has one allele only ({', '.join(lone) or 'effect_allele'}); direction needs "
            f"the effect allele and the other one: {_REMEDY}"
        )
    raise DataError(f"{name}: has no allele columns; {_REMEDY}")


def _place(accepted: Sequence[str], names: Sequence[str], file: str) -> int | None:
    for wanted in accepted:
        if wanted in names:
            return _only_name(wanted, names, file)
    return None


def _only_name(wanted: str, names: Sequence[str], file: str) -> int:
    return _only([i for i, known in enumerate(names) if known == wanted], wanted, file)


def _only(places: list[int], column: str, name: str) -> int:
    if len(places) > 1:
        raise DataError(f"{name}: the column {column!r} occurs {len(places)} times; rename one")
    return places[0]


def _check_layout(
    form: GwasFormat, places: Mapping[str, int], names: Sequence[str], name: str
) -> None:
    if "id" not in places and not {"chrom", "pos"} <= places.keys():
        raise DataError(
            f"{name}: has neither a SNP id nor chromosome and position; "
            "name them with columns id=… or chrom=…,pos=…"
        )
    if places.keys() & {"beta", "odds_ratio", "z"}:
        return
    has_p = bool(places.keys() & {"p", "log10p"})
    what = "p-values without a sign" if has_p else "no effect"
    raise DataError(
        f"{name}: holds {what}; direction needs beta, odds_ratio or z, "
        "name it with columns beta=…,se=… or z=…"
    )
