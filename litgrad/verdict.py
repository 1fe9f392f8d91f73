"""`Verdict`, alone in a file so that nothing has to be imported to name one."""

from enum import Enum


class Verdict(Enum):
    """What litgrad promises of a relation sign."""

    DEFINITION = "definition"
    """The sign introduces its left side."""
    PROVED = "proved"
    """An exact proof: equal wherever both sides are defined."""
    CONFIRMED = "confirmed"
    """No proof, but equal at many points to eighty digits."""
    CONDITIONAL = "conditional"
    """True only under a named premise that the post does not state."""
    REFUTED = "refuted"
    """The sides differ at a point of the domain."""
    UNCHECKED = "unchecked"
    """Anything else, with its reason."""
