"""Equality of tensors proved for every size: both sides become sums of contractions in one canonical form."""

from litgrad.tensors.normal.given import equal_given
from litgrad.tensors.normal.proof import differ_in_a_term, equal, under_logarithms

__all__ = ["differ_in_a_term", "equal", "equal_given", "under_logarithms"]
