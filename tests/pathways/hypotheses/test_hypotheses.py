"""Hypotheses: the shipped registry, the checks of a user's own, the tests and their verdicts."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathways.gene_sets import SHIPPED, load_gene_sets, shipped_pathways
from pathways.hypotheses import (
    KINDS,
    VERDICTS,
    Hypothesis,
    as_table,
    check_hypotheses,
    evaluate,
    load_hypotheses,
)
from pathways.hypotheses.registry import AXES
from pathways.tables.hypotheses import TABLE
from twas.errors import DataError, UsageError
from twas.system.program import data_path

ARTICLE = "doi:10.7759/cureus.109147"
ENTRY = """[[hypothesis]]
id = "one"
statement = "mTOR is up in ALS"
kind = "direction"
trait = "ALS"
pathway = "mtor"
sign = 1
independent = true
"""
PAIR = ENTRY.replace('"direction"', '"opposite"').replace('"ALS"\n', '"ALS"\ntrait_b = "FTD"\n', 1)


# --- the shipped registry --------------------------------------------------------------------


def test_shipped_registry_states_the_predictions():
    stated = {(h.kind, h.trait, h.trait_b, h.target, h.pathway, h.sign) for h in load_hypotheses()}
    assert stated == {
        ("direction", "ALS", "", "pathway", "mtor", 1),
        ("direction", "ALS", "", "pathway", "oxphos", -1),
        ("direction", "FTD", "", "pathway", "pgc1a", -1),
        ("direction", "FTD", "", "pathway", "sirt1", -1),
        ("opposite", "ALS", "FTD", "pathway", "mtor", 1),
        ("opposite", "ALS", "FTD", "pathway", "pgc1a", 1),
        ("difference", "ALS", "FTD", "pathway", "mtor", 1),
        ("difference", "ALS", "FTD", "pathway", "pgc1a", 1),
        ("direction", "ALS", "", "pathway", "autophagy", -1),
        ("direction", "ALS", "", "pathway", "synapse_pruning", 1),
        ("direction", "ALS", "", "pathway", "glutamate", 1),
        ("direction", "ALS", "", "balance", "balance", 1),
    }


def test_shipped_registry_is_clean_and_its_sets_exist():
    assert check_hypotheses() == []
    for entry in load_hypotheses():
        if entry.target == "pathway":
            assert entry.pathway in load_gene_sets(entry.collection).pathways
        else:
            assert entry.pathway in AXES


def test_a_prediction_without_source_is_marked_as_extension():
    for entry in load_hypotheses():
        assert entry.source in ("", ARTICLE)
        assert ("extension" in entry.statement) == (entry.source == "")


def test_dependent_predictions_are_marked():
    dependent = {h.pathway for h in load_hypotheses() if not h.independent}
    assert dependent == {"autophagy", "glutamate", "balance"}


def test_header_says_what_twas_cannot_test():
    header = data_path("hypotheses.toml").read_text(encoding="utf-8").split("[[hypothesis]]")[0]
    assert ARTICLE in header
    assert re.search(r"cannot be tested by TWAS.*neurofilament.*stem-cell models", header, re.S)


def test_list_has_a_row_per_prediction():
    table = as_table(load_hypotheses())
    assert len(table) == 12
    assert table["id"].is_unique
    assert set(table["kind"]) == set(KINDS)


# --- a registry of the user's own ------------------------------------------------------------


def own(tmp_path, text, name="mine.toml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_own_registry_with_defaults(tmp_path):
    (entry,) = load_hypotheses(own(tmp_path, ENTRY))
    assert entry == Hypothesis(
        id="one",
        statement="mTOR is up in ALS",
        kind="direction",
        trait="ALS",
        trait_b="",
        target="pathway",
        collection="core",
        pathway="mtor",
        sign=1,
        source="",
        independent=True,
    )


@pytest.mark.parametrize(
    ("text", "old", "new", "problem"),
    [
        (ENTRY, "sign = 1", "sing = 1", "unknown key 'sing'; did you mean 'sign'?"),
        (ENTRY, "sign = 1", "", "'sign' is missing"),
        (ENTRY, "sign = 1", "sign = 0", "sign 0 must be 1 or -1"),
        (ENTRY, "sign = 1", "sign = true", "sign must be 1 or -1, not True"),
        (ENTRY, "sign = 1", 'sign = "up"', "sign must be 1 or -1, not 'up'"),
        (ENTRY, "sign = 1", "sign = 1\nxyz = 2", "unknown key 'xyz'; the keys are id, statement"),
        (ENTRY, '"direction"', '"directed"', "kind 'directed' must be direction or difference or"),
        (ENTRY, '"direction"', '"opposite"', "kind 'opposite' compares two traits; trait_b is"),
        (
            ENTRY,
            '"mtor"',
            '"mtro"',
            "pathway 'mtro' is not in collection 'core'; did you mean 'mtor",
        ),
        (ENTRY, '"mtor"', '""', "pathway must not be empty"),
        (ENTRY, "sign", 'collection = "cor"\nsign', "there is no collection 'cor'; did you mean"),
        (
            ENTRY,
            "sign",
            'collection = "extended"\nsign',
            "pathway 'mtor' is not in collection 'ext",
        ),
        (ENTRY, "sign", 'target = "set"\nsign', "target 'set' must be pathway or balance"),
        (ENTRY, "sign", 'target = "balance"\nsign', "pathway 'mtor' must be balance, stress, res"),
        (ENTRY, "sign", 'trait_b = "FTD"\nsign', "trait_b has no place in a direction"),
        (ENTRY, "true", '"yes"', "independent must be true or false, not 'yes'"),
        (ENTRY, '"ALS"', "3", "trait must be text, not 3"),
        (PAIR, '"FTD"', '"als"', "trait and trait_b are both 'ALS'"),
        (PAIR, "sign", 'target = "balance"\nsign', "the balance is tested as a direction or a"),
    ],
)
def test_each_fault_is_named_with_file_and_entry(tmp_path, text, old, new, problem):
    assert old in text
    path = own(tmp_path, text.replace(old, new, 1))
    found = check_hypotheses(path)
    assert any(line.startswith(f"mine.toml: entry 'one': {problem}") for line in found), found
    with pytest.raises(DataError, match=re.escape(found[0])) as error:
        load_hypotheses(path)
    assert "\n" not in str(error.value)
    assert str(tmp_path) not in str(error.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "mine.toml: holds no prediction"),
        ("x = 1\n" + ENTRY, "mine.toml: unknown key 'x'"),
        (ENTRY + ENTRY, "mine.toml: id 'one' stands 2 times; ids must differ"),
        ("hypothesis = 3\n", "mine.toml: 'hypothesis' must be one [[hypothesis]] table"),
        ("hypothesis = [3]\n", "mine.toml: 'hypothesis' must be one [[hypothesis]] table"),
        ("[[hypothesis\n", "mine.toml: cannot be read as TOML ("),
        (ENTRY.replace('id = "one"\n', ""), "mine.toml: entry 1: 'id' is missing"),
    ],
)
def test_faults_of_the_whole_file(tmp_path, text, problem):
    (line,) = check_hypotheses(own(tmp_path, text))
    assert line.startswith(problem)
    assert "\n" not in line


def test_all_faults_are_listed_and_loading_counts_them(tmp_path):
    path = own(tmp_path, ENTRY.replace("mtor", "mtro") + PAIR.replace("sign = 1", "sign = 5"))
    assert len(check_hypotheses(path)) == 3
    with pytest.raises(DataError, match=r"\(2 more; 'hypotheses check' lists all\)"):
        load_hypotheses(path)


def test_a_missing_file_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="there is no such file"):
        load_hypotheses(tmp_path / "none.toml")


def test_sets_of_the_user_are_known_where_given(tmp_path):
    path = own(tmp_path, ENTRY.replace("sign", 'collection = "mine"\nsign').replace("mtor", "a b"))
    assert load_hypotheses(path)[0].collection == "mine"
    mine = load_gene_sets({"a b": ["MTOR"]}, name="mine")
    assert check_hypotheses(path, [mine]) == []
    other = load_gene_sets({"a c": ["MTOR"]}, name="mine")
    assert check_hypotheses(path, [other]) == [
        "mine.toml: entry 'one': pathway 'a b' is not in collection 'mine'; did you mean 'a c'?"
    ]


@given(
    st.dictionaries(
        st.sampled_from(
            ["id", "statement", "kind", "trait", "trait_b", "target", "sign", "pathway"]
        ),
        st.one_of(st.text(max_size=5), st.integers(-2, 2), st.booleans(), st.lists(st.integers())),
    )
)
def test_checking_never_fails(tmp_path_factory, entry):
    def quoted(value):
        return '"' + "".join(f"\\U{ord(c):08x}" for c in value) + '"'

    shown = {
        key: quoted(value) if isinstance(value, str) else str(value).lower()
        for key, value in entry.items()
    }
    lines = ["[[hypothesis]]", *(f"{key} = {value}" for key, value in shown.items())]
    path = own(tmp_path_factory.getbasetemp(), "\n".join(lines) + "\n")
    problems = check_hypotheses(path)
    assert any("'independent' is missing" in line for line in problems)
    assert all(line.startswith("mine.toml: ") for line in problems)


# --- the tests -------------------------------------------------------------------------------


def direction(trait="ALS", pathway="mtor", activity=0.01, p=0.001, **more):
    row = {
        "collection": "core",
        "pathway": pathway,
        "trait": trait,
        "scope": "combined",
        "min_p": 1e-9,
        "activity": activity,
        "ci_low": activity - 0.005,
        "ci_high": activity + 0.005,
        "p_direction": p,
        "detectable_effect": 0.02,
        "reason": "",
    }
    return {**row, **more}


def pair(a="ALS", b="FTD", activities=(0.01, -0.02), p=0.01, **more):
    x, y = activities
    row = {
        "collection": "core",
        "pathway": "mtor",
        "trait_a": a,
        "trait_b": b,
        "scope": "combined",
        "activity_a": x,
        "activity_b": y,
        "p_opposite": p if x * y < 0 else 1.0,
        "p_concordant": p if x * y > 0 else 1.0,
        "difference": x - y,
        "ci_low": x - y - 0.03,
        "ci_high": x - y + 0.01,
        "p_difference": p,
        "difference_scaled": x - y,
        "p_difference_scaled": p,
        "scale_reason": "",
        "ci_low_a": x - 0.01,
        "ci_high_a": x + 0.02,
        "ci_low_b": y - 0.03,
        "ci_high_b": y + 0.04,
        "detectable_difference": 0.05,
        "call": "undetermined",
        "reason": "the data cannot tell",
    }
    return {**row, **more}


def predicted(kind="direction", sign=1, **more):
    entry = {
        "id": "h",
        "statement": "s",
        "kind": kind,
        "trait": "ALS",
        "trait_b": "" if kind == "direction" else "FTD",
        "target": "pathway",
        "collection": "core",
        "pathway": "mtor",
        "sign": sign,
        "source": "",
        "independent": True,
    }
    return Hypothesis(**{**entry, **more})


def frames(directions, pairs=(), balance=None):
    return (
        pd.DataFrame(directions),
        pd.DataFrame(list(pairs) or [pair()]).iloc[: len(pairs)],
        None if balance is None else pd.DataFrame(balance),
    )


def one(entry, directions=None, pairs=(), balance=None):
    both = [direction(), direction("FTD", activity=-0.02, detectable_effect=0.06)]
    return evaluate([entry], *frames(directions or both, pairs, balance)).iloc[0]


def test_columns_are_those_of_the_registry():
    table = evaluate([predicted()], *frames([direction()]))
    assert list(table.columns) == [column.name for column in TABLE.columns]
    assert {column.kind for column in TABLE.columns} <= {"text", "count", "p", "number"}
    assert list(evaluate([], *frames([direction()])).columns) == list(table.columns)


@pytest.mark.parametrize(
    ("activity", "sign", "p_for", "verdict"),
    [
        (0.01, 1, 0.0005, "supported"),
        (-0.01, 1, 0.9995, "contradicted"),
        (-0.01, -1, 0.0005, "supported"),
        (0.01, -1, 0.9995, "contradicted"),
    ],
)
def test_direction_is_one_sided_both_ways(activity, sign, p_for, verdict):
    row = one(predicted(sign=sign), [direction(activity=activity)])
    assert row["p_for"] == pytest.approx(p_for)
    assert row["p_for"] + row["p_against"] == pytest.approx(1)
    assert row["estimate"] == activity
    assert [row["ci_low"], row["ci_high"]] == [activity - 0.005, activity + 0.005]
    assert (row["verdict"], row["detectable_effect"]) == (verdict, 0.02)


def test_inconclusive_where_neither_side_passes():
    row = one(predicted(), [direction(p=0.06, reason="block X outweighs all others together")])
    assert row["verdict"] == "inconclusive"
    assert row["holm_for"] == pytest.approx(0.06)
    assert row["reason"] == "block X outweighs all others together"


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("sign", [1, -1])
def test_difference_reads_a_pair_in_either_order(turned, sign):
    stated = pair(activities=(0.01, -0.02))
    mirrored = pair(
        "FTD", "ALS", (-0.02, 0.01), ci_low=-stated["ci_high"], ci_high=-stated["ci_low"]
    )
    row = one(predicted("difference", sign), pairs=[mirrored if turned else stated])
    assert row["estimate"] == pytest.approx(0.03)
    assert row["excluded_above"] == pytest.approx(0.04 if sign == 1 else 0.0)
    assert [row["ci_low"], row["ci_high"]] == pytest.approx([0.0, 0.04])
    assert row["p_for"] == pytest.approx(0.005 if sign == 1 else 0.995)
    assert (row["detectable_effect"], row["reason"]) == (0.05, "")


@pytest.mark.parametrize(
    ("scaled", "p_scaled", "p_for", "p_against", "verdict"),
    [
        (0.02, 0.02, 0.01, 0.995, "supported"),
        (0.02, 0.4, 0.2, 0.995, "inconclusive"),
        (-0.02, 0.02, 0.99, 0.995, "inconclusive"),
        (0.0, 1.0, 0.5, 0.995, "inconclusive"),
    ],
)
@pytest.mark.parametrize("turned", [1, -1])
def test_a_difference_must_hold_after_scaling_too(
    scaled, p_scaled, p_for, p_against, verdict, turned
):
    """Half of the same effect in a weaker trait is a difference of strengths, and no more."""
    more = {"difference_scaled": turned * scaled, "p_difference_scaled": p_scaled}
    names, seen = (("ALS", "FTD"), (0.01, -0.02)) if turned > 0 else (("FTD", "ALS"), (-0.02, 0.01))
    row = one(predicted("difference"), pairs=[pair(*names, seen, **more)])
    assert [row["p_for"], row["p_against"]] == pytest.approx([p_for, p_against])
    assert row["verdict"] == verdict


def test_a_difference_that_cannot_be_scaled_is_told_but_not_judged():
    more = {"p_difference_scaled": np.nan, "scale_reason": "genome-wide, FTD shows no signal"}
    row = one(predicted("difference"), pairs=[pair(**more)])
    assert (row["verdict"], row["reason"]) == (
        "not tested",
        "not scaled: genome-wide, FTD shows no signal",
    )
    assert row["estimate"] == pytest.approx(0.03)
    assert np.isfinite([row["ci_low"], row["ci_high"], row["excluded_above"]]).all()


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("activities", "sign", "p_for", "p_against", "estimate", "verdict"),
    [
        ((0.01, -0.02), 1, 0.01, 1.0, 0.01, "supported"),
        ((0.01, -0.02), -1, 1.0, 0.01, -0.02, "contradicted"),
        ((-0.01, 0.02), -1, 0.01, 1.0, 0.01, "supported"),
        ((0.01, 0.02), 1, 1.0, 0.01, -0.02, "contradicted"),
        ((-0.01, -0.02), 1, 1.0, 0.01, -0.01, "contradicted"),
    ],
)
def test_opposite_asks_for_the_stated_signs(
    turned, activities, sign, p_for, p_against, estimate, verdict
):
    row = pair("FTD", "ALS", activities[::-1]) if turned else pair(activities=activities)
    found = one(predicted("opposite", sign), pairs=[row])
    assert [found["p_for"], found["p_against"]] == [p_for, p_against]
    assert (found["estimate"], found["verdict"]) == (estimate, verdict)
    ends = [sorted(sign * row[f"ci_{end}_{'b' if turned else 'a'}"] for end in ("low", "high"))]
    ends += [sorted(-sign * row[f"ci_{end}_{'a' if turned else 'b'}"] for end in ("low", "high"))]
    assert [found["ci_low"], found["ci_high"]] == pytest.approx(np.min(ends, axis=0))
    assert found["excluded_above"] == pytest.approx(max(0.0, np.min(ends, axis=0)[1]))
    assert found["ci_low"] <= found["estimate"] <= found["ci_high"]
    assert found["detectable_effect"] == 0.06
    assert found["reason"].startswith(f"ALS {activities[0]:+.3g}, FTD {activities[1]:+.3g}")


@pytest.mark.parametrize(
    ("entry", "more", "reason"),
    [
        (predicted(trait="PSP"), {}, "trait PSP is not in this run (ALS, FTD)"),
        (predicted("opposite", trait_b="PSP"), {}, "trait PSP is not in this run (ALS, FTD)"),
        (predicted(collection="extended"), {}, "collection 'extended' is not in this run; add"),
        (predicted(pathway="sirt1"), {}, "set 'sirt1' of 'core' is not in this run; was it left"),
        (predicted("opposite"), {}, "collection 'core' is not in this run"),
        (
            predicted("difference"),
            {"pairs": [pair(p_difference=np.nan)]},
            "strengths cannot be compared without sample sizes: give `n_eff`",
        ),
        (
            predicted("opposite"),
            {"pairs": [pair(call="untestable", reason="3 LD blocks: the smallest")]},
            "untestable: 3 LD blocks: the smallest",
        ),
        (
            predicted(),
            {"directions": [direction(min_p=0.25, reason="3 LD blocks")]},
            "untestable: 3 LD blocks",
        ),
        (
            predicted(),
            {"directions": [direction(min_p=np.nan, p=np.nan, reason="none of the 5 genes")]},
            "untestable: none of the 5 genes",
        ),
        (
            predicted(target="balance", pathway="balance", collection=""),
            {},
            "the stress-reserve balance is not part of this run",
        ),
    ],
)
def test_what_is_not_there_is_not_tested_and_said(entry, more, reason):
    row = one(entry, **more)
    assert row["verdict"] == "not tested"
    assert row["reason"].startswith(reason)
    assert row[["estimate", "p_for", "p_against", "holm_for", "holm_against"]].isna().all()


def test_other_scopes_are_left_aside():
    rows = [direction(scope="cortex", activity=-1.0), direction(activity=0.01)]
    assert one(predicted(), rows)["estimate"] == 0.01


@pytest.mark.parametrize("name", ["als", "Als", "ALS"])
def test_trait_names_match_in_any_case(name):
    assert one(predicted(trait=name), [direction("ALS")])["verdict"] == "supported"
    assert one(predicted(), [direction(name)])["verdict"] == "supported"
    both = [direction("als", activity=-0.01), direction("ALS")]
    assert one(predicted(), both)["verdict"] == "supported"


def balance_row(a="ALS", b="", activity=0.3, p=0.004, n_blocks=80, scope="combined"):
    row = {"axis": "balance", "trait_a": a, "trait_b": b, "scope": scope, "n_blocks": n_blocks}
    row |= {"activity": activity, "ci_low": activity - 0.1, "ci_high": activity + 0.2}
    row |= {"difference_scaled": activity, "p_difference_scaled": p, "scale_reason": ""}
    return {**row, "p_direction": p}


def test_balance_of_one_trait_and_of_a_pair():
    rows = [balance_row(), balance_row("FTD", activity=-1.0), balance_row("FTD", "ALS", -0.5)]
    rows.insert(0, balance_row(activity=-0.7, scope="motor"))
    entry = predicted(target="balance", pathway="balance", collection="")
    found = one(entry, balance=rows)
    assert (found["estimate"], found["p_for"], found["verdict"]) == (0.3, 0.002, "supported")
    assert np.isnan(found["detectable_effect"])
    turned = one(replace(entry, kind="difference", trait_b="FTD"), balance=rows)
    assert (turned["estimate"], turned["p_for"]) == (0.5, 0.002)
    assert [turned["ci_low"], turned["ci_high"]] == pytest.approx([0.3, 0.6])
    assert turned["excluded_above"] == pytest.approx(0.6)
    rows[-1] |= {"p_difference_scaled": 0.3}
    scaled = one(replace(entry, kind="difference", trait_b="FTD"), balance=rows)
    assert (scaled["p_for"], scaled["verdict"]) == (0.15, "inconclusive")
    few = one(entry, balance=[balance_row(n_blocks=4)])
    assert (few["verdict"], few["reason"]) == ("not tested", "untestable: 4 LD blocks")
    none = one(replace(entry, pathway="stress"), balance=rows)
    assert none["reason"] == "the balance table has no 'stress' of ALS"


# --- Holm ------------------------------------------------------------------------------------


def holm_by_hand(values):
    """Step down: the k-th smallest of n times n - k + 1, never below the one before it."""
    adjusted, floor = {}, 0.0
    for rank, k in enumerate(sorted(range(len(values)), key=lambda i: values[i])):
        floor = max(floor, (len(values) - rank) * values[k])
        adjusted[k] = min(1.0, floor)
    return [adjusted[k] for k in range(len(values))]


TESTED = st.tuples(
    st.floats(1e-6, 1), st.sampled_from([-0.01, 0.01]), st.sampled_from([1, -1]), st.booleans()
)


@given(st.lists(TESTED, min_size=1, max_size=8))
def test_holm_runs_over_both_p_of_all_tested_predictions(cases):
    rows = [
        direction(pathway=f"set {k}", p=p, activity=a, min_p=1e-9 if there else 0.5)
        for k, (p, a, _, there) in enumerate(cases)
    ]
    entries = [predicted(sign=sign, pathway=f"set {k}") for k, (*_, sign, _) in enumerate(cases)]
    table = evaluate(entries, *frames(rows))
    tested = table["verdict"] != "not tested"
    assert tested.tolist() == [there for *_, there in cases]
    stacked = table.loc[tested, ["p_for", "p_against"]].to_numpy().ravel().tolist()
    found = table.loc[tested, ["holm_for", "holm_against"]].to_numpy().ravel()
    np.testing.assert_allclose(found, holm_by_hand(stacked))
    assert (found >= np.array(stacked)).all()
    wins = table["holm_for"] <= 0.05
    losses = table["holm_against"] <= 0.05
    assert not (wins & losses).any()
    assert (table["verdict"] == "supported").tolist() == wins.tolist()
    assert (table["verdict"] == "contradicted").tolist() == losses.tolist()
    assert set(table["verdict"]) <= set(VERDICTS)


@given(st.lists(TESTED, min_size=1, max_size=6))
def test_turning_every_prediction_swaps_for_and_against(cases):
    rows = [direction(pathway=f"set {k}", p=p, activity=a) for k, (p, a, *_) in enumerate(cases)]
    entries = [predicted(sign=sign, pathway=f"set {k}") for k, (*_, sign, _) in enumerate(cases)]
    one_way = evaluate(entries, *frames(rows))
    other = evaluate([replace(entry, sign=-entry.sign) for entry in entries], *frames(rows))
    for a, b in (("p_for", "p_against"), ("holm_for", "holm_against")):
        np.testing.assert_array_equal(one_way[a], other[b])
        np.testing.assert_array_equal(one_way[b], other[a])


# --- a real study ----------------------------------------------------------------------------


def test_shipped_registry_on_the_tables_of_a_run(small_study):
    """From kernels to verdicts: the p are those of the sign-flip test itself."""
    from pathways.calls.trait import TraitResult
    from pathways.statistics.contributions import Members
    from pathways.statistics.magnitude import magnitude
    from pathways.tables.directions import direction_columns

    tables, tests = [], {}
    for collection in SHIPPED:
        members = Members.of(small_study, load_gene_sets(collection))
        for trait in small_study.traits:
            result = TraitResult.of(small_study.universe((trait,)), members)
            involved = magnitude(result.universe, small_study, members)
            rows = direction_columns(result, involved, small_study.block_names)
            tables.append(rows.assign(collection=collection))
            tests[collection, trait] = result.test
    entries = [h for h in load_hypotheses() if h.kind == "direction" and h.target == "pathway"]
    found = evaluate(entries, pd.concat(tables), pd.DataFrame(columns=["scope"]))
    for entry, row in zip(entries, found.itertuples(), strict=True):
        test = tests[entry.collection, entry.trait]
        k = shipped_pathways(entry.collection).index(entry.pathway)
        assert (row.verdict == "not tested") == (test.min_p[k] > 0.05)
        if test.min_p[k] > 0.05:
            continue
        p = (test.p_up[k], test.p_down[k])[:: entry.sign]
        # The larger side lacks the atom at the statistic itself: at most the smallest p.
        np.testing.assert_allclose([row.p_for, row.p_against], p, atol=max(test.min_p[k], 1e-9))
        assert min(row.p_for, row.p_against) == pytest.approx(min(p), rel=1e-6)
    assert (found["verdict"] != "not tested").sum() >= 4
