"""Every case file holds: what each stage makes of a small post is what the file shows."""

import difflib
from pathlib import Path

import pytest
from casefiles import Case, Fence, read_cases, rewrite
from dumps import STAGES

CASES = Path(__file__).parent / "cases"
FILES = sorted(CASES.glob("*/*.md"))
EXPECTATIONS = [
    pytest.param(case, fence, id=f"{path.parent.name}/{path.stem}: {case.title} ({fence.name})")
    for path in FILES
    for case in read_cases(path)
    for fence in case.expected
]


@pytest.mark.parametrize(("case", "fence"), EXPECTATIONS)
def test_case(case: Case, fence: Fence, update_cases: bool) -> None:
    place = f"{case.path.relative_to(CASES.parent.parent)}:{fence.line}"
    assert fence.name in STAGES, f"{place}: no stage is called {fence.name!r}"
    found = STAGES[fence.name](case.post)
    if update_cases:
        rewrite(case, fence.name, found)
    elif found != fence.text:
        pytest.fail(f"{place}: {case.title}\n{_difference(fence.text, found)}", pytrace=False)


def _difference(expected: str, found: str) -> str:
    lines = difflib.unified_diff(expected.splitlines(), found.splitlines(), "expected", "found", lineterm="")
    return "\n".join(lines)


def test_every_heading_is_said_once() -> None:
    titles = [(path, case.title) for path in FILES for case in read_cases(path)]
    assert len(titles) == len(set(titles))


def test_a_wrong_expectation_fails_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "cases" / "latex" / "wrong.md"
    path.parent.mkdir(parents=True)
    path.write_text("# Wrong\n\n```post\n$x$\n```\n\n```tree\ninline\n  (letter y)\n```\n", encoding="utf-8")
    (case,) = read_cases(path)
    (fence,) = case.expected
    assert fence.line == 7
    assert STAGES["tree"](case.post) != fence.text
    rewrite(case, "tree", STAGES["tree"](case.post))
    assert read_cases(path)[0].expected[0].text == "inline\n  (letter x)\n"
