"""Steps of matrix calculus as bloggers write them, each labelled and computed in NumPy by hand."""

from bench.tensor_labels import matrices, regression

ROWS = (*regression.ROWS, *matrices.ROWS)
