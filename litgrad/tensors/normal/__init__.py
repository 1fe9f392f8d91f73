"""Equality of tensors proved for every size: both sides become sums of contractions in one canonical form."""

from litgrad.tensors.normal.proof import differ_in_a_term, equal, under_logarithms

__all__ = ["differ_in_a_term", "equal", "under_logarithms"]
