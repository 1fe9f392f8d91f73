"""How many bytes a reader's browser fetches for the page of a post, without fonts and pictures.

`python bench/page_weight.py posts/*.md` takes half a minute.
"""

import argparse
import tempfile
from pathlib import Path

from litgrad.site import build_site


def weights(post: Path) -> dict[str, int]:
    """The bytes of a post's page, of its styles and of its script."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        build_site([post], out)
        (page,) = out.glob("*/index.html")
        files = {"page": page, "styles": out / "static/litgrad.css", "script": out / "static/litgrad.js"}
        return {name: file.stat().st_size for name, file in files.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", nargs="+", type=Path)
    for post in parser.parse_args().posts:
        found = weights(post)
        parts = ", ".join(f"{name} {size / 1000:.1f}" for name, size in found.items())
        print(f"{sum(found.values()) / 1000:6.1f} kB  {post} ({parts})")


if __name__ == "__main__":
    main()
