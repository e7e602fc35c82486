"""The calls: one row each, which console, report, methods, notebook and figures read.

A new call is a row here, a condition in `pathways.calls.decision`, and what that condition reads.
Significance in one trait alone is never a call.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Level of every test, interval and false discovery rate.
ALPHA = 0.05


@dataclass(frozen=True)
class Call:
    """One call.

    Attributes
    ----------
    word
        As it stands in the tables.
    meaning
        What it means, in sentences.
    reason
        What it rests on, for the column ``reason``. Of a row of the pair: ``{a}``, ``{b}`` the
        traits, ``{up_a}``, ``{up_b}`` their directions, ``{q}`` the q.
    sentence
        The finding in words. Of a row of ``divergence``: ``{a}``, ``{b}`` the traits, ``{risk_a}``,
        ``{risk_b}`` higher or lower, ``{q}`` the q, ``{reason}``, and ``{excess}`` how it stands
        to the genome-wide correlation, ``{open}`` what is still possible.
    sign, sign_down
        Sign in a figure, and where the activity in the first trait is below zero.
    colour, marker
        In figures, and the colour in MultiQC.
    loud
        Whether it speaks of directions: such calls are counted as answers, and printed bold.
    directional
        Whether it names the direction in both traits.
    called
        Whether it says something at all, and so deserves a second look without each locus.
    """

    word: str
    meaning: str
    reason: str
    sentence: str
    sign: str
    colour: str
    marker: str
    sign_down: str = ""
    loud: bool = False
    directional: bool = False
    called: bool = False


#: The calls in the order of the decision: the first that holds is the call.
CALLS = (
    Call(
        "untestable",
        "Too few independent loci of the pathway are covered, so that no outcome could have been"
        " convincing.",
        "",
        "Untestable for {a} and {b}: {reason}.{open}",
        sign="–",
        colour="#8a8a8a",
        marker="x",
    ),
    Call(
        "opposite",
        "Higher predicted activity of the pathway is associated with higher risk of one trait and"
        " lower risk of the other; both directions hold together at a false discovery rate of 5 %.",
        "{a} {up_a}, {b} {up_b} (q_call {q:.2g})",
        "Opposite: genetically higher predicted activity is associated with {risk_a} risk of {a}"
        " and {risk_b} risk of {b} (q = {q}).",
        sign="↑↓",
        sign_down="↓↑",
        colour="#6a2a8c",
        marker="D",
        loud=True,
        directional=True,
        called=True,
    ),
    Call(
        "concordant",
        "Higher predicted activity is associated with the risk of both traits in the same"
        " direction; both directions hold together at a false discovery rate of 5 %.",
        "{a} {up_a}, {b} {up_b} (q_call {q:.2g})",
        "Concordant: genetically higher predicted activity is associated with {risk_a} risk of"
        " both {a} and {b} (q = {q}).{excess}",
        sign="↑↑",
        sign_down="↓↓",
        colour="#1b6b2f",
        marker="o",
        loud=True,
        directional=True,
        called=True,
    ),
    Call(
        "discordant",
        "Member genes tend to have opposite associations in the two traits, gene by gene, without"
        " a net direction of the pathway as a whole.",
        "members point in opposite directions, without a net direction of the set",
        "Discordant: member genes tend to have opposite associations in {a} and {b}, without a net"
        " direction of the pathway.{open}",
        sign="⇅",
        colour="#7a5c00",
        marker="^",
        loud=True,
        called=True,
    ),
    Call(
        "unequal",
        "The strength of the association differs between the traits, before and after scaling for"
        " how strong each trait is genome-wide; the directions are not shown to differ.",
        "strengths differ, before and after scaling; directions are not shown to differ",
        "Unequal: the strength of the association differs between {a} and {b}; the directions are"
        " not shown to differ.{open}",
        sign="≠",
        colour="#222222",
        marker="s",
        called=True,
    ),
    Call(
        "undetermined",
        "The data cannot tell: neither opposite nor shared directions are established, and neither"
        " is ruled out.",
        "the data cannot tell",
        "Undetermined: the data cannot tell whether {a} and {b} share a direction.{open}",
        sign="?",
        colour="#8a8a8a",
        marker="o",
    ),
)

#: The calls as a reader meets them: what cannot be tested comes last.
READING = (*CALLS[1:], CALLS[0])
#: Words in the order of the decision.
WORDS = tuple(call.word for call in CALLS)
BY_WORD = {call.word: call for call in CALLS}
#: Words of the calls that speak of directions, of those that name both, and of those that say
#: something at all.
LOUD = tuple(call.word for call in CALLS if call.loud)
DIRECTIONAL = tuple(call.word for call in CALLS if call.directional)
CALLED = tuple(call.word for call in CALLS if call.called)
