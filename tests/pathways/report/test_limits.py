"""How far an answer reaches: what could have been seen, and calls under other choices."""

from __future__ import annotations

import numpy as np

from pathways.report.selection import select
from pathways.report.words.limits import seen, sensitivity
from tests.pathways.report.made_results import made, pair_row, sets_of, trait_row

PAIR = ("BIP", "OCD")


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
    first, second = sensitivity(results, select(results))
    assert first == "Of 2 calls 1 changes under at least one of the 2 variants that could be run."
    assert second == "a: opposite, but undetermined with “no MHC”."


def test_sets_that_get_a_call_are_counted_apart():
    results = with_variants(CALLS, ("a", "PIP", "opposite"), ("x1", "PIP", "unequal"))
    assert sensitivity(results, select(results)) == (
        "No call changes under the variant that could be run.",
        "1 set without a call has one under the variant.",
    )


def test_roles_ignored_is_a_control_and_no_instability():
    results = with_variants(CALLS, ("a", "PIP", "opposite"), ("a", "roles ignored", "undetermined"))
    told = sensitivity(results, select(results))
    assert told[0] == "No call changes under the variant that could be run."
    assert told[1].startswith("With roles ignored, a positive control, 1 of 2 calls change")
    nothing = with_variants({"a": "undetermined"}, ("a", "roles ignored", "unequal"))
    assert sensitivity(nothing, select(nothing)) == ()


def test_changes_that_are_not_named_are_counted():
    calls = {f"s{k}": "opposite" for k in range(20)}
    results = with_variants(calls, *((p, "PIP", "undetermined") for p in calls))
    assert sensitivity(results, select(results))[-1].startswith("8 more calls change")
