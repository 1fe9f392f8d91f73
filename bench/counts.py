"""How the relation signs of a folder of posts are judged, and why those without a verdict have none.

Run as `python bench/counts.py POSTS`. Prints every refuted step, the verdicts, how many definitions have a
value that is read, the processor time, and the reasons of unchecked signs with their signs and posts.
"""

import argparse
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from litgrad.checking.verdicts import CheckedStep, Verdict
from litgrad.compiler import CheckedPost, check_post
from litgrad.options import Options
from litgrad.posts import read_post

_MOST = 40


def posts_in(folder: Path) -> Iterator[tuple[Path, CheckedPost]]:
    """The posts of a folder, judged."""
    for path in sorted(folder.rglob("*.md")):
        source, _ = read_post(path, Options())
        yield path, check_post(source)


def kind_of(post: CheckedPost, step: CheckedStep) -> str:
    """Whether a definition gives a name a value that is read, one that is not, or states values."""
    if step.step.introduces is None:
        return "states values"
    arrays = {one.span.start for one in post.statements.tensors.definitions}
    is_read = step.step.definition is not None or step.step.left.span.start in arrays
    return "value read" if is_read else "value not read"


def main() -> int:
    """Judge the posts and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posts", type=Path, help="a folder of posts")
    folder = parser.parse_args().posts
    verdicts, definitions, reasons = Counter[str](), Counter[str](), Counter[str]()
    where: dict[str, set[Path]] = defaultdict(set)
    for path, post in posts_in(folder):
        source = post.statements.source
        for step in (one for derivation in post.derivations for one in derivation.steps):
            verdicts[step.verdict.value] += 1
            if step.verdict is Verdict.DEFINITION:
                definitions[kind_of(post, step)] += 1
            elif step.verdict is Verdict.REFUTED:
                print(
                    f"refuted: {path.name}:{source.line(step.step.sign.span.start)}: {step.judgement.reason}"
                )
            elif step.verdict is Verdict.UNCHECKED:
                reason = re.sub(r"`[^`]*`", "`..`", step.judgement.reason)
                reasons[reason] += 1
                where[reason].add(path)
    print(dict(verdicts), dict(definitions), f"{time.process_time():.0f} s of processor time", sep="\n")
    for reason, count in reasons.most_common(_MOST):
        print(f"{count:5} signs in {len(where[reason]):3} posts: {reason}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
