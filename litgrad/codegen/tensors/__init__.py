"""NumPy functions of vectors and matrices, and their tests."""
