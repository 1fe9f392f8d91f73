"""Diagnostics and verdicts as text."""

from dataclasses import replace

from rich.cells import cell_len

from litgrad.checking.verdicts import Verdict
from litgrad.compiler import check_post
from litgrad.diagnostics import Diagnostic, Label
from litgrad.source import Source, Span
from litgrad.terminal import SYMBOLS, listing, render, summary


def diagnostic(post: str, piece: str) -> tuple[Source, Diagnostic]:
    start = post.index(piece)
    span = Span(start, start + len(piece))
    return Source("p.md", post), Diagnostic("refuted-step", "the sides differ", span)


def test_the_caret_stands_under_the_smallest_wrong_piece_and_labels_have_their_lines() -> None:
    text = "Let a = 1\n\n\nso b = -a\n"
    label = Label(Span(4, 9), "defined here")
    source, found = diagnostic(text, "-a")
    found = replace(found, text="should be a", related=(label,), help="write `a`")
    assert render(source, found).splitlines() == [
        "error[refuted-step]: the sides differ",
        " --> p.md:4:8",
        "  |",
        "1 | Let a = 1",
        "  |     ----- defined here",
        "...",
        "4 | so b = -a",
        "  |        ^^ should be a",
        "  |",
        "  = help: write `a`",
    ]


def test_carets_align_under_wide_characters_and_tabs() -> None:
    source, found = diagnostic("\t因此 x = 1", "x")
    line, marks = render(source, found).splitlines()[3:5]
    assert cell_len(line[: line.index("x")]) == marks.index("^")


def test_hidden_characters_are_shown() -> None:
    source, found = diagnostic("a\u202eb\x1b[31m = 1", "= 1")
    text = render(source, found)
    assert "\u202e" not in text
    assert "\x1b" not in text
    assert "a<U+202E>b<U+001B>[31m = 1" in text


def test_a_long_line_is_cut_around_the_caret() -> None:
    source, found = diagnostic("x" * 5000 + "y" + "x" * 5000, "y")
    line, marks = render(source, found).splitlines()[3:5]
    assert len(line) < 120
    assert line[marks.index("^")] == "y"


def test_a_span_over_two_lines_is_marked_on_its_first() -> None:
    source, found = diagnostic("ab\ncd", "b\nc")
    assert render(source, found).splitlines()[-1] == "  |  ^"


def test_an_empty_post_can_be_pointed_at() -> None:
    source = Source("p.md", "")
    assert "p.md:1:1" in render(source, Diagnostic("too-large", "too large", Span(0, 0)))


def test_color_is_only_added_around_the_text() -> None:
    source, found = diagnostic("a = 1", "1")
    colored = render(source, found, color=True)
    assert "\x1b[1;31m" in colored
    plain = colored
    for code in ("1;31", "1;34", "1", "0"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == render(source, found)


def test_the_summary_counts_by_verdict() -> None:
    assert summary("p.md", {}) == "p.md: no relation signs"
    assert summary("p.md", dict.fromkeys(Verdict, 2), 1).startswith(
        "p.md: ≔ 2 definition, ✓ 2 proved, ≈ 2 confirmed"
    )
    assert len(set(SYMBOLS.values())) == len(Verdict)


def test_the_listing_has_each_step_with_its_place_and_reason() -> None:
    post = check_post(Source("p.md", "$$\nf(x) = x^2\n$$\n\n$$\nf'(x) = 2x\n$$\n"))
    lines = list(listing(post))
    assert [line.split()[:3] for line in lines[::2]] == [["2:6", "≔", "definition"], ["6:7", "✓", "proved"]]
    assert all(line.startswith("   ") and line.strip() for line in lines[1::2])
