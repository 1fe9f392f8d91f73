"""An algebra of vectors, matrices and tensors: contractions, elementwise functions and their derivatives."""
