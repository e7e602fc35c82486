"""Texts of options with a form of their own."""

from __future__ import annotations

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathways.commands.types import FORMATS, NAMED, PAIR, PAIR_NUMBER, REGION


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        (NAMED, "ALS=a=b.txt", ("ALS", "a=b.txt")),
        (NAMED, " ALS = 5 ", ("ALS", "5")),
        (PAIR, "ALS, FTD", ("ALS", "FTD")),
        (PAIR_NUMBER, "ALS,FTD=-0.02", (("ALS", "FTD"), -0.02)),
        (PAIR_NUMBER, "a=b,c=1e-3", (("a=b", "c"), 0.001)),
        (REGION, "chr9:26,500,000-28,600,000", ("9:26500000-28600000", ("9", 26500000, 28600000))),
        (FORMATS, "svg", ("svg",)),
        (FORMATS, "PDF, png,pdf", ("pdf", "png")),
        (REGION, "X:1-2", ("X:1-2", ("X", 1, 2))),
    ],
)
def test_forms(form, text, value):
    assert form.convert(text, None, None) == value
    assert form.convert(value, None, None) == value  # as Click gives a default


@pytest.mark.parametrize(
    ("form", "texts"),
    [
        (NAMED, ["", "=", "a=", "=b", "a", " =b"]),
        (PAIR, ["a", "a,", ",", "a,a", "a,b,c", ""]),
        (PAIR_NUMBER, ["a,b", "a,b=", "a,b=x", "a,b=nan", "a,b=inf", "a=1", "a,a=1", "a,b=1_0"]),
        (FORMATS, ["", "jpg", "svg,", "svg;pdf", "none"]),
        (REGION, ["9:5-5", "9:6-5", "9:,-5", "chrZ:1-2", "9:1", "1-2", "9:-5-6", "100:1-2"]),
    ],
)
def test_what_does_not_fit_names_the_form(form, texts):
    for text in texts:
        with pytest.raises(click.BadParameter) as error:
            form.convert(text, None, None)
        assert form.name in str(error.value)
        assert repr(text) in str(error.value)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_region_has_its_bounds_in_order(start, end):
    found = REGION.read(f"chr1:{start}-{end}")
    assert (found is None) == (start >= end)
    if found:
        assert found[1] == ("1", start, end)


def test_an_option_that_does_not_fit_is_a_usage_error():
    from click.testing import CliRunner

    @click.command()
    @click.option("--overlap", type=PAIR_NUMBER, multiple=True)
    def command(overlap):
        click.echo(repr(overlap))

    assert "(('a', 'b'), 0.5)" in CliRunner().invoke(command, ["--overlap", "a,b=0.5"]).output
    result = CliRunner().invoke(command, ["--overlap", "a=0.5"])
    assert result.exit_code == 2
    assert "--overlap" in result.output
