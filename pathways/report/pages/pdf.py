"""``report.pdf``: the report on A4, set by Typst, which installs with pip and needs nothing else.

The template is static; names, numbers and figures reach it as one JSON value and are shown as
text, so nothing of the input is ever read as markup. Fonts are those that ship with matplotlib,
the date is fixed: equal results give equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pathways.report.figures.make_figures import Drawn
from pathways.report.pages.printed import PrintedTable
from pathways.report.pages.view import Page, Section
from pathways.report.words import names
from pathways.report.words.numbers import count
from twas.errors import UsageError

Part = dict[str, Any]

#: Rows of a table on paper.
MAX_ROWS = 60
_WIDE = {"pathway": 3.0, "statement": 5.0, "axis": 2.4, "call": 1.9}


def require_typst() -> None:
    """Refuse to print without Typst.

    Raises
    ------
    UsageError
        If the ``pdf`` extra is not installed.
    """
    if find_spec("typst") is None:
        raise UsageError("`pdf` needs Typst: pip install 'twas-divergence[pdf]'")


def render_pdf(page: Page) -> bytes:
    """The report as PDF.

    Parameters
    ----------
    page
        What it says.

    Raises
    ------
    UsageError
        If Typst is not installed.
    """
    require_typst()
    import typst

    template = resources.files("pathways.report.pages") / "templates" / "report.typ"
    made: bytes = typst.compile(  # type: ignore[misc]
        template.read_bytes(),
        sys_inputs={"report": json.dumps(document(page), ensure_ascii=False)},
        font_paths=[str(_fonts())],
        ignore_system_fonts=True,
        timestamp=datetime(1980, 1, 1, tzinfo=UTC),
    )
    return made


def _fonts() -> Path:
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf"


def document(page: Page) -> dict[str, Any]:
    """Everything that the template prints, as plain data."""
    shown, study = page.sections, page.run.study
    parts = [
        *_answer(page),
        *[_coverage(section) for section in shown],
        *[part for section in shown for part in _figures(section)],
        *[part for section in shown for part in _tables(section)],
        _run_table("Hypotheses", page.tables["hypotheses"]),
        _run_table("Stress–reserve balance", page.tables["balance"], page.balance),
        *[_sensitivity(section) for section in shown],
        _part("Methods", page.methods),
        _part("References", [f"{k + 1}. {r.text}" for k, r in enumerate(page.references)]),
        _part("What this cannot show", items=page.limitations),
    ]
    traits = ", ".join(names.shorten(trait) for trait in study.traits)
    cleaned: dict[str, Any] = _clean(
        {
            "title": f"{traits}: directions of pathways",
            "header": f"twas-divergence {study.versions['twas-divergence']}",
            "simulated": bool(page.simulated),
            "simulated_note": page.simulated,
            "parts": [part for part in parts if _full(part)],
        }
    )
    return cleaned


def _clean(value: Any) -> Any:
    """Replace control characters everywhere but in figures, which are clean."""
    if isinstance(value, str):
        return value if value.startswith("<svg") else names.clean(value)
    if isinstance(value, dict):
        return {key: _clean(entry) for key, entry in value.items()}
    return [_clean(entry) for entry in value] if isinstance(value, list | tuple) else value


def _part(
    heading: str, paragraphs: Sequence[str] = (), *, level: int = 1, **lists: Sequence[Any]
) -> Part:
    empty: Part = {"items": [], "findings": [], "figures": [], "tables": []}
    return {"heading": heading, "level": level, "paragraphs": paragraphs, **empty, **lists}


def _full(part: Part) -> bool:
    keys = ("paragraphs", "items", "findings", "figures", "tables")
    return any(len(part[key]) for key in keys)


def _named(section: Section) -> str:
    return f", {section.chosen.collection}" if section.chosen.collection != names.CORE else ""


def _answer(page: Page) -> list[Part]:
    parts = [_part("The question and the answer", [page.question])]
    for section in page.sections:
        unit = section.chosen.scale.prefix
        found = [
            {
                "title": f.title,
                "calls": "; ".join(
                    call if len(f.calls) == 1 else f"{who}: {call}" for who, call in f.calls
                ),
                "sentence": f.sentence,
                "numbers": f"{'; '.join(f'{t}: {e}' for t, e in f.estimates)} {unit}".strip(),
            }
            for f in (pathway.finding for pathway in section.pathways)
        ]
        cut = (
            [f"The {len(found)} pathways with the smallest q of {section.chosen.n_pathways:,}."]
            if section.chosen.cut
            else []
        )
        heading = f"Findings{_named(section)}"
        answer = f"{section.headline} {section.called}".rstrip()
        parts.append(_part(heading, [answer, *cut], level=2, findings=found))
        parts.append(_part("How to read them", [section.reading], level=2, items=section.seen))
    parts[-1]["paragraphs"] = [*parts[-1]["paragraphs"], *(s.controls for s in page.controls)]
    calls = [f"{call}: {meaning}" for call, meaning in page.meanings]
    parts.append(_part("What the calls mean", level=2, items=calls))
    return parts


def _coverage(section: Section) -> Part:
    lines = []
    for row in section.coverage:
        tested = "; ".join(
            f"{who} {count(genes)} in {count(loci)} loci" for who, genes, loci in row.tested
        )
        hubs = names.listing([gene for gene, _ in row.hubs])
        missing = f" Not tested in every trait: hub genes {hubs}." if hubs else ""
        lines.append(f"{row.title}: of {count(row.n_set)} genes tested in {tested}.{missing}")
    lacking = section.missing_hubs
    first = "; ".join(f"{title}: {names.listing(genes)}" for title, genes in lacking)
    paragraphs = [f"Hub genes without a model in any table. {first}."] if first else []
    return _part(f"Coverage{_named(section)}", paragraphs, items=lines)


def _figures(section: Section) -> list[Part]:
    parts = [_part(f"Figures{_named(section)}", figures=[_drawn(f) for f in section.figures])]
    for pathway in section.pathways:
        if pathway.figures:
            figures = [_drawn(figure) for figure in pathway.figures]
            text = [" ".join([pathway.finding.sentence, *pathway.support])]
            parts.append(_part(pathway.finding.title, text, level=2, figures=figures))
    return parts


def _drawn(figure: Drawn) -> dict[str, Any]:
    tall = figure.name.startswith(("plane", "qq"))
    return {
        "svg": figure.svg,
        "title": figure.title,
        "caption": figure.caption,
        "share": 0.75 if tall else 1.0,
    }


def _tables(section: Section) -> list[Part]:
    titles = {"directions": "Direction in each trait", "divergence": "Divergence between traits"}
    return [
        _part(f"{titles[table.name]}{_named(section)}", tables=[_printed(table)])
        for table in section.tables
    ]


def _run_table(heading: str, table: PrintedTable | None, words: Sequence[str] = ()) -> Part:
    return _part(heading, words, tables=[_printed(table)] if table else [])


def _sensitivity(section: Section) -> Part:
    return _part(f"Sensitivity{_named(section)}", items=section.sensitivity)


def _printed(table: PrintedTable) -> dict[str, Any]:
    """A table with the columns that paper has room for."""
    kept = [k for k, h in enumerate(table.headings) if h.essential]
    rows = [[row[k].text for k in kept] for row in table.rows[:MAX_ROWS]]
    headings = [table.headings[k] for k in kept]
    cut = len(rows) < table.n_rows
    return {
        "caption": f"{len(rows)} of {table.n_rows:,} rows; the TSV has all." if cut else "",
        "headings": [f"{h.text} {h.unit}".strip() for h in headings],
        "numeric": [h.numeric for h in headings],
        "widths": [_WIDE.get(h.name, 1.3) for h in headings],
        "rows": rows,
    }
