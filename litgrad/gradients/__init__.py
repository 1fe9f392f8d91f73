"""Gradients: the derivatives that a post names, and compositions of its definitions."""
