"""Programs of vectors and matrices: the definitions of a post, their values and derivatives, simplified."""
