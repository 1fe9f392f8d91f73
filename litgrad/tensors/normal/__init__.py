"""Equality of tensors proved for every size: both sides become sums of contractions in one canonical form."""

from litgrad.tensors.normal.proof import equal, under_logarithms

__all__ = ["equal", "under_logarithms"]
