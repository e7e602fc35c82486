"""Files of figures: text stays editable, nothing in them tells the time."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from pathways.report.figures.save import draw, save
from pathways.report.figures.style import style
from pathways.report.pages.overview import answer
from pathways.report.registry import FIGURES, FORMATS
from pathways.report.selection import collections, select
from pathways.report.words.findings import findings
from tests.pathways.report import figure_checks as checks

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    "case",
    [
        *(pytest.param(case, marks=pytest.mark.slow) for case in ("full", "large")),
        *("hostile", "nothing", "one_trait"),
    ],
)
def test_text_stays_text_and_files_hold_no_date(case, request, tmp_path):
    made = getattr(checks, case, None)
    results = made() if made else request.getfixturevalue(case)
    collection = collections(results)[0]
    figures = [f for f in FIGURES if f.applies(results, collection, None)]
    assert len(figures) >= 3
    for figure in figures:
        ax = draw(figure.function, results, collection=collection)
        image = ET.fromstring(save(ax, tmp_path, figure.name, FORMATS))
        words = [text.text for text in image.iter(f"{SVG}text")]
        assert len(words) > 3
        with style():  # ticks are placed anew when they are asked for
            labels = ax.get_xticklabels()
        assert any(label.get_text() in words for label in labels)
        assert image.findall(f".//{SVG}image") == []
        assert all((tmp_path / f"{figure.name}.{ending}").is_file() for ending in FORMATS)
        pdf = (tmp_path / f"{figure.name}.pdf").read_bytes()
        assert b"/Type0" in pdf  # fonts embedded as TrueType (type 42), not as drawings
        assert b"CreationDate" not in pdf


def test_activity_names_every_pathway_and_call(planted, tmp_path):
    ax = draw(FIGURES[0].function, planted)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["turned", "shared", "null"]
    # Below a call without directions of both stand its bounds.
    words = [text.get_text() for text in ax.texts]
    calls = {text.split()[-1] for text in words if not text.startswith("opposite <")}
    assert calls == {"opposite", "concordant", "undetermined"}
    tips = [t.text for t in ET.fromstring(save(ax, tmp_path, "a")).iter(f"{SVG}title")]
    assert len(tips) == 6
    assert tips[0].startswith("turned, ALS: activity")


def test_what_stands_beside_the_call_of_a_pair_is_on_the_genes_of_both():
    """Bounds come of the intervals that are drawn: on its own genes a trait has others."""
    results = checks.full()
    chosen = select(results)
    ax = checks.drawn("activity", results)
    apart = 0
    for pathway in chosen.pathways:
        row = chosen.divergence[pathway, "ALS", "FTD"]
        for side, trait in zip("ab", ("ALS", "FTD"), strict=True):
            value = chosen.scale.of(row[f"activity_{side}"])
            (point,) = checks.points(ax, f"{pathway}, {trait}")
            assert point[0] == pytest.approx(value)
            apart += chosen.directions[pathway, trait]["activity"] != row[f"activity_{side}"]
            assert chosen.scale.text(row[f"activity_{side}"]) in " ".join(
                cell for line in answer(chosen, findings(chosen), {}).rows for cell in line.cells
            )
    assert apart > 0


def test_of_three_traits_each_stands_by_itself():
    results = checks.three()
    chosen = select(results)
    for (pathway, trait), own in chosen.directions.items():
        assert chosen.shown[pathway][trait] is own
