"""The fast form of a function of vectors and matrices: passes over blocks of rows, into few buffers."""
