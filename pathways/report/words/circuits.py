"""Which circuits differ in their stress–reserve balance, in one sentence."""

from __future__ import annotations

import pandas as pd

from pathways.calls.vocabulary import ALPHA
from pathways.report.words import names
from pathways.report.words.numbers import as_float, p_value
from pathways.statistics.stress_reserve import BALANCE
from pathways.tables.balance import CIRCUIT

#: Differences that are named for one trait; the table holds the others.
_NAMED = 3
_HINT = "a difference of circuits may come from their expression models as well as from the disease"


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
    for row in found.head(_NAMED).to_dict("records"):
        above = as_float(row["activity"]) > 0
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
