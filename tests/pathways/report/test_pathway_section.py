"""The section of a pathway: what holds its calls up."""

from __future__ import annotations

from pathways.report.pages.pathway import support
from pathways.report.selection import select
from tests.pathways.report.made_results import made, pair_row, trait_row

PAIR = ("BIP", "OCD")


def test_the_locus_that_holds_a_call_up_is_named_by_its_genes():
    row = pair_row("Complement", PAIR, "opposite", q=0.01, top_block="1:8100000-10900000")
    row["call_without_top_block"] = "opposite"
    chosen = select(made(PAIR, [trait_row("Complement", trait) for trait in PAIR], [row]))
    genes = {("Complement", "1:8100000-10900000"): ("MTOR", "CASZ1")}
    (told,) = support(chosen.both["Complement"][0], genes)
    assert "(MTOR, CASZ1, 1:8.1–10.9 Mb) the call is the same" in told
