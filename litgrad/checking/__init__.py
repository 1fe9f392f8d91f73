"""Derivations to judgements: exact proofs, counterexamples, premises, repairs."""
