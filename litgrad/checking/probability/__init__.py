"""Probabilities and expectations: identities proved, premises named, counterexamples in small tables."""
