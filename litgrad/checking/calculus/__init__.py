"""Integrals and limits: closed forms that are proved, and what they say about a step."""
