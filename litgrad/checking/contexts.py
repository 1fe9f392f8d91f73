"""Words before a step that change what its sign claims: then it is no identity, and is not refuted."""

import re
from dataclasses import dataclass

from litgrad.meaning.statements import Statements, Step
from litgrad.source import Source

_WORDS = 160
"""How many characters before a step may say what it is."""
_SENTENCE = re.compile(r"[.!?:]\s+(?=[A-Z$])|\n\s*\n(?=[A-Z#>*-])")


@dataclass(frozen=True, slots=True)
class Context:
    """A row: words, and why a step behind them may differ from what it says."""

    words: re.Pattern[str]
    reason: str


def _words(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


CONTEXTS = (
    Context(
        _words(
            r"\b(?:is|are|for|sufficiently|very|so|infinitesimally) small\b|\bsmall (?:angles?|values?|\$)"
            r"|\b(?:(?:first|second|lowest|leading|linear|quadratic|higher) orders?|higher[- ]order)\b"
            r"(?! (?:linear |ordinary |partial |differential |low-?pass )*(?:systems?|equations?|ODEs?|PDEs?"
            r"|filters?|circuits?|derivatives?|reactions?|kinetics|conditions?|moments?|processes|recurrences?)\b)"
            r"|\bneglect|\bapproximat|\broughly\b|\blineari[sz]|\bnearly\b|\balmost\b"
        ),
        "the words before it make it an approximation",
    ),
    Context(
        _words(
            r"\bmod(?:ulo|ular)?\b|\bbinary\b|\bhexadecimal\b|\boctal\b|\bin base\b|\bcharacteristic two\b"
            r"|\binteger (?:division|arithmetic)\b|\bfloating[- ]point\b|\boverflows?\b|\bboolean\b"
        ),
        "the words before it speak of another arithmetic",
    ),
    Context(
        _words(r"\b(?:natural|atomic|Planck|such|our) units\b|\bunits (?:where|in which|with|so that)\b"),
        "the words before it choose units",
    ),
    Context(
        _words(
            r"\bup to (?:an? |the )?(?:\w+ )?(?:constants?|signs?|factors?|scal|normali[sz]|terms?)"
            r"|\b(?:dropping|ignoring|omitting|discarding|without|leaving out) (?:the |all |any )?(?:\w+ )?"
            r"(?:constants?|factors?|terms?|normali[sz])"
        ),
        "the words before it leave something out",
    ),
    Context(
        _words(
            r"\b(?:if|when|whenever|as long as|so long as|provided|assuming|unless|in case)\b"
            r"[^.;]{0,40}\$\s+(?:is|are|lies?|has|have|stays?|remains?)\s+(?!the\b|defined\b|given\b)"
        ),
        "the words before it say in which case it holds",
    ),
    Context(
        _words(r"\bin the (?:\w+ )?case (?:of|where|that|when)\b|\bfor (?:odd|even|equal|identical|unit) "),
        "the words before it say in which case it holds",
    ),
)


def context_of(step: Step, statements: Statements) -> str | None:
    """Why a step may be meant otherwise than it stands there, from the sentence that it stands in."""
    before = sentence_before(statements.source, step.left.span.start)
    return next((context.reason for context in CONTEXTS if context.words.search(before)), None)


def sentence_before(source: Source, at: int) -> str:
    """The words of a sentence before a place in it, with one dollar sign around formulas."""
    before = _SENTENCE.split(source.text[max(at - _WORDS, 0) : at])[-1]
    return " ".join(before.replace("$$", "$").split())
