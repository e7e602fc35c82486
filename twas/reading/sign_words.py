"""What a cell says of a direction: ``+``, ``down-regulates``, ``risk``, ``↑``; for z and networks.

A word counts from its beginning (``activat``, ``repress``), so that sentences and other things do
not pass for signs. The Direction of METAL (``++-?``), a sign for each study, is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from twas.genes.identifiers import CHARACTERS

_END = r"(?:$|(?= in\b))"
_UP = re.compile(
    rf"\+(?:ve)?$|-*->|[↑▲⬆]|(?:up|positive|pos|risk(?: factor| gene)?){_END}|up[- ]?regulat"
    r"|activat|stimulat|induc|increas|positive|promot|enhanc|agonis|higher|rais|elevat|harmful"
    r"|over[- ]?express|suscept|act$|gain"
)
_DOWN = re.compile(
    rf"--?\||-ve$|[↓▼⬇]|(?:down|negative|neg){_END}|down[- ]?regulat|inactivat|inhibit|repress"
    r"|suppress|decreas|negativ|antagonis|block|lower|reduc|diminish|under[- ]?express|protect"
    r"|(?:dn|inh)$|loss"
)
# "risk-increasing": what it does to the risk is the sign.
_RISK = re.compile(r"(?:disease )?risk[- ](?=\w+(?:ing|es|ed)$)")
# A sentence is a remark, not a sign: "down-regulates quantity by repression" has four words.
_MAX_WORDS = 5


def sign_of(text: str) -> int:
    """+1, -1, or 0 for what tells no sign, or both; a lone ``-`` tells none."""
    words = text.translate(CHARACTERS).replace("_", "-").lower().strip()
    if len(words.split()) > _MAX_WORDS:
        return 0
    parts = [_RISK.sub("", part.strip()) for part in re.split(r"[;,/]|\|(?=\w)", words)]
    found = {
        -1 if _DOWN.match(part) else 1 for part in parts if _DOWN.match(part) or _UP.match(part)
    }
    return found.pop() if len(found) == 1 else 0


def dashes_are_minus(words: Iterable[object]) -> bool:
    """Whether "-" means minus; elsewhere it means that there is nothing to say."""
    filled = {str(word).translate(CHARACTERS).strip() for word in words} - {"", "0", "?"}
    return "-" in filled and ("+" in filled or filled == {"-"})


def signs_of(cells: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the sign of each cell.

    Parameters
    ----------
    cells
        (n,) words, and the numbers 1, 0 and -1.

    Returns
    -------
    numpy.ndarray
        (n,) of 1, 0 and -1; NaN where a cell tells no sign.
    """
    codes, words = pd.factorize(np.asarray(cells, dtype=object), use_na_sentinel=False)
    texts = [str(word).translate(CHARACTERS).strip() for word in words]
    numbers = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").to_numpy(float)
    told = np.array([sign_of(text) or np.nan for text in texts], dtype=float)
    if dashes_are_minus(texts):
        told[np.array(texts, dtype=object) == "-"] = -1
    known = np.where(np.isin(numbers, (-1, 0, 1)), numbers, told)
    return np.asarray(known[codes], dtype=float)
