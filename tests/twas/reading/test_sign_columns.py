"""A sign in a column beside z: the same sign says nothing, another is an error that names it."""

import numpy as np
import pandas as pd
import pytest

from twas import DataError, Trait

GENES = ["MTOR", "RPTOR", "TSC2", "TSC1", "AKT1", "RHEB", "PTEN", "ULK1", "SIRT1", "DEPTOR"]
GENES += ["AKT2", "AKT3"]
Z = np.array([2.5, -3.1, 2.2, -2.9, 4.0, -2.1, 3.3, -5.0, 2.7, -2.4, 3.9, -3.6])
UP = Z > 0


def facts(**columns):
    trait = Trait.from_frame(pd.DataFrame({"gene": GENES, **columns}), name="T")
    return [fact.topic for fact in trait.quality.told if fact.topic != "one_sign"], trait


def words(up, down, where=UP):
    return np.where(where, up, down)


CONTRADICTING = {
    "effect_direction": words("up", "down"),
    "direction": words("+", "-"),
    "Direction of effect": words("Increased risk", "decreased risk"),
    "assoc": words("risk", "protective"),
    "Effect": words("risk-increasing", "risk-decreasing"),
    "ALS": words("↑", "↓"),
    "Regulation in cases": words("up-regulated", "Downregulated"),
    "sign": np.sign(Z).astype(int),
    "dir": np.sign(Z),
    "Expression": words("higher in ALS", "lower in ALS"),
    "beta": Z / 10,
    "logFC": Z / 3,
    "Odds ratio": np.exp(Z / 10),
    "Signed Z": Z,
    "log(OR)": Z / 9,
}


@pytest.mark.parametrize("name", CONTRADICTING)
def test_the_size_of_z_beside_its_sign_is_refused(name):
    n = 5 if len(name) % 2 else 12
    frame = pd.DataFrame({"gene": GENES, "z": np.abs(Z), name: CONTRADICTING[name]}).head(n)
    frame["note"] = "a remark"
    with pytest.raises(DataError) as error:
        Trait.from_frame(frame, name="T")
    assert f"the column {name!r} tells another sign than z in {n // 2} of {n} rows" in str(
        error.value
    )
    # The way out that the message names.
    trait = Trait.from_frame(frame, name="T", columns={"sign": name})
    found = trait.table.set_index("symbol")["z"]
    np.testing.assert_allclose(found, pd.Series(Z, GENES)[found.index])
    assert "z_computed" in [fact.topic for fact in trait.quality.told]


@pytest.mark.parametrize("name", CONTRADICTING)
def test_the_same_sign_says_nothing(name):
    assert facts(z=Z, **{name: CONTRADICTING[name]})[0] == []


@pytest.mark.parametrize("name", ["effect_direction", "direction", "assoc", "Effect", "Expression"])
def test_words_that_contradict_a_signed_z_are_refused(name):
    with pytest.raises(DataError, match=f"column '{name}' tells another sign than z in 12 of 12"):
        facts(z=-Z, **{name: CONTRADICTING[name]})


def test_a_word_among_many_is_a_warning():
    z, genes = np.tile(Z, 3), [f"ENSG{i:011d}" for i in range(36)]
    direction = words("up", "down", z > 0)
    direction[0] = "down"
    frame = pd.DataFrame({"gene": genes, "z": z, "direction": direction})
    trait = Trait.from_frame(frame, name="T")
    (told,) = [f for f in trait.quality.told if f.topic == "sign_contradicts_z"]
    assert told.sentence.startswith("1 of 36 rows have another sign in the column 'direction'")


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Direction", ["++-?", "--+-", "+-+-", "++++"] * 3),  # METAL, a sign for each study
        ("Direction", ["+-", "--", "-+", "++"] * 3),
        ("Direction", "-"),  # nothing to say
        ("direction", ["+", "NA"] * 6),
        ("strand", ["+", "-"] * 6),
        ("gene_strand", [1, -1] * 6),
        ("eqtl_direction", ["up", "down"] * 6),
        ("top SNP effect", ["+", "+", "-"] * 4),
        ("replicated", ["positive", "negative", "positive"] * 4),
        ("effect_allele", ["A", "C", "G", "T"] * 3),
        ("regulation", "activation of a pathway"),
        ("remark", "up and down are words of this remark, which says nothing"),
        ("EQTL.Z", -Z),
        ("tss_distance", Z * 1000),
        ("novel", ["yes", "no"] * 6),
    ],
)
def test_what_is_no_sign_of_the_gene_says_nothing(name, cells):
    assert facts(z=Z, **{name: cells})[0] == []


@pytest.mark.parametrize(
    ("name", "cells"),
    [("eqtl_direction", ["up", "down"] * 6), ("EQTL.Z", Z), ("distance", Z * 1000), ("x1", Z)],
)
def test_beside_z_of_one_sign_anything_of_both_signs_is_named(name, cells):
    assert facts(z=np.abs(Z), **{name: cells})[0] == ["sign_contradicts_z"]


def test_all_protective_beside_the_size_of_z():
    with pytest.raises(DataError, match="'direction' tells another sign than z in 12 of 12"):
        facts(z=np.abs(Z), direction="protective")
    assert facts(z=np.abs(Z), direction="risk")[0] == []


def test_z_made_of_effect_and_error_is_compared_too():
    with pytest.raises(DataError, match="'direction' tells another sign"):
        facts(beta=Z / 10, se=0.1, direction=words("-", "+"))


def test_words_of_every_kind_make_a_sign():
    for name in ("effect_direction", "direction"):
        for cells in CONTRADICTING.values():
            if cells.dtype.kind == "U":
                found = facts(p=0.01, **{name: cells})[1].table.set_index("symbol")["z"]
                assert (np.sign(found) == pd.Series(np.sign(Z), GENES)[found.index]).all()
