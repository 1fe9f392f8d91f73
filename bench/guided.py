"""Strange posts that coverage leads to: atheris changes those which reached new lines of the reader.

Needs atheris, which knows CPython 3.11 on Linux: `pip install atheris`. It starts from `tests/strange.jsonl`
and keeps in a folder what reaches new lines; `--pack` puts what is in the folder into that file.

    python bench/guided.py FOLDER -max_total_time=600
    python bench/guided.py FOLDER --pack
"""

import hashlib
import json
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
_KNOWN = ROOT / "tests" / "strange.jsonl"


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
    promises.read(as_text(data))


def as_text(data: bytes) -> str:
    """An input as a post."""
    return data.decode("utf-8", "replace").replace("\r", "\n").replace("\0", " ")


def seed(folder: Path) -> None:
    """Put what is known into a folder."""
    for line in _KNOWN.read_text("utf-8").splitlines():
        data = json.loads(line).encode()
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def pack(folder: Path) -> None:
    """Put what is in a folder into the file of the tests."""
    found = {as_text(path.read_bytes()) for path in folder.iterdir()}
    ordered = sorted(found, key=lambda text: (len(text), text))
    _KNOWN.write_text("".join(f"{json.dumps(text)}\n" for text in ordered), "utf-8")


def main() -> None:
    folder, *arguments = sys.argv[1:]
    if arguments == ["--pack"]:
        pack(Path(folder))
        return
    Path(folder).mkdir(exist_ok=True)
    seed(Path(folder))
    dictionary = Path(folder).with_suffix(".words")
    write_dictionary(dictionary)
    more = [f"-dict={dictionary}", f"-max_len={_LONGEST}", "-timeout=20", "-rss_limit_mb=2000"]
    atheris.Setup([sys.argv[0], folder, *arguments, *more], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
