"""Sentences: a trait's own direction stays, "cannot tell" has its bounds, claims use q."""

from __future__ import annotations

import re

import pytest

from pathways.calls.vocabulary import READING
from pathways.report.pages.manuscript import manuscript
from pathways.report.pages.view import page
from pathways.report.selection import select
from pathways.report.words import findings, headline, whole_run
from tests.pathways.report.made_results import made, pair_row, trait_row
from twas.study.universe import UNIT

PAIR = ("BIP", "OCD")


def of_pair(call="undetermined", *, q_a=1.0, q_b=1.0, name="Complement", **more):
    """A run of one set."""
    rows = [trait_row(name, "BIP", q=q_a, activity=-0.003), trait_row(name, "OCD", q=q_b)]
    return made(PAIR, rows, [pair_row(name, PAIR, call, **more)])


def sentence(results):
    (finding,) = findings.findings(select(results)).values()
    return finding.sentence


def test_a_direction_stays_when_a_second_trait_is_added():
    told = "down in BIP (q 0.020); OCD cannot tell"
    results = of_pair(q_a=0.02)
    assert f"Each trait by itself: {told}." in sentence(results)
    text = manuscript(results, page(results, ()))["methods.md"]
    assert f"Complement: {told} (undetermined as a pair)." in text
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
    text = headline.headline(select(of_pair()))
    assert "not evidence of no difference: if opposite, the weaker effect is below 0.18 %" in text
    one = made(("BIP",), [trait_row("a", "BIP"), trait_row("b", "BIP")])
    assert "no effect: activities beyond 0.60 % odds per SD" in headline.headline(select(one))


def test_the_answer_names_the_pathways_with_a_call():
    told = headline.called_by_name(select(of_pair("opposite", activity_a=-0.3, activity_b=0.2)))
    assert told == "Complement is opposite (BIP down, OCD up)."
    told = headline.called_by_name(select(of_pair("discordant", q=0.01)))
    assert told == "Complement is discordant."
    assert headline.called_by_name(select(of_pair("unequal"))) == ""
    rows = [trait_row(name, trait) for name in "abcde" for trait in PAIR]
    calls = [pair_row(name, PAIR, "discordant", q=k / 99) for k, name in enumerate("edcba", 1)]
    told = headline.called_by_name(select(made(PAIR, rows, calls)))
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
    text = " ".join([sentence(of_pair("unequal")), headline.headline(select(of_pair("unequal")))])
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
    told = dict(whole_run.definitions([PAIR]))
    assert list(told) == [call.word for call in READING]
    assert all(told.values())
    alone = dict(whole_run.definitions([]))
    assert set(alone) == {"up, down", "undetermined", "untestable"}


def test_the_first_screen_says_a_direction_of_one_trait_where_no_pair_has_a_call():
    told = headline.by_themselves(select(of_pair(q_a=0.02)))
    assert told == "Each trait by itself: Complement: down in BIP (q 0.020); OCD cannot tell."
    assert headline.by_themselves(select(of_pair())) == ""
    # A call of directions says it already.
    assert headline.by_themselves(select(of_pair("opposite", q_a=0.02, q_b=0.02))) == ""
