"""Every figure of the registry: legible at both widths, where it applies, the same every time."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure as Canvas

from pathways.report.figures.make_figures import caption_of
from pathways.report.figures.save import draw, render
from pathways.report.figures.style import COLUMN, PAGE
from pathways.report.registry import BY_NAME, FIGURES, FORMATS
from pathways.report.selection import collections, select
from tests.pathways.report import figure_checks as checks

NAMES = (
    *("activity", "plane", "heatmap", "qq", "balance", "circuits"),
    *("genes", "influence", "gsea"),
)


def applies(name, results, pathway=None):
    figure = BY_NAME[name]
    return figure.applies(results, collections(results)[0], pathway)


def of(case, request):
    made = getattr(checks, case, None)
    return made() if made else request.getfixturevalue(case)


def test_registry_has_every_figure_once():
    assert tuple(figure.name for figure in FIGURES) == NAMES
    assert len({figure.title for figure in FIGURES}) == len(FIGURES)
    assert all(figure.needs and figure.caption for figure in FIGURES)
    assert {figure.over for figure in FIGURES} <= {"run", "collection", "pair", "pathway"}


@pytest.mark.parametrize("width", [COLUMN, PAGE], ids=["89 mm", "183 mm"])
@pytest.mark.parametrize("case", ["full", "three", "large", "hostile", "one_trait", "nothing"])
def test_nothing_is_small_cut_off_or_covered(case, width, request):
    results = of(case, request)
    shown = 0
    for figure in FIGURES:
        if applies(figure.name, results):
            ax = draw(figure.function, results, width=width)
            assert ax.get_figure(root=True).get_figwidth() == pytest.approx(width)
            assert ax.get_figure(root=True).get_figheight() < 240 / 25.4
            assert checks.faults(ax) == [], figure.name
            shown += 1
    assert shown >= 3


@pytest.mark.parametrize("name", NAMES)
def test_a_given_axes_is_drawn_on_and_returned(name):
    results = checks.large() if name == "qq" else checks.full()
    canvas = Canvas(figsize=(PAGE, 4))
    left, right = canvas.subplots(1, 2)
    assert BY_NAME[name].function(results, right) is right
    assert not left.has_data()
    assert right.has_data()
    assert right.get_xlabel()
    assert ("SIMULATED" in right.get_title(loc="right")) == results.parameters.simulated


@pytest.mark.parametrize("name", NAMES)
def test_equal_results_give_equal_bytes(name):
    results = checks.large() if name == "qq" else checks.full()
    for ending in FORMATS:
        images = [render(checks.drawn(name, results, width=COLUMN), ending) for _ in range(2)]
        assert images[0] == images[1], ending
        assert len(images[0]) > 3000


@pytest.mark.parametrize(
    ("case", "missing"),
    [
        ("full", {"qq", "influence"}),  # no locus moves a set
        ("three", {"qq", "influence"}),
        ("large", {"heatmap", "influence", "gsea"}),
        ("six_loci", {"qq", "heatmap", "gsea"}),
        ("nothing", {"qq", "heatmap", "influence", "gsea"}),
        ("one_trait", {"qq", "heatmap", "influence", "gsea", "plane"}),
    ],
)
def test_a_figure_applies_where_the_run_has_what_it_needs(case, missing, request):
    results = of(case, request)
    assert {name for name in NAMES if not applies(name, results)} == missing


def test_figures_of_a_pathway_apply_to_it_alone():
    assert applies("influence", checks.six_loci(), "fragile")
    assert not applies("influence", checks.full(), "null")
    assert applies("genes", checks.full(), "null")
    assert not applies("genes", checks.full(), "nowhere")


@pytest.mark.parametrize("name", ["balance", "circuits"])
def test_what_is_of_the_run_is_drawn_once(name):
    results = checks.large()
    drawn = [BY_NAME[name].applies(results, each, None) for each in collections(results)]
    assert drawn == [True, False]


def test_a_caption_says_nothing_of_what_is_not_drawn(planted, one_trait):
    (figure,) = (figure for figure in FIGURES if figure.name == "activity")
    assert "if opposite, or if shared" in caption_of(figure, select(planted))
    assert "opposite" not in caption_of(figure, select(one_trait))
