"""What the author meant: trees to terms, definitions, derivations."""
