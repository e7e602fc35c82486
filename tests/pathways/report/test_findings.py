"""Sentences: a trait's own direction stays, "cannot tell" has its bounds, claims use q."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pathways.calls.vocabulary import READING
from pathways.report.pages.selection import select
from pathways.report.words import findings, robustness
from pathways.report.words.manuscript import manuscript, results_paragraph
from pathways.report.words.predictions import predictions
from pathways.report.words.seen import seen
from tests.pathways.report.made_results import made, pair_row, sets_of, trait_row
from twas.study.universe import UNIT

PAIR = ("BIP", "OCD")


def of_pair(call="undetermined", *, q_a=1.0, q_b=1.0, name="Complement", **more):
    """A run of one set."""
    rows = [trait_row(name, "BIP", q=q_a, activity=-0.003), trait_row(name, "OCD", q=q_b)]
    return made(PAIR, rows, [pair_row(name, PAIR, call, **more)])


def sentence(results):
    (finding,) = findings.findings(select(results))
    return finding.sentence


def test_a_direction_stays_when_a_second_trait_is_added():
    told = "down in BIP (q 0.020); OCD cannot tell"
    results = of_pair(q_a=0.02)
    assert f"Each trait by itself: {told}." in sentence(results)
    assert f"Complement: {told} (undetermined as a pair)." in manuscript(results)["methods.md"]
    assert told in results.in_words()["in_words"].iloc[0]
    row = results.summary().iloc[0]
    assert (row["direction_a"], row["q_direction_a"]) == ("down", 0.02)
    assert row["direction_b"] == "undetermined"


def test_nothing_is_said_twice_where_the_call_names_both_directions():
    assert "by itself" not in sentence(of_pair("opposite", q=0.01, q_a=0.01, q_b=0.01))
    assert "by itself" not in sentence(of_pair())


@pytest.mark.parametrize("call", ["undetermined", "unequal", "discordant"])
def test_cannot_tell_comes_with_its_bounds(call):
    results = of_pair(call)
    assert "the weaker effect is below 0.18 %; if it runs the same way" in sentence(results)
    assert "below 0.36 %" in results.in_words()["in_words"].iloc[0]
    row = results.summary().iloc[0]
    assert (row["bound_opposite"], row["bound_concordant"]) == (0.0009, 0.0018)


def test_the_answer_to_nothing_has_bounds():
    text = findings.headline(select(of_pair()))
    assert "not evidence of no difference: if opposite, the weaker effect is below 0.18 %" in text
    one = made(("BIP",), [trait_row("a", "BIP"), trait_row("b", "BIP")])
    assert "no effect: activities beyond 0.60 % odds per SD" in findings.headline(select(one))


def test_a_paper_says_bounds_once():
    for results in (of_pair(), made(("BIP",), [trait_row("a", "BIP"), trait_row("b", "BIP")])):
        text = manuscript(results)["methods.md"].partition("# Results")[2]
        assert len(re.findall(r"below 0\.18 %|beyond 0\.60 %", text)) == 1
    three = ("A", "B", "C")
    pairs = [pair_row("x", ("A", "B")), pair_row("x", ("A", "C"))]
    text = manuscript(made(three, [trait_row("x", t) for t in three], pairs))["methods.md"]
    assert text.count("Undetermined in A and") == text.count("x; if opposite, the weaker") == 2


def test_the_answer_names_the_pathways_with_a_call():
    told = findings.called_by_name(select(of_pair("opposite", activity_a=-0.3, activity_b=0.2)))
    assert told == "Complement is opposite (BIP down, OCD up)."
    told = findings.called_by_name(select(of_pair("discordant", q=0.01)))
    assert told == "Complement is discordant."
    assert findings.called_by_name(select(of_pair("unequal"))) == ""
    rows = [trait_row(name, trait) for name in "abcde" for trait in PAIR]
    calls = [pair_row(name, PAIR, "discordant", q=k / 99) for k, name in enumerate("edcba", 1)]
    told = findings.called_by_name(select(made(PAIR, rows, calls)))
    assert told == "e is discordant; d is discordant; c is discordant; 2 more below."


def test_pairs_that_share_a_sentence_keep_their_bounds():
    traits = ("A", "B", "C")
    rows = [trait_row("x", trait) for trait in traits]
    found = [
        pair_row("x", ("A", "B")),
        pair_row("x", ("A", "C"), effect_scale=UNIT, bound_opposite=0.2, bound_concordant=0.3),
    ]
    text = sentence(made(traits, rows, found))
    assert (
        "A and B: if opposite, the weaker effect is below 0.18 %, if shared, below 0.36 %" in text
    )
    assert "A and C: if opposite, the weaker effect is below 0.20, if shared, below 0.30" in text


def test_unequal_never_reads_like_divergence():
    text = " ".join([sentence(of_pair("unequal")), findings.headline(select(of_pair("unequal")))])
    assert "in strength, not in direction" in text
    assert "not shown to differ" in text
    assert not re.search(r"diverg|opposite (risk|direction of)", text)


@pytest.mark.parametrize(("p", "q", "word"), [(0.01, 0.2, "no more"), (0.01, 0.04, "more")])
def test_the_excess_is_claimed_by_its_q(p, q, word):
    text = sentence(of_pair("concordant", q=0.01, p_excess=p, q_excess=q, excess=0.001))
    assert f"this is {word} than the genome-wide correlation predicts (q = {q:.2g}" in text.replace(
        "0.040", "0.04"
    ).replace("0.20", "0.2")


def test_every_call_that_is_used_has_a_definition():
    told = dict(findings.definitions([PAIR]))
    assert list(told) == [call.word for call in READING]
    assert all(told.values())
    alone = dict(findings.definitions([]))
    assert set(alone) == {"up, down", "undetermined", "untestable"}


def test_what_could_have_been_seen_is_at_the_error_rate_of_calls():
    rows = [
        trait_row("a", "BIP", detectable_effect_fdr=0.002),
        trait_row("a", "OCD", detectable_effect_fdr=0.009),
        trait_row("b", "BIP", detectable_effect_fdr=0.004),
        trait_row("b", "OCD", detectable_effect_fdr=np.inf),
        trait_row("c", "BIP", q=np.nan),
        trait_row("c", "OCD", q=np.nan),
    ]
    pairs = [pair_row("a", PAIR), pair_row("b", PAIR), pair_row("c", PAIR, "untestable")]
    bip, ocd, pair = seen(select(made(PAIR, rows, pairs)))
    assert bip == (
        "BIP: an activity of 3.00 × 10⁻³ (median of 2; 2.00 to 4.00) would have been found at a"
        " false discovery rate of 5 % with 80 % power; in 1 of 3 pathways (33 %) no effect of any"
        " size could have been found there."
    )
    assert "9.00 × 10⁻³ would have been found" in ocd
    assert "in 2 of 3 pathways (67 %)" in ocd
    assert pair == (
        "BIP / OCD: both directions must be seen, which takes an activity of 9.00 × 10⁻³ in each"
        " (80 % power in OCD, which sees less); in 1 of 3 pathways (33 %) no effect of any size"
        " could have been called."
    )


def test_nothing_could_have_been_seen():
    rows = [trait_row("a", t, q=np.nan) for t in PAIR]
    told = seen(select(made(PAIR, rows, [pair_row("a", PAIR, "untestable")])))
    assert all("no effect of any size" in text or "in no pathway" in text for text in told)


def variants(*rows):
    """Rows of ``sensitivity``: pathway, variant, call."""
    before = {p: call for p, variant, call in rows if variant == "as analysed"}
    return [
        {
            "collection": "mine",
            "pathway": p,
            "trait_a": PAIR[0],
            "trait_b": PAIR[1],
            "scope": "combined",
            "variant": variant,
            "call": call,
            "changed": "yes" if call != before[p] else "",
        }
        for p, variant, call in rows
    ]


def with_variants(calls, *rows):
    directions = [trait_row(p, t) for p in calls for t in PAIR]
    first = [(p, "as analysed", call) for p, call in calls.items()]
    return made(
        PAIR,
        directions,
        [pair_row(p, PAIR, call) for p, call in calls.items()],
        sensitivity=variants(*first, *rows),
        sets=[sets_of(list(calls), signed=True)],
    )


CALLS = {"a": "opposite", "b": "concordant", **{f"x{k}": "undetermined" for k in range(100)}}


def test_robustness_speaks_of_calls():
    rows = [(p, "no MHC", call) for p, call in CALLS.items() if p != "a"]
    results = with_variants(CALLS, *rows, ("a", "no MHC", "undetermined"), ("a", "PIP", "opposite"))
    first, second = robustness.sensitivity(results, select(results))
    assert first == "Of 2 calls 1 changes under at least one of the 2 variants that could be run."
    assert second == "a: opposite, but undetermined with “no MHC”."


def test_sets_that_get_a_call_are_counted_apart():
    results = with_variants(CALLS, ("a", "PIP", "opposite"), ("x1", "PIP", "unequal"))
    assert robustness.sensitivity(results, select(results)) == (
        "No call changes under the variant that could be run.",
        "1 set without a call has one under the variant.",
    )


def test_roles_ignored_is_a_control_and_no_instability():
    results = with_variants(CALLS, ("a", "PIP", "opposite"), ("a", "roles ignored", "undetermined"))
    told = robustness.sensitivity(results, select(results))
    assert told[0] == "No call changes under the variant that could be run."
    assert told[1].startswith("With roles ignored, a positive control, 1 of 2 calls change")
    nothing = with_variants({"a": "undetermined"}, ("a", "roles ignored", "unequal"))
    assert robustness.sensitivity(nothing, select(nothing)) == ()


def test_changes_that_are_not_named_are_counted():
    calls = {f"s{k}": "opposite" for k in range(20)}
    results = with_variants(calls, *((p, "PIP", "undetermined") for p in calls))
    assert robustness.sensitivity(results, select(results))[-1].startswith("8 more calls change")


def prediction(verdict, **more):
    return {
        "id": "1",
        "statement": "mTOR is raised in BIP.",
        "kind": "direction",
        "verdict": verdict,
        "estimate": 0.002,
        "ci_low": 0.001,
        "ci_high": 0.003,
        "holm_for": 0.01,
        "holm_against": 1.0,
        "excluded_above": 0.003,
        **more,
    }


def test_a_prediction_is_supported_by_predicted_expression_with_effect_and_interval():
    rows = [prediction("supported"), prediction("inconclusive"), prediction("not tested")]
    results = made(PAIR, [trait_row("a", "BIP")], hypotheses=rows)
    supported, open_one = predictions(results)
    assert supported == (
        "“mTOR is raised in BIP” is supported by predicted expression (activity 0.40 %, 95 %"
        " interval 0.20 % to 0.60 %; odds per SD of predicted expression; Holm p 0.010)."
    )
    assert "excluded above 0.60 %" in open_one
    assert supported in manuscript(results)["methods.md"].replace("\\", "")


def test_results_repeat_no_sentence():
    calls = dict.fromkeys([f"s{k}" for k in range(60)], "undetermined")
    calls |= {"t": "opposite", "u": "unequal", "v": "untestable"}
    directions = [
        trait_row(p, t, q=0.01 if p in ("s3", "s4") and t == "BIP" else 1.0, collection=name)
        for name in ("one", "two")
        for p in calls
        for t in PAIR
    ]
    pairs = [
        pair_row(p, PAIR, call, q=0.01, collection=name)
        for name in ("one", "two")
        for p, call in calls.items()
    ]
    results = made(PAIR, directions, pairs, sets=[sets_of(["t"], "one"), sets_of(["t"], "two")])
    paragraph = results_paragraph(results)
    assert "\n" not in paragraph
    sentences = re.split(r"(?<=[^A-Z])\. (?=[A-Z])", paragraph)
    assert paragraph.count("Brackets hold") == 1
    assert "1 untestable (two)." in paragraph
    assert len(set(sentences)) == len(sentences), paragraph
    assert "and 46 more" in paragraph


def test_the_first_screen_says_a_direction_of_one_trait_where_no_pair_has_a_call():
    told = findings.by_themselves(select(of_pair(q_a=0.02)))
    assert told == "Each trait by itself: Complement: down in BIP (q 0.020); OCD cannot tell."
    assert findings.by_themselves(select(of_pair())) == ""
    # A call of directions says it already.
    assert findings.by_themselves(select(of_pair("opposite", q_a=0.02, q_b=0.02))) == ""


def test_the_locus_that_holds_a_call_up_is_named_by_its_genes():
    row = pair_row("Complement", PAIR, "opposite", q=0.01, top_block="1:8100000-10900000")
    row["call_without_top_block"] = "opposite"
    genes = {("Complement", "1:8100000-10900000"): ("MTOR", "CASZ1")}
    (told,) = robustness.support(row, genes)
    assert "(MTOR, CASZ1, 1:8.1–10.9 Mb) the call is the same" in told
