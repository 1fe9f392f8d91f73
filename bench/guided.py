"""Strange posts that coverage leads to: atheris changes those which reached new lines of the reader.

Needs atheris, which knows CPython 3.11 on Linux: `pip install atheris`. The folder of inputs that it keeps
grows with what reaches new lines; `--least` copies the smallest set of them that reaches all.

    python bench/guided.py FOLDER -max_total_time=600
    python bench/guided.py --least tests/strange FOLDER
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import atheris  # ty: ignore[import-not-found]  # noqa: E402 - it is no dependency of this project

with atheris.instrument_imports():
    import litgrad.latex.parser
    import litgrad.markdown  # noqa: F401 - loaded here to be watched

import fragments  # noqa: E402 - as above
import promises  # noqa: E402 - as above

_LONGEST = 600


def words() -> list[str]:
    """What posts are made of, so that a change puts in whole commands."""
    tables = (fragments.BROKEN, fragments.SIGNS, fragments.FUNCTIONS, fragments.TENSORS, fragments.PROSE)
    return sorted({word for table in tables for word in table})


def write_dictionary(file: Path) -> None:
    """The words in the form that libFuzzer reads."""
    lines = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in words())
    file.write_text("".join(f'"{line}"\n' for line in lines), "utf-8")


def read(data: bytes) -> None:
    """One input; what is no UTF-8 is refused before the reader sees it."""
    promises.read(data.decode("utf-8", "replace").replace("\r", "\n").replace("\0", " "))


def main() -> None:
    arguments = sys.argv[1:]
    if arguments[:1] == ["--least"]:
        arguments = ["-merge=1", *arguments[1:]]
    else:
        dictionary = Path(arguments[0]).with_suffix(".words")
        write_dictionary(dictionary)
        arguments += [f"-dict={dictionary}", f"-max_len={_LONGEST}", "-timeout=20", "-rss_limit_mb=2000"]
    Path(arguments[0] if not arguments[0].startswith("-") else arguments[1]).mkdir(exist_ok=True)
    atheris.Setup([sys.argv[0], *arguments], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
