"""LaTeX tables: pdflatex sets them whatever the names hold, on paper width, and they say the same
as the tables they come from."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathways.report.exports.latex import PAGE_LINES, to_latex, write_latex
from pathways.report.exports.latex_text import WIDTH, comment, encode, shorten
from tests.pathways.report.conftest import HOSTILE, make_results, some_sets
from twas.errors import UsageError

PAPER_WIDTH = 180 / 25.4 * 72.27  # points of TeX

MAIN = r"""\documentclass{article}
\usepackage[a4paper,margin=15mm]{geometry}
\usepackage{booktabs,array,longtable}
\begin{document}\footnotesize\setlength{\tabcolsep}{3pt}
%s
\end{document}
"""


def compiled(body, folder):
    """Run pdflatex on a document; its log."""
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex not found; install texlive-latex-base and texlive-latex-recommended")
    (folder / "main.tex").write_text(MAIN % body, encoding="ascii")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-recorder", "main.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode("latin-1")[-2000:]
    return (folder / "main.log").read_text(encoding="latin-1")


@pytest.fixture(scope="module")
def many():
    """More pathways than are printed."""
    sets = some_sets([f"GOBP_REGULATION_OF_AUTOPHAGY_{k}" for k in range(40)], size=15)
    return make_results({"A": {"n_eff": 900}, "B": {"n_eff": 800}}, sets)


@pytest.fixture(scope="module")
def three():
    """Three traits, so three pairs."""
    traits = {"ALS": {"n_eff": 900}, "FTD": {"n_eff": 800}, "Parkinson": {}}
    return make_results(traits, some_sets([f"GO_{'X' * 30}_{k}" for k in range(20)], size=15))


CASES = ["planted", "hostile", "nothing", "one_trait", "many", "three"]


@pytest.mark.parametrize("case", CASES)
def test_tables_compile_and_fit_the_paper(case, request, tmp_path):
    body = []
    for path in write_latex(request.getfixturevalue(case), tmp_path):
        load = rf"\input{{{path.name}}}"
        if "longtable" in path.read_text(encoding="ascii"):
            body.append(load)
        else:
            body.append(rf"\setbox0=\hbox{{{load}}}\typeout{{WIDTH=\the\wd0}}")
            body.append(rf"\begin{{table}}[p]\caption{{x}}\footnotesize{load}\end{{table}}")
    log = compiled("\n".join(body), tmp_path)
    assert "Overfull" not in log
    assert "Float too large" not in log
    widths = [float(w) for w in re.findall(r"WIDTH=([\d.]+)pt", log)]
    assert len(widths) == sum("WIDTH" in line for line in body)
    assert all(100 < width <= PAPER_WIDTH for width in widths)
    # What the run opened: nothing that a name asked for.
    assert "passwd" not in (tmp_path / "main.fls").read_text(encoding="utf-8", errors="replace")


def test_every_letter_compiles(tmp_path):
    letters = [chr(c) for c in range(0x250)] + [chr(c) for c in range(0x370, 0x400)]
    letters += [chr(c) for c in (*range(0x2000, 0x2300), 0x5D0, 0xFB01, 0xFF04, 0x1F600)]
    rows = [f"[{c}*{c}{c} x{c}" for c in letters if not 0xD800 <= ord(c) < 0xE000]
    lines = [rf"{encode(row, breaks=True)} & {encode(row)} \\" for row in rows]
    table = r"\begin{longtable}{p{3cm}l}" + "\n".join(lines) + r"\end{longtable}"
    log = compiled(table, tmp_path)
    assert "Missing character" not in log


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("\\input{x}", r"\textbackslash{}input\{x\}"),
        ("50% & #1 $x$ a_b", r"50\% \& \#1 \$x\$ a\_b"),
        ("x^2 ~ <b>", r"x\textasciicircum{}2 \textasciitilde{} \textless{}b\textgreater{}"),
        ("a\n\\\\[3cm]", r"a \textbackslash{}\textbackslash{}{[}3cm{]}"),
        ("PGC-1α, µ", r"PGC-1$\alpha$, $\mu$"),
        ("caf\u0065\u0301 Ångström", r"caf\'{e} \r{A}ngstr\"{o}m"),
        ("a--b", r"a-{}-b"),
        ("a–b 1.2 × 10⁻³ −∞", r"a--{}b 1.2 $\times$ 10$^{-3}$ $-$$\infty$"),
        ("\u05d0\u202e\u200bx", "{[}U+05D0{]}x"),
        ("\ufb01\uff04\x01", r"fi\${[}U+0001{]}"),
    ],
)
def test_encode(text, latex):
    assert encode(text) == latex


@given(st.text(max_size=80) | st.sampled_from(HOSTILE))
def test_encoded_text_is_inert(text):
    code = encode(text, breaks=True)
    assert code.isascii()
    assert code.isprintable()
    bare = re.sub(r"\\[\\{}$&#%_]", "", code)  # escaped characters
    assert bare.count("{") == bare.count("}")
    assert bare.count("$") % 2 == 0
    assert not re.search(r"[%&#~]", re.sub(r"\\~", "", bare))
    assert "\n" not in comment(text)
    assert comment(text).isascii()


@given(st.text(max_size=200))
def test_shortened_names_keep_both_ends(text):
    flat, short = " ".join(text.split()), shorten(text)
    assert len(short) <= WIDTH
    if len(flat) <= WIDTH:
        assert short == flat
    else:
        head, tail = short.split("…")[0], short.split("…")[-1]
        assert flat.startswith(head)
        assert flat.endswith(tail)
        assert short != flat


def test_call_and_numbers_are_those_of_the_table(planted):
    text = to_latex(planted)
    row = next(line for line in text.splitlines() if line.startswith("turned &"))
    cells = [cell.strip(" \\") for cell in row.split("&")]
    found = planted.divergence.query("scope == 'combined' and pathway == 'turned'").iloc[0]
    assert cells[-1] == found["call"] == "opposite"
    assert cells[1:3] == [str(found["n_tested"]), str(found["n_blocks"])]
    power = re.search(r"10\^(-\d+) half log-odds", text)
    scale = float(f"1e{power[1]}") if power else 1.0
    printed = [float(cell.replace("$-$", "-")) for cell in cells[3:5]]
    assert printed == pytest.approx(
        [found["activity_a"] / scale, found["activity_b"] / scale], 0.01
    )


def test_simulated_data_are_marked(planted, nothing):
    assert r"\textbf{SIMULATED" in to_latex(planted)
    assert r"\textbf{SIMULATED" in to_latex(planted, "directions")
    assert "SIMULATED" not in to_latex(nothing)


def test_one_trait_has_no_divergence(one_trait, tmp_path):
    assert [path.name for path in write_latex(one_trait, tmp_path)] == ["directions.tex"]
    assert to_latex(one_trait, "divergence") == ""


def test_a_large_collection_is_cut_and_says_so(many):
    text = to_latex(many)
    assert text.count("GOBP") == 30
    assert "The 30 of 40 pathways with the smallest q." in text
    table = many.divergence.sort_values("q_call", kind="stable")
    assert table["pathway"].iloc[0].replace("_", "") in re.sub(r"\\(_|allowbreak\{\})", "", text)


def test_more_than_a_page_is_a_longtable(three, planted):
    assert three.directions.query("scope == 'combined'").shape[0] + 20 > PAGE_LINES
    text = to_latex(three, "directions")
    assert r"\begin{longtable}" in text
    assert r"\endhead" in text
    assert "longtable" not in to_latex(planted, "directions")


def test_equal_results_give_equal_bytes_of_plain_ascii(hostile, tmp_path):
    first, second = (
        [(path.name, path.read_bytes()) for path in write_latex(hostile, tmp_path / name)]
        for name in ("a", "b")
    )
    assert first == second
    assert all(content.isascii() and b"\r" not in content for _, content in first)


def test_unknown_table_or_collection(planted):
    with pytest.raises(UsageError, match="'genes' has no LaTeX form"):
        to_latex(planted, "genes")
    with pytest.raises(UsageError, match="collection 'x' is not in the results"):
        to_latex(planted, collection="x")
