"""``report.html``: one self-contained file, no network, readable without scripts.

Static SVG with a small script of our own (sorting, filtering, tooltips) instead of an inlined
plotting library: the figures of the page are then the figures of the paper, they print, they can
be read without scripts, and the file is a tenth of the size. Tables of more than `tables.LARGE`
rows are data, which DataTables (inlined, only then) shows a page at a time.

Every name from the input passes Jinja2's autoescaping or JSON's; a content security policy with
the hashes of the scripts forbids any other script and any network access.
"""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

import jinja2
from markupsafe import Markup

from pathways.report.pages.view import Page
from pathways.report.words import names
from pathways.report.words.numbers import count
from pathways.tables.registry import TABLES

#: What large tables need, in this order.
_VENDORED = ("jquery.slim.min.js", "dataTables.min.js")


def render(page: Page) -> str:
    """The report as HTML.

    Parameters
    ----------
    page
        What it says.
    """
    every = (*page.sections, *page.controls)
    large = any(table.large for s in every for table in (*s.tables, *s.robustness))
    scripts = [*(_vendored(name) for name in _VENDORED if large), _template("report.js")]
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            simulated=page.simulated,
            traits=page.run.study.traits,
            question=page.question,
            sections=page.sections,
            controls=page.controls,
            tables=page.tables,
            balance=page.balance,
            untested=page.untested,
            meanings=page.meanings,
            quality=[f for f in page.quality.facts if f.count or f.level == "warning"],
            methods=page.methods,
            references=page.references,
            limitations=page.limitations,
            facts=page.run,
            files={
                name: [c for c in TABLES[name].columns if c.name in table]
                for name, table in page.run.tables.items()
                if len(table)
            },
            style=Markup(_template("report.css")),
            scripts=[Markup(script) for script in scripts],
            script_hashes=[_hash(script) for script in scripts],
        )
    )


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _vendored(name: str) -> str:
    folder = resources.files("pathways.report.pages") / "vendor"
    return (folder / name).read_text(encoding="utf-8").strip()


def _template(name: str) -> str:
    folder = resources.files("pathways.report.pages") / "templates"
    return (folder / name).read_text(encoding="utf-8")


def _clean(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return names.clean(value)
    return value


def _environment() -> jinja2.Environment:
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("pathways.report.pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(
        inline=Markup,  # SVG, escaped by the XML writer
        listing=names.listing,
        unbroken=lambda text: str(text).replace(" %", "\N{NO-BREAK SPACE}%"),
        count=count,
    )
    return found
