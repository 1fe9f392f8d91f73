"""The relation signs that are judged, by what they claim."""

from litgrad.checking import inequalities

IDENTITY_SIGNS = frozenset(["=", r"\equiv"])
APPROXIMATE_SIGNS = frozenset([r"\approx", r"\simeq", r"\approxeq"])
ORDER_SIGNS = inequalities.LESS | inequalities.GREATER
JUDGED_SIGNS = IDENTITY_SIGNS | APPROXIMATE_SIGNS | ORDER_SIGNS
