"""The report in a real browser: no error, no request, answers, sorts, filters, tells, prints."""

from __future__ import annotations

import re
import shutil
import unicodedata

import pytest

from pathways.report import write_report
from tests.pathways.report.conftest import HOSTILE
from tests.pathways.report.made_results import made, pair_row, trait_row

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium (apt-get install chromium)")


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(
    params=[
        *("planted", "hostile", "nothing", "one_trait"),
        pytest.param("many", marks=pytest.mark.slow),
    ]
)
def case(request):
    return request.param


@pytest.fixture
def opened(browser, case, report_of):
    """A page with its report; fails if it complains or asks for anything."""
    folder = report_of(case)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    seen = []
    page.on("console", lambda message: seen.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("dialog", lambda dialog: seen.append(dialog.message))
    page.on("request", lambda request: seen.append(request.url))
    page.goto((folder / "report.html").as_uri())
    assert seen.pop(0).endswith("report.html")
    yield page, seen
    assert seen == []
    context.close()


def test_opens_in_two_widths_without_scrolling_sideways(opened):
    page, _ = opened
    for width in (1280, 400):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("svg").count() >= 1


def test_sorts_and_filters(opened):
    page, _ = opened
    page.wait_for_function(
        "() => [...document.querySelectorAll('#tables table.large')].every(t => t.tHead)"
    )
    # Small tables are sorted in place, of large ones DataTables shows a page.
    table = page.locator("#tables table.sortable, #tables table.large").first
    rows = table.locator("tbody tr:visible:not(:has(td.dt-empty))")
    n = rows.count()
    assert n > 0
    heading = table.locator("th", has_text="genes tested").first
    control = heading.locator("button, [role=button]").first
    control.click()
    sync_api.expect(heading).to_have_attribute("aria-sort", "ascending")
    column = heading.evaluate("th => th.cellIndex")
    shown = [number(row.locator("th, td").nth(column).inner_text()) for row in rows.all()]
    assert shown == sorted(shown)
    control.press("Enter")
    sync_api.expect(heading).to_have_attribute("aria-sort", "descending")
    search = page.locator("#tables input[type=search]").first
    search.fill("no such pathway")
    sync_api.expect(rows).to_have_count(0)
    search.fill("")
    sync_api.expect(rows).to_have_count(n)


def test_tells_about_a_point_by_mouse_and_keyboard(opened):
    page, _ = opened
    tooltip = page.locator("#tooltip")
    assert tooltip.is_hidden()
    point = page.locator("svg .tip").first
    point.hover(force=True)
    assert "activity" in tooltip.inner_text()
    page.keyboard.press("Escape")
    assert tooltip.is_hidden()
    page.locator("svg .tip").first.focus()
    assert "activity" in tooltip.inner_text()


def test_reads_without_scripts(browser, report_of):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((report_of("planted") / "report.html").as_uri())
    assert "1 opposite, 1 concordant" in page.locator("#answer").inner_text()
    assert page.locator("svg title").count() >= 6


def test_the_answer_is_seen_without_scrolling(opened):
    page, _ = opened
    for what in ("#answer .headline", "#answer .large svg"):
        box = page.locator(what).first.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 900, what


def contrast(page, one, two):
    """WCAG contrast of two colours as a browser writes them."""
    script = """colours => colours.map(colour => {
      const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(Number).map(c => c / 255);
      const linear = parts.map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
      return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    })"""
    low, high = sorted(page.evaluate(script, [one, two]))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("case", ["planted", "many"], indirect=True)
def test_focus_is_seen(opened):
    page, _ = opened
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        style = page.evaluate(
            "() => { const a = document.activeElement, s = getComputedStyle(a);"
            " return [a.tagName, s.outlineStyle, s.outlineWidth, s.outlineColor]; }"
        )
        if style[0] == "BODY":
            break
        seen.add(style[0])
        assert style[1] != "none", style
        assert float(style[2].removesuffix("px")) >= 2, style
        assert contrast(page, style[3], "rgb(255, 255, 255)") >= 3, style
    assert {"A", "DIV"} <= seen


@pytest.mark.parametrize("case", ["many"], indirect=True)
def test_a_large_table_is_searched_sorted_and_filtered_by_keyboard(opened):
    page, _ = opened
    page.locator("#divergence-many-tools").wait_for()
    table = page.locator("table#divergence-many")
    tools = page.locator("#divergence-many-tools")
    rows = table.locator("tbody tr")
    sync_api.expect(rows).to_have_count(25)
    assert table.locator("thead th").count() <= 10

    tools.locator("input[type=search]").focus()
    page.keyboard.type("number 117")
    sync_api.expect(rows).to_have_count(1)
    assert "number 117" in rows.first.inner_text()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")

    heading = table.locator("th", has_text="q call")
    column = heading.evaluate("th => th.cellIndex")
    heading.locator("[role=button]").focus()
    page.keyboard.press("Enter")
    sync_api.expect(heading).to_have_attribute("aria-sort", "ascending")
    up = [number(row.locator("th, td").nth(column).inner_text()) for row in rows.all()]
    assert up == sorted(up)
    page.keyboard.press("Enter")
    sync_api.expect(heading).to_have_attribute("aria-sort", "descending")

    tools.locator("select").focus()
    page.keyboard.type("opp")
    sync_api.expect(rows.first.locator(".call")).to_have_text("opposite")
    calls = {row.locator(".call").inner_text() for row in rows.all()}
    assert calls == {"opposite"}

    tools.locator("summary").focus()
    page.keyboard.press("Enter")
    boxes = tools.locator("input[type=checkbox]")
    shown = table.locator("thead th").count()
    boxes.nth(next(k for k in range(boxes.count()) if not boxes.nth(k).is_checked())).focus()
    page.keyboard.press("Space")
    assert table.locator("thead th").count() == shown + 1


@pytest.mark.parametrize("case", ["many"], indirect=True)
def test_a_large_table_keeps_its_head_and_sorts_fast(opened):
    page, _ = opened
    page.locator("#divergence-many-tools").wait_for()
    frame = page.locator(".wide:has(#divergence-many)")
    frame.evaluate("frame => { frame.scrollTop = 300; }")
    head, box = frame.locator("thead th").first.bounding_box(), frame.bounding_box()
    assert abs(head["y"] - box["y"]) <= 2
    taken = page.evaluate(
        "() => { const api = new DataTable.Api('#divergence-many'), start = performance.now();"
        " api.order([3, 'desc']).draw(); return performance.now() - start; }"
    )
    assert taken < 300


@pytest.mark.slow
def test_thousands_of_sets_paint_and_sort_fast(browser, tmp_path, record_property):
    """2,694 sets of which one is called: the size of the page, its first paint, a sort."""
    sets = [f"Regulation of the process number {k} by its upstream partners" for k in range(2694)]
    calls = ["opposite" if k == 1000 else "undetermined" for k in range(len(sets))]
    directions = [
        trait_row(name, trait, q=0.001 if call == "opposite" else 0.9, p_direction=0.5)
        for name, call in zip(sets, calls, strict=True)
        for trait in ("BIP", "OCD")
    ]
    divergence = [
        pair_row(name, ("BIP", "OCD"), call, q=0.001 if call == "opposite" else 0.9)
        for name, call in zip(sets, calls, strict=True)
    ]
    write_report(made(("BIP", "OCD"), directions, divergence), tmp_path)
    report = tmp_path / "report.html"
    size = report.stat().st_size
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(report.as_uri())
    page.locator("#divergence-mine-tools").wait_for()
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    sort = page.evaluate(
        "() => { const api = new DataTable.Api('#divergence-mine'), start = performance.now();"
        " api.order([3, 'desc']).draw(); return performance.now() - start; }"
    )
    measured = f"report {size / 1e6:.2f} MB, first paint {paint:.0f} ms, sort {sort:.0f} ms"
    record_property("measured", measured)
    assert size < 2.5e6, measured
    assert paint < 1000, measured
    assert sort < 300, measured


@pytest.mark.parametrize("case", ["planted"], indirect=True)
def test_a_figure_is_one_tab_stop_and_arrows_go_on(opened):
    page, _ = opened
    figure = page.locator("#answer .large svg").first
    assert figure.locator("[tabindex='0']").count() == 1
    figure.locator(".tip").first.focus()
    first = page.locator("#tooltip").inner_text()
    page.keyboard.press("ArrowRight")
    second = page.locator("#tooltip").inner_text()
    assert "activity" in second
    assert second != first
    page.keyboard.press("Home")
    assert page.locator("#tooltip").inner_text() == first


def number(text):
    """A printed number."""
    plain = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").replace(",", "")
    return float(re.sub(r" × 10(.+)", r"e\1", plain))


@pytest.mark.parametrize("case", ["hostile"], indirect=True)
def test_hostile_names_are_text(opened):
    page, _ = opened
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 1
    assert HOSTILE[0] in page.locator("h1").inner_text()


@pytest.mark.parametrize("case", ["planted"], indirect=True)
def test_prints(opened):
    page, _ = opened
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
