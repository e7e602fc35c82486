"""The report of an atlas in a real browser: no error, no request, searched and drawn anew."""

import shutil

import pytest
from atlas_files import HERE

from pathways.atlas.making import make_atlas

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium (apt-get install chromium)"),
]
#: The pixels of a canvas, as a text.
PIXELS = "id => document.getElementById(id).toDataURL()"


def test_maps_are_drawn_searched_and_told(plan_of, tmp_path):
    make_atlas(plan_of(), tmp_path / "a", engine=HERE)
    seen = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("console", lambda message: seen.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.on("request", lambda request: seen.append(request.url))
        page.goto((tmp_path / "a" / "report.html").as_uri())
        page.wait_for_function("document.querySelectorAll('#pathway option').length == 40")
        page.screenshot(path=tmp_path / "atlas.png", full_page=True)
        assert seen.pop(0).endswith("report.html")
        for width in (1280, 400):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        for canvas in ("pair", "genome", "count", "direction"):
            colours = page.evaluate(
                "id => { const c = document.getElementById(id);"
                " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
                " return new Set(new Uint32Array(d.buffer)).size; }",
                canvas,
            )
            assert colours > 3
        page.fill("#search", "planted")
        assert page.locator("#pathway option").all_inner_texts() == ["planted"]
        planted = page.evaluate(PIXELS, "pair")
        page.fill("#search", "set 1")
        assert page.locator("#pathway option").count() == 13  # both words, in any place
        assert page.evaluate(PIXELS, "pair") != planted
        page.fill("#search", "")
        page.click("#direction", position={"x": 310, "y": 90 + 15 * 3 + 7})
        chosen = page.locator("#pathway").evaluate("s => s.selectedOptions[0].text")
        assert page.locator("#paircap").inner_text().startswith(f"{chosen}: ")
        assert chosen == page.locator("#pathway option").nth(3).inner_text()
        browser.close()
    assert seen == []
