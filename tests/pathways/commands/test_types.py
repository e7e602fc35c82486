"""Texts of options with a form of their own."""

from __future__ import annotations

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathways.commands.main import main
from pathways.commands.types import (
    FORMATS,
    NAMED,
    NAMED_NUMBER,
    NUMBER_OF_SOME,
    PAIR,
    PAIR_NUMBER,
    SHARE,
)


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        (NAMED, "ALS=a=b.txt", ("ALS", "a=b.txt")),
        (NAMED, " ALS = 5 ", ("ALS", "5")),
        (PAIR, "ALS, FTD", ("ALS", "FTD")),
        (PAIR_NUMBER, "ALS,FTD=-0.02", (("ALS", "FTD"), -0.02)),
        (PAIR_NUMBER, "a=b,c=1e-3", (("a=b", "c"), 0.001)),
        (NAMED_NUMBER, "a=b = .5", ("a=b", 0.5)),
        (NUMBER_OF_SOME, "0.002", ("", 0.002)),
        (NUMBER_OF_SOME, "ALS=0.002", ("ALS", 0.002)),
        (SHARE, "3/12", (3, 12)),
        (FORMATS, "svg", ("svg",)),
        (FORMATS, "PDF, png,pdf", ("pdf", "png")),
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
        (NAMED_NUMBER, ["", "=1", "a", "a=", "a=x", "a=nan", "a=-inf", "a=1_0", "a=1e999"]),
        (NUMBER_OF_SOME, ["", "x", "nan", "a=", "=0.1"]),
        (SHARE, ["0/4", "5/4", "1", "1/0", "a/b", "1/-2", "1.0/2"]),
    ],
)
def test_what_does_not_fit_names_the_form(form, texts):
    for text in texts:
        with pytest.raises(click.BadParameter) as error:
            form.convert(text, None, None)
        assert form.name in str(error.value)
        assert repr(text) in str(error.value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_is_read_as_it_is_written(x):
    assert NAMED_NUMBER.read(f"a={x!r}") == ("a", x)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("power --n-eff A", "'--n-eff': 'A': expected NAME=VALUE"),
        ("power --n-eff A=5 --n-eff A=6", "--n-eff gives A twice"),
        ("power --n-eff A=5 --dispersion A=big", "'--dispersion': 'A=big': expected NAME=X"),
        ("power --n-eff A=5 --n-eff B=5 --rg A=1", "'--rg': 'A=1': expected NAME,NAME=X"),
        ("simulate --out o --trait A=5 --plant A:mtor=x", "'--plant': 'A:mtor=x': expected"),
        ("simulate --out o --trait A=5 --polygenic x", "'--polygenic': 'x': expected X or NAME=X"),
        ("simulate --out o --trait A=5 --rg A,B=1 --rg A,B=0", "--rg gives A,B twice"),
        ("run --out o --trait a.tsv", "'--trait': 'a.tsv': expected NAME=VALUE"),
        ("run --out o --trait A=a --intercept A=one", "'--intercept': 'A=one': expected NAME=X"),
        ("run --out o --trait A=a --n-eff A=5 --n-eff A=6", "--n-eff gives A twice"),
        ("run --out o --trait A=a --overlap A,A=1", "'--overlap': 'A,A=1': expected NAME,NAME=X"),
        ("run --out o --trait A=a --columns A:z", "--columns 'z': expected NAME=VALUE"),
        ("impute --out o --gwas a.tsv --models m", "'--gwas': 'a.tsv': expected NAME=VALUE"),
        ("impute --out o --gwas A=a --models m --h2 A=x", "'--h2': 'A=x': expected NAME=X"),
        ("impute --out o --gwas A=a --models m --columns B:z=Z", "--columns 'B:z=Z': 'B' is no"),
        ("atlas m.tsv --out o --chunk 3/2", "'--chunk': '3/2': expected K/N"),
    ],
)
def test_what_a_command_says(arguments, said, tmp_path, monkeypatch):
    from click.testing import CliRunner

    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, arguments.split())
    assert result.exit_code == 2
    assert said in result.stderr
    assert not list(tmp_path.iterdir())


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
