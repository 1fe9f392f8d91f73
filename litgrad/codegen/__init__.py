"""Code generation: a NumPy module and its tests from definitions and gradients."""
