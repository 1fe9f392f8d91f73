"""Formulas of vectors and matrices: which names are which, how long their axes are, and what is meant."""
