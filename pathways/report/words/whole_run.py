"""What is said of a run as a whole: its question, what calls mean, what it cannot show.

And its predictions, and the stress–reserve balance by circuit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pandas as pd

from pathways.calls.vocabulary import ALPHA, BY_WORD, READING
from pathways.output.run_tables import RunTables
from pathways.report.selection import rows_of
from pathways.report.words import names
from pathways.report.words.numbers import Row, number, p_value, percent
from pathways.statistics.stress_reserve import BALANCE
from pathways.tables.balance import CIRCUIT
from twas.quality import QualityReport
from twas.study.universe import PER_SQRT_N, UNIT

#: What each call means, in a sentence or two.
CALL_MEANINGS = {call.word: call.meaning for call in READING}

#: Said in a report of simulated data.
SIMULATED = (
    "The data of this report were made by a simulator to show the program. Nothing here is a"
    " finding about any disease."
)

TRAIT_MEANING = (
    "A direction is stated where the activity differs from zero at a false discovery rate of 5 %"
    " within the collection; otherwise the data cannot tell."
)

#: Said in every report.
LIMITATIONS = (
    "These are associations. They do not show that a change in a pathway leads to disease, or that"
    " a drug acting on it would help.",
    "Predicted gene expression is not pathway activity: what higher expression of a gene does to"
    " its pathway (its role, +1 or −1) is an assumption from annotation.",
    "The traits share the models that predict expression from genotype. Where a model is wrong it"
    " is wrong in all of them, which makes directions look more alike than they are.",
    "Ancestry, genome build and strand of the association study and of the expression models must"
    " match; the test cannot see where they do not.",
    "The expression models are of bulk tissue: opposite changes in neurons and glia can cancel.",
    "A pathway without a call is not a pathway without an effect; the smaller study sets what can"
    " be seen.",
    "Every p-value and interval takes a locus to be as likely to push up as down with the same"
    " force. No single pathway can show that; the skew over the whole genome can.",
)
#: Topics of the facts that tell how far the last of them holds.
_SYMMETRY = ("symmetry", "asymmetric")

#: A verdict, as a reader must take it.
VERDICTS = {
    "supported": "supported by predicted expression",
    "contradicted": "contradicted by predicted expression",
    "inconclusive": "inconclusive",
    "not tested": "not tested",
}
#: The verdict on a prediction that a run could not judge.
NOT_TESTED = "not tested"
#: After the sizes.
_UNIT = {PER_SQRT_N: "; odds per SD of predicted expression", UNIT: "; SD of z"}
#: Differences that are named for one trait; the table holds the others.
_NAMED = 3
_HINT = "a difference of circuits may come from their expression models as well as from the disease"


def question(traits: tuple[str, ...]) -> str:
    """What the run asks, as one question."""
    shown = [names.shorten(name) for name in traits]
    if len(shown) == 1:
        return (
            "Is genetically predicted activity of a pathway associated with the risk of"
            f" {shown[0]}, and in which direction?"
        )
    which = " and ".join(shown) if len(shown) == 2 else "any two of " + names.listing(shown)
    return (
        f"Do {which} push a biological pathway in opposite directions, and is the evidence good"
        " enough to say so?"
    )


def definitions(pairs: Iterable[object]) -> tuple[tuple[str, str], ...]:
    """``(call, meaning)`` of every call that can be used; of a run without pairs the directions."""
    if list(pairs):
        return tuple(CALL_MEANINGS.items())
    return (
        ("up, down", TRAIT_MEANING),
        ("undetermined", "The data cannot tell in which direction."),
        ("untestable", BY_WORD["untestable"].meaning),
    )


def limitations(quality: QualityReport) -> tuple[str, ...]:
    """What no reader should conclude, with what the run says of its one assumption."""
    seen = [f"{f.source}: {f.message}." for f in quality.facts if f.topic in _SYMMETRY]
    return (*LIMITATIONS, *seen)


def predictions(results: RunTables) -> tuple[str, ...]:
    """A sentence per prediction that could be judged, in the order of the table."""
    judged, scale = _judged(results), _scale(results)
    return tuple(_sentence(row, scale) for row in rows_of("hypotheses", judged))


def counted(results: RunTables) -> str:
    """How many predictions have which verdict; "" where none could be judged."""
    table = results.tables.get("hypotheses")
    if table is None or table.empty or _judged(results).empty:
        return ""
    found = Counter(str(verdict) for verdict in table["verdict"])
    return ", ".join(f"{found[word]:,} {VERDICTS[word]}" for word in VERDICTS if found[word])


def _judged(results: RunTables) -> pd.DataFrame:
    table = results.tables.get("hypotheses")
    if table is None or table.empty:
        return pd.DataFrame()
    return table[table["verdict"] != NOT_TESTED]


def untested(results: RunTables) -> tuple[tuple[str, str], ...]:
    """Statement and reason of the predictions that this run could not judge."""
    table = results.tables.get("hypotheses")
    if table is None or table.empty:
        return ()
    rows = table[table["verdict"] == NOT_TESTED]
    return tuple(zip(rows["statement"], rows["reason"], strict=True))


def _scale(results: RunTables) -> str:
    kinds = results.directions["effect_scale"].dropna().unique()
    return str(kinds[0]) if len(kinds) == 1 else "mixed"


def _sentence(row: Row, scale: str) -> str:
    verdict = VERDICTS[str(row["verdict"])]
    p = "holm_against" if row["verdict"] == "contradicted" else "holm_for"
    what = {"difference": "difference", "opposite": "smaller of both activities"}
    ends = (row["ci_low"], row["ci_high"])
    interval = (
        f", 95 % interval {_size(ends[0], scale)} to {_size(ends[1], scale)}"
        if np.isfinite(ends).all()
        else ""
    )
    return (
        f"“{str(row['statement']).rstrip('.')}” is {verdict}"
        f" ({what.get(str(row['kind']), 'activity')} {_size(row['estimate'], scale)}"
        f"{interval}{_excluded(row, scale)}{_UNIT.get(scale, '')}; Holm p {p_value(row[p])})."
    )


def _excluded(row: Row, scale: str) -> str:
    most = row["excluded_above"]
    if row["verdict"] == "supported" or not np.isfinite(most):
        return ""
    if most == 0:
        return ", excluded at any size"
    return f", excluded above {_size(most, scale)} in that direction"


def _size(value: float, scale: str) -> str:
    """An effect as a change of the odds per SD where that is what it is."""
    return percent(value) if scale == PER_SQRT_N else number(value)


def circuit_rows(balance: pd.DataFrame | None) -> pd.DataFrame:
    """Rows of ``balance.tsv`` that are about circuits; empty if there are none.

    Parameters
    ----------
    balance
        The table, None if the run has none; empty texts may be missing values.
    """
    columns = ["axis", "trait_a", "trait_b", "scope", "scope_b", "scope_type", "activity", "fwer"]
    if balance is None or balance.empty:
        return pd.DataFrame(columns=columns)
    filled = {name: names.texts(balance[name]) for name in ("trait_b", "scope_b")}
    return balance.assign(**filled)[balance["scope_type"] == CIRCUIT]


def circuit_balances(balance: pd.DataFrame | None) -> pd.DataFrame:
    """Rows of the balance of one circuit each, without those that compare two circuits."""
    found = circuit_rows(balance)
    return found[(found["axis"] == BALANCE) & (found["scope_b"] == "")]


def balance_words(results: RunTables) -> tuple[str, ...]:
    """What to say of the stress-reserve balance; nothing where there is none."""
    table = results.tables.get("balance")
    if table is None or table.empty:
        return ()
    what = (
        "A weighted sum of activities after a published model, which is a hypothesis and not a"
        " finding: stress minus reserve."
    )
    return tuple(filter(None, [what, circuits_sentence(table)]))


def circuits_sentence(balance: pd.DataFrame | None) -> str:
    """Say which circuits differ in their balance, or that they cannot be told apart.

    Parameters
    ----------
    balance
        The table ``balance``, None if the run has none.

    Returns
    -------
    str
        One sentence; "" where the files have no tissue of a circuit.
    """
    rows = circuit_rows(balance)
    rows = rows[(rows["axis"] == BALANCE) & (rows["trait_b"] == "")]
    present = list(dict.fromkeys(rows["scope"]))
    if not present:
        return ""
    contrasts = rows[rows["scope_b"] != ""]
    if contrasts.empty:
        what = f"the {present[0]} circuit" if len(present) == 1 else "circuits without common genes"
        return f"The files have tissues of {what} only, so that no two circuits can be compared."
    apart, alike = [], []
    for trait, own in contrasts.groupby("trait_a", sort=False):
        found = own[own["fwer"] <= ALPHA].sort_values("fwer", kind="stable")
        if found.empty:
            alike.append(str(trait))
        else:
            apart.append(f"in {trait} {_differences(found)}")
    said = [*apart, *([_alike(contrasts, alike, present)] if alike else [])]
    end = f"; {_HINT}" if apart else ""
    return f"By circuit: {'; '.join(said)}{end}."


def _differences(found: pd.DataFrame) -> str:
    words = []
    for row in rows_of("balance", found.head(_NAMED)):
        above = row["activity"] > 0
        high, low = (row["scope"], row["scope_b"]) if above else (row["scope_b"], row["scope"])
        words.append(
            f"the balance is higher in the {high} than in the {low} circuit"
            f" (family-wise p = {p_value(row['fwer'])})"
        )
    more = len(found) - len(words)
    return " and ".join(words) + (f" ({more:,} more in the table)" if more > 0 else "")


def _alike(contrasts: pd.DataFrame, traits: list[str], present: list[str]) -> str:
    own = contrasts[contrasts["trait_a"].isin(traits)]
    compared = {*own["scope"], *own["scope_b"]}
    tested = p_value(own["fwer"].min())
    why = f"smallest family-wise p {tested}" if tested else "too few loci to test"
    where = names.listing(traits) if len(traits) <= _NAMED else f"{len(traits):,} traits"
    which = names.listing([scope for scope in present if scope in compared])
    return f"in {where} the circuits ({which}) cannot be told apart ({why})"
