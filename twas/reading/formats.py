"""One table of the file formats: how each is recognised and which column means what.

Columns are matched by name, after :func:`columns.normalise` (``TWAS.Z`` and ``twas_z`` are
one name).
The order of :data:`FORMATS` is the order of recognition; to add a format, add a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from twas.errors import DataError

#: Canonical columns that hold text, and those that hold numbers.
TEXT_COLUMNS = ("gene", "symbol", "tissue", "weights", "sign")
NUMBER_COLUMNS = (
    "z",
    "beta",
    "odds_ratio",
    "se",
    "effect_size",
    "var_g",
    "phi",
    "n_snps",
    "n_snps_model",
    "r2",
    "heidi_p",
    "pp4",
    "pip",
    "p",
)
#: Columns that a user can name.
NAMEABLE = tuple(c for c in (*TEXT_COLUMNS, *NUMBER_COLUMNS) if c != "weights")


@dataclass(frozen=True)
class Format:
    """One file format.

    Attributes
    ----------
    name
        Name in messages and reports.
    needs
        Groups of normalised column names; a table has the format if it has a name of each group.
    columns
        Canonical column → accepted normalised names, the preferred one first.
    tissue
        Where the tissue comes from if no tissue column is filled: ``"file name"``, or
        ``"weights"``, the folder inside the path of a weight file.
    suffixes
        Endings of file names that do not belong to the tissue.
    statistic
        ``"twas"``, or ``"smr"`` for z on the scale of SMR; a trait holds one kind.
    background
        Whether the table holds all tested genes. If not, it can only add ``pip`` to one that does.
    null_genes
        Starts, in upper case, of identifiers of rows that stand for no gene.
    own
        Further columns of the tool that differ between models of one gene, or starts of their
        names: they do not make a gene's rows answers to different questions.
    refusal
        Why the format cannot be used, and which file of the tool has the sign; ``""`` if usable.
    """

    name: str
    needs: tuple[tuple[str, ...], ...]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tissue: str = "file name"
    suffixes: tuple[str, ...] = ()
    statistic: str = "twas"
    background: bool = True
    null_genes: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    refusal: str = ""


class EmptyError(DataError):
    """The file holds a header and no rows."""


class RefusedError(DataError):
    """The file is a known kind of table that cannot show a direction.

    Attributes
    ----------
    form_name
        Name of its format; ``""`` where the format is usable and the numbers are not.
    """

    def __init__(self, message: str, form_name: str = "") -> None:
        super().__init__(message)
        self.form_name = form_name


_GENE = (
    *("ensembl_gene_id", "ensembl_id", "ensembl", "ensemblid", "ens_gene_id", "ensg", "ensgid"),
    *("ensg_id", "ensembl_gene"),
    *("gene_id", "geneid", "gene", "id"),
)
_SYMBOL = (
    *("gene_name", "genename", "symbol", "gene_symbol", "genesymbol", "hgnc_symbol", "hgnc"),
    *("mol_name", "gene"),
)
_Z = (
    *("uncalibrated_zscore", "z", "zscore", "z_score", "twas_z", "twas_zscore", "z_twas"),
    *("twas_z_score", "zvalue", "z_value", "z_stat", "zstat"),
    *("abs_z", "absz", "z_abs", "abs_zscore"),
)
_P = ("uncalibrated_pvalue", "pvalue", "p_value", "pval", "p_val", "p")
_TISSUE = ("tissue", "tissue_name", "panel", "cell_type", "celltype", "context")

_BETA = ("beta", "effect_size", "effect", "b", "estimate", "beta_hat")
_LOG_OR = (
    *("log_or", "logor", "ln_or", "lnor", "log_odds", "log_odds_ratio", "ln_odds_ratio"),
    *("log_hr", "loghr", "ln_hr"),
)
_SE = (
    *("se", "standard_error", "stderr", "std_err", "std_error", "beta_se", "se_beta"),
    *("log_or_se", "se_log_or", "logor_se", "se_logor", "ln_or_se", "se_ln_or"),
)

FORMATS = (
    Format(
        "S-MultiXcan",
        needs=(("gene", "gene_name"), ("n_indep", "t_i_best", "eigen_max", "z_mean")),
        refusal="S-MultiXcan is an omnibus test over tissues: it has no sign (z_mean is no "
        "z-score). Give the S-PrediXcan file of each tissue, column zscore",
    ),
    Format(
        "MAGMA",
        needs=(("gene",), ("nsnps",), ("nparam",)),
        refusal="MAGMA gene results have no sign (a negative ZSTAT means a weak gene, not a "
        "protective one). Give TWAS results such as FUSION .dat or S-PrediXcan .csv",
    ),
    Format(
        "UTMOST joint test",
        needs=(("gene", "gene_name"), ("test_score",), _P),
        refusal="the UTMOST joint GBJ test has no sign. Give the single-tissue files of UTMOST, "
        "column zscore",
    ),
    Format(
        "FUSION post-processing",
        needs=(("twas_z",), ("joint_z", "cond_z")),
        refusal="it holds only genes selected by conditional analysis, so no background. Give "
        "the .dat file that it was made from",
    ),
    Format(
        "FOCUS",
        needs=(
            ("twas_z", "twas_z_pop1"),
            ("mol_name", "ens_gene_id"),
            ("pip", "pips_me", "pips_pop1"),
        ),
        columns={
            "gene": ("ens_gene_id",),
            "symbol": ("mol_name",),
            "tissue": ("tissue",),
            "z": ("twas_z", "twas_z_pop1"),
            "r2": ("cv_r2", "cv_r2_pop1"),
            "pip": ("pip", "pips_me", "pips_pop1"),
        },
        background=False,
        null_genes=("NULL",),
    ),
    Format(
        "fine-mapping",
        needs=(
            ("pip", "focus_pip", "pips_me"),
            ("in_cred_set", "in_credible_set", "incredset", "cred_set", "credible_set"),
            (*_GENE, *_SYMBOL),
        ),
        columns={
            "gene": _GENE,
            "symbol": _SYMBOL,
            "tissue": (*_TISSUE, "expression_reference"),
            "z": _Z,
            "pip": ("pip", "focus_pip", "pips_me"),
        },
        background=False,
        null_genes=("NULL", "INTERCEPT"),
    ),
    Format(
        "SMR",
        needs=(("b_smr",), ("se_smr",), ("gene", "probeid")),
        columns={
            "gene": ("probeid",),
            "symbol": ("gene",),
            "tissue": _TISSUE,
            "beta": ("b_smr",),
            "se": ("se_smr",),
            "effect_size": ("b_smr",),
            "heidi_p": ("p_heidi",),
            "p": ("p_smr",),
        },
        suffixes=("_smr", "_msmr"),
        own=("probe", "topsnp", "targetsnp", "a1", "a2", "nsnp", "b_gwas", "b_eqtl"),
        statistic="smr",
    ),
    Format(
        "FUSION",
        needs=(("twas_z",), ("id",)),
        columns={
            "gene": ("id",),
            "tissue": ("panel",),
            "weights": ("file",),
            "z": ("twas_z",),
            "n_snps": ("nsnp",),
            "n_snps_model": ("nwgt",),
            "r2": ("modelcv_r2",),
            "pp4": ("coloc_pp4", "coloc_susie_pp4"),
            "p": ("twas_p",),
        },
        tissue="weights",
        suffixes=(".MHC", ".dat"),
        own=("file", "p0", "p1", "best_gwas", "eqtl", "model", "modelcv", "coloc", "perm", "hsq"),
    ),
    Format(
        "S-PrediXcan",
        needs=(("zscore", "uncalibrated_zscore"), ("gene", "gene_name")),
        columns={
            "gene": ("gene",),
            "symbol": ("gene_name",),
            "tissue": _TISSUE,
            "z": ("uncalibrated_zscore", "zscore"),
            "effect_size": ("effect_size", "effect"),
            "var_g": ("var_g",),
            "phi": ("phi",),
            "n_snps": ("n_snps_used",),
            "n_snps_model": ("n_snps_in_model",),
            "r2": ("pred_perf_r2", "pred_perf_r_2"),
            "p": ("uncalibrated_pvalue", "pvalue"),
        },
        suffixes=("_spredixcan", "_s_predixcan", "_predixcan", "_metaxcan", "_utmost"),
        own=("pred_perf", "n_snps", "zscore", "pvalue", "best_gwas", "largest_weight"),
    ),
    Format(
        "table",
        needs=((*_GENE, *_SYMBOL),),
        columns={
            "gene": _GENE,
            "symbol": _SYMBOL,
            "tissue": _TISSUE,
            "z": _Z,
            "beta": (*_BETA, *_LOG_OR),
            "odds_ratio": ("or", "odds_ratio", "oddsratio", "hazard_ratio", "hr"),
            "se": _SE,
            "sign": ("sign", "direction", "dir", "effect_direction", "direction_of_effect"),
            "effect_size": ("effect_size", "effect", "beta", "b"),
            "var_g": ("var_g",),
            "phi": ("phi",),
            "n_snps": ("n_snps_used", "n_snps", "nsnps", "nsnp"),
            "n_snps_model": ("n_snps_in_model", "n_snps_model", "nwgt"),
            "r2": ("r2", "pred_perf_r2", "modelcv_r2", "cv_r2", "model_r2", "rsq"),
            "heidi_p": ("p_heidi", "heidi_p"),
            "pp4": ("pp4", "coloc_pp4", "pp_h4", "pp_h4_abf"),
            "pip": ("pip",),
            "p": (*_P, "twas_p"),
        },
        suffixes=("_spredixcan", "_fusion", "_twas"),
    ),
)
