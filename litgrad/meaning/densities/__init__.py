r"""Densities by formula: `f(x \mid \mu, \sigma^2) = ...` and all its calls as calls of one function `f`."""
