"""Figures: each returns its Axes, draws its labels, and stays editable."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from matplotlib.figure import Figure as Canvas

from pathways.report.figures import FIGURES
from pathways.report.figures.save import FORMATS, draw, save

SVG = "{http://www.w3.org/2000/svg}"


def drawn(figure, results):
    collection = results.directions["collection"].iloc[0]
    if not figure.applies(results, collection, None):
        pytest.skip(f"{figure.name} does not apply to this run")
    return draw(figure.function, results, collection=collection)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_figure_takes_and_returns_an_axes(figure, planted):
    drawn(figure, planted)
    ax = Canvas().subplots()
    assert figure.function(planted, ax) is ax
    assert ax.get_xlabel()
    assert "SIMULATED" in ax.get_title(loc="right")


@pytest.mark.parametrize("case", ["planted", "hostile", "nothing", "one_trait"])
@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_figure_keeps_text_as_text(figure, case, request, tmp_path):
    ax = drawn(figure, request.getfixturevalue(case))
    image = ET.fromstring(save(ax, tmp_path, figure.name))
    words = [text.text for text in image.iter(f"{SVG}text")]
    assert len(words) > 3
    assert any(label.get_text() in words for label in ax.get_xticklabels())
    assert image.findall(f".//{SVG}image") == []
    assert sorted(p.suffix[1:] for p in tmp_path.iterdir()) == sorted(FORMATS)
    pdf = (tmp_path / f"{figure.name}.pdf").read_bytes()
    assert b"/Type0" in pdf  # fonts embedded as TrueType (type 42), not as drawings
    assert b"CreationDate" not in pdf


def test_activity_names_every_pathway_and_call(planted, tmp_path):
    ax = drawn(FIGURES[0], planted)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["turned", "shared", "null"]
    calls = {text.get_text().split()[-1] for text in ax.texts}
    assert calls == {"opposite", "concordant", "undetermined"}
    tips = [t.text for t in ET.fromstring(save(ax, tmp_path, "a")).iter(f"{SVG}title")]
    assert len(tips) == 6
    assert tips[0].startswith("turned, ALS: activity")
