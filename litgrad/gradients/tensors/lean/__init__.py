"""Programs made for speed: small factors kept apart from large ones, exponentials and products shared."""
