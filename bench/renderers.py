"""How long site engines take merely to render the posts that litgrad judges, compiles and renders.

    pip install mkdocs pymdown-extensions sphinx myst-parser mystmd      # into an environment of its own
    python bench/renderers.py ENVIRONMENT/bin --posts 100                # about 10 minutes

Jupyter Book 1 needs another Sphinx than these: `--only "Jupyter Book"` with an environment that holds it.
mystmd loads its template from the network. The row `litgrad, standby` has a `litgrad standby` running.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from many_posts import standing_by, write_posts

_POST = Path(__file__).parent.parent / "posts" / "backpropagation.md"
_MKDOCS = """site_name: Posts
docs_dir: posts
markdown_extensions:
  - pymdownx.arithmatex:
      generic: true
"""
_SPHINX = """project = "Posts"
extensions = ["myst_parser", "sphinx.ext.mathjax"]
myst_enable_extensions = ["amsmath", "dollarmath"]
exclude_patterns = ["out"]
"""
_JUPYTER_BOOK = """title: Posts
execute:
  execute_notebooks: "off"
parse:
  myst_enable_extensions: [amsmath, dollarmath]
"""
_MYST = "version: 1\nproject:\n  title: Posts\nsite:\n  template: book-theme\n"


@dataclass(frozen=True, slots=True)
class Engine:
    """A program that makes a site of the folder `posts`."""

    name: str
    prepare: Callable[[Path], None]
    command: tuple[str, ...]
    """Run in the folder above the posts; `{bin}` is where the engines' programs lie."""


def _mkdocs(root: Path) -> None:
    (root / "mkdocs.yml").write_text(_MKDOCS, "utf-8")


def _sphinx(root: Path) -> None:
    (root / "posts" / "conf.py").write_text(_SPHINX, "utf-8")
    (root / "posts" / "index.md").write_text("# Posts\n\n```{toctree}\n:glob:\n\npost-*\n```\n", "utf-8")


def _myst(root: Path) -> None:
    (root / "posts" / "myst.yml").write_text(_MYST, "utf-8")


def _jupyter_book(root: Path) -> None:
    names = sorted(path.stem for path in (root / "posts").glob("*.md"))
    listed = "".join(f"  - file: {name}\n" for name in names[1:])
    contents = f"format: jb-book\nroot: {names[0]}\nchapters:\n{listed}"
    (root / "posts" / "_toc.yml").write_text(contents, "utf-8")
    (root / "posts" / "_config.yml").write_text(_JUPYTER_BOOK, "utf-8")


def _nothing(_root: Path) -> None:
    pass


ENGINES = (
    Engine("litgrad", _nothing, (sys.executable, "-m", "litgrad", "build", "posts", "-o", "out")),
    Engine("litgrad, standby", _nothing, (sys.executable, "-m", "litgrad", "build", "posts", "-o", "out")),
    Engine("MkDocs, arithmatex", _mkdocs, ("{bin}/mkdocs", "build", "-q", "-d", "out")),
    Engine("Sphinx, myst-parser", _sphinx, ("{bin}/sphinx-build", "-q", "-j", "2", "posts", "out")),
    Engine(
        "Jupyter Book", _jupyter_book, ("{bin}/jupyter-book", "build", "posts", "--path-output", "out", "-q")
    ),
    Engine("mystmd", _myst, ("{bin}/myst", "build", "--html", "--ci")),
)


def build(engine: Engine, root: Path, programs: Path) -> float:
    """The seconds of one build as a whole process."""
    command = [part.replace("{bin}", str(programs)) for part in engine.command]
    where = root / "posts" if engine.name == "mystmd" else root
    environment = {**os.environ, "LITGRAD_CACHE": str(root / "cache")}
    start = perf_counter()
    done = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError((done.stderr or done.stdout).strip().splitlines()[-1][-200:])
    return perf_counter() - start


def measured(engine: Engine, count: int, repeats: int, programs: Path) -> list[float]:
    """Seconds of a first build, of one in which nothing changed, and of one after one edit."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        root = Path(folder)
        write_posts(root / "posts", _POST.read_text("utf-8"), count)
        engine.prepare(root)
        stack.enter_context(standing_by(root) if "standby" in engine.name else nullcontext())
        cold = build(engine, root, programs)
        unchanged = [build(engine, root, programs) for _ in range(repeats)]
        edited = []
        for edit in range(repeats):
            sleep(1)  # some engines know the times of files in seconds
            post = root / "posts" / f"post-{count // 2:05}.md"
            text = re.sub(r"h\(x\) = \d+", f"h(x) = {count + edit + 2}", post.read_text("utf-8"))
            post.write_text(text, "utf-8")
            edited.append(build(engine, root, programs))
        return [cold, median(unchanged), median(edited)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("programs", type=Path, help="the folder of mkdocs, sphinx-build and myst")
    parser.add_argument("--posts", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", default="", help="engines whose names hold this")
    arguments = parser.parse_args()
    print(f"{arguments.posts} posts | first build | unchanged | one edit")
    for engine in (each for each in ENGINES if arguments.only in each.name):
        try:
            times = measured(engine, arguments.posts, arguments.repeats, arguments.programs)
        except OSError as fault:
            print(f"{engine.name} | does not run: {fault}")
            continue
        print(f"{engine.name} | {' | '.join(f'{seconds:.2f} s' for seconds in times)}", flush=True)


if __name__ == "__main__":
    main()
