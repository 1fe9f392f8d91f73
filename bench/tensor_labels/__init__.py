"""Steps of matrix calculus as bloggers write them, each labelled and computed in NumPy by hand."""

from tensor_labels import matrices, networks, regression

ROWS = (*regression.ROWS, *matrices.ROWS, *networks.ROWS)
