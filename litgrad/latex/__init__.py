"""What the author wrote: LaTeX to trees with a place on every node."""
