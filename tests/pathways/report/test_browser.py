"""The report in a real browser: no error, no request, sorts, filters, tells, prints."""

from __future__ import annotations

import shutil

import pytest

from tests.pathways.report.conftest import HOSTILE

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium (apt-get install chromium)")


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=["planted", "hostile", "nothing", "one_trait"])
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
    table = page.locator("#tables table.sortable").first
    rows = table.locator("tbody tr")
    heading = table.locator("th", has_text="genes tested").first
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    column = heading.evaluate("th => th.cellIndex")
    shown = [float(r.locator("th, td").nth(column).get_attribute("data-v")) for r in rows.all()]
    assert shown == sorted(shown)
    heading.locator("button").press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    page.locator("#tables input[type=search]").first.fill("no such pathway")
    assert table.locator("tbody tr:visible").count() == 0
    page.locator("#tables input[type=search]").first.fill("")
    assert table.locator("tbody tr:visible").count() == rows.count()


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
