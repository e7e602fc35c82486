"""Which tissue, and which models, a file name tells.

A tissue of GTEx is found wherever it stands in the name; what else the name holds may tell of the
models. Without one the name tells no tissue: a trait of one such file has the unknown tissue, equal
to any other unknown one; of several, each is named after its file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from twas.reading.formats import Format
from twas.reading.paths import stem

#: Tissue of a trait whose only file does not name one.
UNKNOWN = "unknown"

#: Tissues of GTEx versions 6 to 8, as PredictDB, FUSION and UTMOST name their files.
GTEX = (
    *("Adipose_Subcutaneous", "Adipose_Visceral_Omentum", "Adrenal_Gland", "Artery_Aorta"),
    *("Artery_Coronary", "Artery_Tibial", "Brain_Amygdala", "Brain_Anterior_cingulate_cortex_BA24"),
    *("Brain_Caudate_basal_ganglia", "Brain_Cerebellar_Hemisphere", "Brain_Cerebellum"),
    *("Brain_Cortex", "Brain_Frontal_Cortex_BA9", "Brain_Hippocampus", "Brain_Hypothalamus"),
    *("Brain_Nucleus_accumbens_basal_ganglia", "Brain_Putamen_basal_ganglia"),
    *("Brain_Spinal_cord_cervical_c-1", "Brain_Substantia_nigra", "Breast_Mammary_Tissue"),
    *("Cells_Cultured_fibroblasts", "Cells_EBV-transformed_lymphocytes"),
    *("Cells_Transformed_fibroblasts", "Colon_Sigmoid", "Colon_Transverse"),
    *("Esophagus_Gastroesophageal_Junction", "Esophagus_Mucosa", "Esophagus_Muscularis"),
    *("Heart_Atrial_Appendage", "Heart_Left_Ventricle", "Kidney_Cortex", "Liver", "Lung"),
    *("Minor_Salivary_Gland", "Muscle_Skeletal", "Nerve_Tibial", "Ovary", "Pancreas", "Pituitary"),
    *("Prostate", "Skin_Not_Sun_Exposed_Suprapubic", "Skin_Sun_Exposed_Lower_leg"),
    *("Small_Intestine_Terminal_Ileum", "Spleen", "Stomach", "Testis", "Thyroid", "Uterus"),
    *("Vagina", "Whole_Blood"),
)
# Parts of the brain are also named without it, but for the cortex, of which there are several.
_SHORT = {name.removeprefix("Brain_"): name for name in GTEX if name != "Brain_Cortex"}
_NAMES = {**_SHORT, **{name: name for name in GTEX}}


def _pattern(name: str) -> str:
    return re.sub(r"[_-]", r"[._ -]*", name)


_LONGEST_FIRST = "|".join(map(_pattern, sorted(_NAMES, key=len, reverse=True)))
_TISSUE = re.compile(rf"(?<![A-Za-z])(?:{_LONGEST_FIRST})(?![A-Za-z])", re.IGNORECASE)
_BY_LETTERS = {re.sub(r"[_-]", "", name).lower(): full for name, full in _NAMES.items()}


@dataclass(frozen=True)
class NamedTissue:
    """What a file name tells.

    Attributes
    ----------
    tissue
        The tissue of GTEx, or what is left of the name.
    is_known
        Whether it is one of GTEx.
    models
        What else the name holds, ``""`` where nothing.
    """

    tissue: str
    is_known: bool
    models: str = ""


def tissue_of_file(name: str, form: Format, trait: str = "") -> NamedTissue:
    """Return the tissue that a file name tells.

    Off go endings (``.csv.gz``, ``_spredixcan``), everything up to ``__PM__``, which S-PrediXcan's
    workflows put between trait and model, a chromosome, and the name of the trait. In the rest a
    tissue of GTEx is looked for; without one the rest stands, without the model families ``mashr_``
    and ``en_``.
    """
    whole = re.sub(r"^.*__PM__", "", stem(name))
    rest = whole
    for suffix in form.suffixes:
        if rest.lower().endswith(suffix.lower()):
            rest = rest[: -len(suffix)]
    rest = re.sub(r"[._-]chr(?:\d{1,2}|X|Y)$", "", rest)
    if form.tissue == "weights":
        rest = re.sub(r"[._-]\d{1,2}$", "", rest)
    if trait:
        edge = re.escape(trait)
        rest = re.sub(rf"^{edge}[._\s-]+(?=.)|(?<=.)[._\s-]+{edge}$", "", rest, flags=re.I)
    found = _TISSUE.search(rest)
    if found:
        tissue = _BY_LETTERS[re.sub(r"[._ -]", "", found[0]).lower()]
        models = f"{rest[: found.start()]} {rest[found.end() :]}".strip(" ._-")
        return NamedTissue(tissue, True, models)
    return NamedTissue(re.sub(r"^(?:mashr|en)_(?=.)", "", rest) or whole, False)
