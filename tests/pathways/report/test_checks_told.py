"""Every check of the list, made to fire, is told in inspect, run, run.json, report and methods."""

import html
import json
import re
import string
from dataclasses import asdict, replace

import pandas as pd
import pytest

from pathways.commands.console import in_options, say
from pathways.job import Job
from pathways.output.machine import run_record
from pathways.report.pages.html import render
from pathways.report.pages.manuscript import manuscript
from pathways.report.pages.view import page
from twas.checks import CHECKS, fact, is_on_method
from twas.inspection.file_summary import summarise
from twas.inspection.inspection import Inspection, as_text
from twas.reading.table import table_from_frame

GENES = ("MTOR", "RPTOR", "TSC2", "AKT1", "RHEB", "HLA-A")


def fired(topic):
    """The fact of a check, with a word of its own for each of its names."""
    names = {}
    for _, name, spec, _ in string.Formatter().parse(CHECKS[topic].message):
        if name is not None and spec:
            names[name] = 7 if spec[-1] in ",d" else 0.5
        elif name is not None:
            names.setdefault(name, f"word-{name}")
    return fact(topic, 3, about="ALS", **names)


FIRED = {topic: fired(topic) for topic in CHECKS}


def plain(text):
    """Text without marks of HTML or Markdown, nor line ends."""
    text = html.unescape(re.sub(r"<[^>]+>", "", text)).replace("\\", "")
    return " ".join(re.sub(r"[`*]", "", in_options(text)).split())


@pytest.fixture(scope="module")
def results(one_trait):
    return replace(one_trait, quality=one_trait.quality + list(FIRED.values()))


@pytest.fixture(scope="module")
def texts(results):
    """What each place says."""
    told = page(results, ())
    record = json.loads(run_record(results, asdict(Job({"ALS": ["a"]}, "out")), 0.0))
    return {
        "run.json": "\n".join(record["warnings"]),
        "report": plain(render(told)),
        "methods": plain(manuscript(results, told)["methods.md"].partition("# Results")[0]),
    }


@pytest.fixture(scope="module")
def inspected():
    frame = pd.DataFrame({"gene": GENES, "z": [0.5, -1.0, 2.0, -0.75, 1.5, -0.2]})
    table = replace(table_from_frame(frame, "ALS"), facts=tuple(FIRED.values()))
    summary, _ = summarise("ALS", "ALS", table)
    empty = pd.DataFrame({c: [] for c in ("group", "a", "b", "n_genes", "r")})
    return as_text(Inspection((summary,), (), (), empty, empty, empty))


@pytest.mark.parametrize("topic", CHECKS)
def test_inspect_tells_it(topic, inspected):
    assert in_options(FIRED[topic].sentence) in in_options(inspected)


def test_the_screen_of_a_run_tells_all(results, capsys):
    say(results, "out", quiet=False, verbose=False)
    told = capsys.readouterr().err
    for found in FIRED.values():
        assert in_options(f"{found.level}: ALS: {found.sentence}") in told


@pytest.mark.parametrize("topic", CHECKS)
def test_run_json_tells_it(topic, texts):
    assert f"ALS: {FIRED[topic].sentence}" in texts["run.json"]


@pytest.mark.parametrize("topic", CHECKS)
def test_the_report_tells_it(topic, texts):
    found = FIRED[topic]
    # A warning is a sentence; a note is a row of the table of all facts, its count in a cell.
    said = found.sentence if found.level == "warning" else found.message
    assert plain(said) in texts["report"]


@pytest.mark.parametrize("topic", CHECKS)
def test_methods_tell_it_where_it_bears_on_them(topic, texts):
    said = plain(FIRED[topic].sentence.partition("; ")[0])
    assert (said in texts["methods"]) == is_on_method(topic)
