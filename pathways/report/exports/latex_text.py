r"""Any text → LaTeX that pdflatex sets without a package, in ASCII, whatever the input encoding.

What is special to TeX is escaped; accents, Greek letters and the signs of the report become
commands of the LaTeX kernel. Marks that turn the direction of writing and other invisible ones are
left out. A character of any other script is printed by its code, ``[U+05D0]``: pdflatex has no
glyph for it, and a question mark would make two names one. Long words may break every 16 letters.
"""

from __future__ import annotations

import re
import unicodedata

#: What `shorten` leaves of a longer name.
WIDTH = 60
#: Letters after which a word may break where nothing else lets it.
_RUN = 16
_BREAKING = "_/:"

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    '"': r"\textquotedblright{}", "`": r"\textquoteleft{}",
    # A star or bracket at the start of a row would be read as an option of the line before.
    "*": "{*}", "[": "{[}", "]": "{]}",
    "–": "--{}", "—": "---{}", "‘": r"\textquoteleft{}", "’": "'", "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}", "…": r"\ldots{}", "×": r"$\times$", "÷": r"$\div$",
    "±": r"$\pm$", "−": "$-$", "∞": r"$\infty$", "≤": r"$\leq$", "≥": r"$\geq$",
    "≠": r"$\neq$", "≈": r"$\approx$", "→": r"$\rightarrow$", "←": r"$\leftarrow$",
    "↑": r"$\uparrow$", "↓": r"$\downarrow$", "·": r"$\cdot$", "°": r"$^{\circ}$",
    "√": r"$\surd$", "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}",
    "ø": r"\o{}", "Ø": r"\O{}", "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}", "§": r"\S{}",
}  # fmt: skip
_ACCENTS = {
    "\u0300": r"\`", "\u0301": r"\'", "\u0302": r"\^", "\u0303": r"\~", "\u0304": r"\=",
    "\u0306": r"\u", "\u0307": r"\.", "\u0308": r"\"", "\u030a": r"\r", "\u030b": r"\H",
    "\u030c": r"\v", "\u0327": r"\c", "\u0323": r"\d",
}  # fmt: skip
#: Greek letters with a command; the capitals without one look like Latin letters.
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξπρςστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
        (
            "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
            "lambda", "mu", "nu", "xi", "pi", "rho", "varsigma", "sigma", "tau", "upsilon", "phi",
            "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma",
            "Upsilon", "Phi", "Psi", "Omega",
        ),
        strict=True,
    )
)  # fmt: skip
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_POWER = re.compile("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")


def encode(text: object, *, breaks: bool = False) -> str:
    r"""LaTeX that prints `text` and does nothing else.

    Parameters
    ----------
    text
        Anything; white space becomes one space.
    breaks
        Whether long words may break, for names in a column of fixed width.

    Returns
    -------
    str
        ASCII on one line, braces in balance.
    """
    flat = unicodedata.normalize("NFC", " ".join(str(text).split()))
    parts, run = [], 0
    for piece in re.findall(f"{_POWER.pattern}|.", flat, re.DOTALL):
        if _POWER.fullmatch(piece):
            parts.append(f"$^{{{piece.translate(_SUPERSCRIPTS)}}}$")
            continue
        ligature = piece in "-'," and parts and parts[-1].endswith(piece)
        parts.append(("{}" if ligature else "") + _letter(piece))
        run = 0 if piece == " " else run + 1
        if breaks and (run == _RUN or piece in _BREAKING):
            parts.append(r"\allowbreak{}")
            run = 0
    return "".join(parts)


def comment(text: object) -> str:
    """Text for a LaTeX comment: ASCII on one line."""
    flat = _POWER.sub(
        lambda found: "^" + found[0].translate(_SUPERSCRIPTS), " ".join(str(text).split())
    )
    flat = flat.translate({ord("−"): "-", ord("–"): "-", ord("×"): "x", ord("…"): "..."})
    return "".join(c if " " <= c <= "~" else f"[U+{ord(c):04X}]" for c in flat)


def shorten(text: object, width: int = WIDTH) -> str:
    """Take the middle out of a name of more than `width` characters: its end tells names apart."""
    flat = " ".join(str(text).split())
    if len(flat) <= width:
        return flat
    tail = width // 3
    return f"{flat[: width - tail - 1].rstrip()}…{flat[-tail:].lstrip()}"


def _letter(letter: str) -> str:
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    if " " <= letter <= "~":
        return letter
    category = unicodedata.category(letter)
    if category == "Zs":
        return " "
    if category == "Cf":
        return ""
    plain = unicodedata.normalize("NFKC", letter)
    if plain != letter and plain.isascii():  # ligatures, letters of full width
        return "".join(_letter(c) for c in plain)
    if plain in _GREEK:  # the micro sign becomes the letter mu
        return f"$\\{_GREEK[plain]}$"
    return _accented(letter) or f"{{[}}U+{ord(letter):04X}{{]}}"


def _accented(letter: str) -> str:
    """A Latin letter with accents as commands; "" where it is none."""
    parts = unicodedata.normalize("NFD", letter)
    code, marks = parts[0], parts[1:]
    if not marks or not code.isascii() or any(mark not in _ACCENTS for mark in marks):
        return ""
    for mark in marks:
        code = f"{_ACCENTS[mark]}{{{code}}}"
    return code
