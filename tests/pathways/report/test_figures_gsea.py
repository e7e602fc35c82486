"""The running sum: the definition, and the same leading edge as GSEApy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathways.report.figures.gsea import Curve, _curve, corners, running_sum
from pathways.results import read_results
from tests.pathways.report import figure_checks as checks
from tests.pathways.report.conftest import make_study
from twas.errors import UsageError


@given(
    st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=3, max_size=40).filter(
        lambda rows: any(m and e for e, m in rows) and not all(m for _, m in rows)
    )
)
def test_running_sum_follows_the_definition(rows):
    rows = sorted(rows, key=lambda row: -row[0])
    effect, member = np.array([e for e, _ in rows]), np.array([m for _, m in rows])
    total = sum(abs(e) for e, m in rows if m)
    level, want = 0.0, []
    for e, m in rows:
        level += abs(e) / total if m else -1 / (~member).sum()
        want.append(level)
    found = running_sum(effect, member)
    assert found == pytest.approx(want, abs=1e-9)
    assert found[-1] == pytest.approx(0, abs=1e-9)
    # The corners are all that is needed to draw it.
    curve = Curve(found, np.flatnonzero(member))
    keep = corners(curve)
    x = np.arange(len(found))
    assert np.interp(x, x[keep], found[keep]) == pytest.approx(found, abs=1e-9)


@pytest.mark.parametrize("trait", ["ALS", "FTD"])
def test_leading_edge_and_sign_are_those_of_gseapy(trait):
    results = checks.full()
    rows = results.tables["leading_edge"].query("trait == @trait")
    scores = results.directions.query("trait == @trait and scope == 'combined'")
    for pathway, nes in zip(scores["pathway"], scores["nes"], strict=True):
        inside = rows[rows["pathway"] == pathway]
        curve = _curve(inside)
        assert np.sign(curve.running[curve.peak]) == np.sign(nes)
        # GSEApy's own list of leading genes against the running sum drawn here.
        assert curve.leading.tolist() == (inside["leading"] == "yes").tolist()
        assert len(curve.places) == 60


def test_ranks_are_those_of_the_study():
    results = checks.full()
    study = make_study(checks.full_inputs()[0])
    view = study.universe(("ALS",))
    rows = results.tables["leading_edge"].query("trait == 'ALS' and role > 0")
    symbols = study.genes["symbol"].to_numpy()[view.genes]
    effect = dict(zip(symbols, view.effect[0], strict=True))
    assert rows["effect"].tolist() == [effect[gene] for gene in rows["gene"]]
    above = [(view.effect[0] > value).sum() for value in rows["effect"]]
    # Members of role -1 move when they are reversed, nothing else does.
    assert (np.abs(rows["rank"].to_numpy() - 1 - above) <= 60).all()
    assert (rows["n_ranked"] == len(view.genes)).all()


def test_scores_and_leading_edge_are_on_the_figure():
    results = checks.full()
    ax = checks.drawn("gsea", results, pathway="turned")
    rows = results.directions.query("pathway == 'turned' and scope == 'combined'")
    for text, row in zip(ax.get_legend().get_texts(), rows.to_dict("records"), strict=True):
        assert text.get_text().startswith(f"{row['trait']}: NES ")
        assert checks.shown_numbers(text.get_text())[0] == pytest.approx(row["nes"], abs=0.01)
    ticks = {
        alpha: sum(len(c.get_segments()) for c in ax.collections if c.get_alpha() == alpha)
        for alpha in (0.35, 1.0)
    }
    assert ticks[0.35] + ticks[1.0] == 2 * 60
    assert ticks[1.0] > ticks[0.35]  # planted: most members lead
    assert "leading edge" in ax.get_xlabel()


def test_the_peak_is_the_score():
    curve = Curve(np.array([0.2, 0.1, -0.5, 0.0]), np.array([0, 3]))
    assert curve.peak == 2
    assert curve.leading.tolist() == [False, True]
    assert Curve(np.array([0.5, -0.5]), np.array([0])).peak == 0


def test_saved_results_are_drawn_alike(tmp_path):
    results = checks.full()
    saved = read_results(results.write(tmp_path / "out", report=False))
    first, second = (checks.drawn("gsea", r, pathway="turned") for r in (results, saved))
    for one, other in zip(first.lines, second.lines, strict=True):
        assert one.get_xydata() == pytest.approx(other.get_xydata())


def test_without_gsea_there_is_no_running_sum():
    with pytest.raises(UsageError, match="GSEA was not run"):
        checks.drawn("gsea", checks.large())
