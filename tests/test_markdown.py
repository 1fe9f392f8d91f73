"""Markdown to prose and math: what is math, where it stands, and what is said of what is broken."""

import json
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litgrad import options
from litgrad.document import Document, Prose
from litgrad.markdown import read_markdown
from litgrad.markdown.engines import ENGINES
from litgrad.markdown.front_matter import place_of
from litgrad.options import Options
from litgrad.source import Source, Span

POSTS = sorted((Path(__file__).parent.parent / "posts").glob("*.md"))
MARKS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"), (r"\\(", r"\\)"), (r"\\[", r"\\]"))

ALL_MARKS = (*MARKS, (r"\begin", "}"), ("```math", "```"))


def read(text: str, bounds: Options | None = None) -> Document:
    return read_markdown(Source("post.md", text), bounds or Options())


def html(text: str) -> str:
    return "".join(piece.html if isinstance(piece, Prose) else "[math]" for piece in read(text).flow)


def assert_exact_places(document: Document) -> None:
    text, end = document.source.text, 0
    for block in document.math:
        raw = document.source.slice(block.span)
        assert any(raw.startswith(opening) and raw.endswith(closing) for opening, closing in ALL_MARKS), raw
        assert block.span.start >= end
        end = block.span.end
        for offset, character in enumerate(block.latex):
            place = block.locate(offset, offset + 1)
            assert text[place.start] in (character, "&") or (text[place.start], character) == ("\0", "\ufffd")


@pytest.mark.parametrize("path", POSTS, ids=lambda path: path.stem)
def test_every_segment_of_a_post_stands_at_its_exact_place(path: Path) -> None:
    document = read(path.read_text("utf-8"))
    assert document.math
    assert document.diagnostics == ()
    assert_exact_places(document)


SEGMENTS = [
    ("a paragraph of its own", "$$\nx = 1\n$$", [("\nx = 1\n", True)]),
    ("on one line", "$$x = 1$$", [("x = 1", True)]),
    ("right under a line of text", "Here\n$$\na\n- b\n= c\n$$\nthere", [("\na\n- b\n= c\n", True)]),
    ("behind text on its line", "Here $$\na = b\n$$ there", [("\na = b\n", True)]),
    ("twice behind text", "Here $$\na\n$$ there.\n\n$$\nc\n$$", [("\na\n", True), ("\nc\n", True)]),
    ("closed before a full stop", "$$\na\n$$.\n\n$$\nb\n$$", [("\na\n", True), ("\nb\n", True)]),
    ("inline at the start of a line", "\\$$a$$ and \\$\\$b", [("a", False)]),
    ("with a label", "$$a$$ (eq1)", [("a", True)]),
    ("double signs in a sentence", "Let $$a$$ and $$b$$ be", [("a", False), ("b", False)]),
    ("single signs", "Let $x$ and $ y $.", [("x", False), (" y ", False)]),
    ("a digit behind the close", "$x$2", [("x", False)]),
    ("over two lines", "the sum $a\n= b$ is", [("a\n= b", False)]),
    ("in a quote", "> Let\n> $$\n> a\n> = b\n> $$", [("\na\n= b\n", True)]),
    ("in a list", "- $$\n  a = b\n  $$\n- $c$", [("\n  a = b\n  ", True), ("c", False)]),
    (
        "a bare environment",
        "\\begin{align}\na &= b\n\\end{align}",
        [("\\begin{align}\na &= b\n\\end{align}", True)],
    ),
    ("round brackets", r"so \(x = 1\) and \\(y\\)", [("x = 1", False), ("y", False)]),
    ("square brackets", "\\[\nx\n\\]", [("\nx\n", True)]),
    ("a bar in a table", "|a|b|\n|-|-|\n|x|$p(x \\| y)$|", [("p(x | y)", False)]),
    ("equal cells", "|a|b|\n|-|-|\n|$a$|$a$|", [("a", False), ("a", False)]),
    ("in a heading", "# The $x$ of $y$ #", [("x", False), ("y", False)]),
    ("in emphasis and links", "*the $x$* and [the $y$](z.md)", [("x", False), ("y", False)]),
    ("behind a code span with signs", "`$a$` and $a$", [("a", False)]),
    ("an escaped sign inside", r"$5 \$$", [(r"5 \$", False)]),
    ("escaped for Markdown", "> $$\n> x\\_1\n> y\\*\\_2 \\\\_\n> $$", [("\nx_1\ny*_2 \\\\_\n", True)]),
    ("escaped in upright text", r"$x\_1 \text{a\_b}$", [(r"x_1 \text{a\_b}", False)]),
    ("blank lines inside", "$$\na\n\n= b\n$$", [("\na\n\n= b\n", True)]),
    ("between template tags", "{% raw %}\n$$\na\n$$\n{% endraw %}", [("\na\n", True)]),
    ("in a block of code", "```\n$$\na\n$$\n```\n\n    $b$", []),
    ("prices", "It costs $5 and $10, or $5-$10, or US$ 5 and US$ 10.", []),
    ("words between quoted names", "Use '$a' and then try '$b'.", []),
    ("variables of a shell", "Set $HOME and $PATH.", []),
    ("escaped signs", r"\$x\$", []),
    ("escaped brackets in prose", r"as shown \[1\] and \(see the note above\)", []),
]


@pytest.mark.parametrize(
    ("text", "segments"), [row[1:] for row in SEGMENTS], ids=[row[0] for row in SEGMENTS]
)
def test_what_is_math(text: str, segments: list[tuple[str, bool]]) -> None:
    document = read(text)
    assert [(block.latex, block.display) for block in document.math] == segments
    assert document.diagnostics == ()
    assert_exact_places(document)


PIECES = [
    "$",
    "$$",
    "\n",
    "\n\n",
    "> ",
    "- ",
    "  ",
    "    ",
    "|",
    "`",
    "*",
    "\\",
    "[",
    "](",
    ")",
    "# ",
    "---\n",
    "é\t",
    "a b",
    "x = 1",
]
PIECES += [
    "<!-- litgrad: a",
    "-->",
    "{{",
    "}}",
    "```math\n",
    "```\n",
    "[^1]: ",
    "!!! note",
    "\\|",
    "&lt;",
    "\\_",
]
PIECES += ["\\(", "\\)", "\\[", "\\]", "\\begin{align}", "\\end{align}", "|-|\n", "<div>", "\0", "\r"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_text_is_read_with_exact_places(pieces: list[str]) -> None:
    assert_exact_places(read("".join(pieces).replace("\r", "\n")))


UNCLOSED = [
    ("```math\na\n\nLet $b$.\n\n```math\nc", 1, ["b"]),
    ("- ~~~math\n  a\n\nLet $b$.\n\n~~~math\nc\n~~~", 1, ["b", "c"]),
    ("$$\na = b\n\n## A heading\n\n$$\nc\n$$", 1, ["\nc\n"]),
    ("Text.\n\n$$\na = b\n\nSo we can know that\n\n$$\nc\n$$", 3, ["\nc\n"]),
    ("$$\na = b\n", 1, []),
    ("$$c$$\n\nLet $$a = b\n\nand so on $d$", 3, ["c", "d"]),
    ("\\begin{align}\na = b\n\nSo we can know that\n\n$$\nc\n$$", 1, ["\nc\n"]),
]


@pytest.mark.parametrize(("text", "line", "rest"), UNCLOSED)
def test_an_opening_that_is_never_closed_is_reported_and_swallows_nothing(
    text: str, line: int, rest: list[str]
) -> None:
    document = read(text)
    assert [(found.code, document.source.line(found.span.start)) for found in document.diagnostics] == [
        ("unclosed-math", line)
    ]
    assert [block.latex for block in document.math] == rest


def test_display_math_splits_its_paragraph_and_leaves_none_empty() -> None:
    assert html("Here $$\na\n$$ there") == "<p>Here </p>\n[math]<p> there</p>\n"
    assert html("$$a$$") == "[math]"
    assert html("Let $$a$$ be") == "<p>Let [math] be</p>\n"


def test_raw_html_and_dangerous_links_stay_text() -> None:
    page = html("<script>x</script> [a](javascript:x) [b](data:text/html,x) [c](https://d.e) [f](g.md)")
    assert "<script>" not in page
    assert page.count("href=") == 2


PAGES = [
    ("<p class='a'>Let <b onclick='x'>bold *and* more</b></p>", "<p>Let <b>bold <em>and</em> more</b></p>\n"),
    ("<b>never closed", "<p>&lt;b&gt;never closed</p>\n"),
    ("H<sub>2</sub>O<br>x", "<p>H<sub>2</sub>O<br />\nx</p>\n"),
    ("<div>\n$$a$$\n</div>", "[math]"),
    ("{% raw %}\n$$a$$\n{% endraw %}", "[math]"),
    ("<!-- a -->\n\nb <!-- c --> d", "<p>b  d</p>\n"),
    ("<iframe src='x'></iframe>", "<p>&lt;iframe src='x'&gt;&lt;/iframe&gt;</p>\n"),
    ("<code>$a$ <b></code>", "<p><code>$a$ &lt;b&gt;</code></p>\n"),
]


@pytest.mark.parametrize(("text", "page"), PAGES)
def test_what_html_leaves_on_the_page(text: str, page: str) -> None:
    assert html(text) == page


def test_control_and_direction_characters_do_not_reach_the_page() -> None:
    assert html("a\u202eb\x07c") == "<p>a\ufffdb\ufffdc</p>\n"


def test_headings_get_ids_that_are_unique_and_links_follow_them() -> None:
    page = html("# Sigmoid\n\n# Sigmoid\n\n[up](#sigmoid)")
    assert 'id="section-sigmoid"' in page
    assert 'id="section-sigmoid-2"' in page
    assert 'href="#section-sigmoid"' in page


TITLES = [
    ("---\ntitle: A post\n---\n\n# Heading", "A post"),
    ("---\nlayout: post\n---\n\n# The *first* $x$", "The first x"),
    ("text", "back propagation"),
]


@pytest.mark.parametrize(("text", "title"), TITLES)
def test_the_title(text: str, title: str) -> None:
    assert read_markdown(Source("posts/2020-01-31-back-propagation.md", text)).title == title


BROKEN = [
    ("---\na: [1\nb: 2\n---\n", 3),
    ("---\n- a\n---\n", 2),
    ("---\na: &x [1]\nb: *x\n---\n", 3),
    ("---\nday: 2020-99-99\n---\n", 2),
]


@pytest.mark.parametrize(("text", "line"), BROKEN)
def test_broken_front_matter_is_reported_at_its_line(text: str, line: int) -> None:
    document = read(text + "\n$x$")
    assert [found.code for found in document.diagnostics] == ["bad-front-matter"]
    assert document.source.line(document.diagnostics[0].span.start) == line
    assert document.front_matter == {}
    assert [block.latex for block in document.math] == ["x"]


LARGE = [
    ("$" + "x + " * 50 + "x$", Options(formula_characters=100), "a formula of 201 characters"),
    ("$" + "{" * 30 + "}" * 30 + "$", Options(depth=20), "brackets nest deeper"),
    ("$x = " + "1" * 30 + "$", Options(integer_digits=20), "a number of 30 digits"),
    ("$9^{9^{99999}}$", Options(), "an exponent of 5 digits"),
]


@pytest.mark.parametrize(("text", "bounds", "message"), LARGE, ids=[row[2] for row in LARGE])
def test_a_formula_beyond_a_bound_is_reported_and_not_read(text: str, bounds: Options, message: str) -> None:
    document = read(f"Let {text} and $y$.", bounds)
    assert [block.latex for block in document.math] == ["y"]
    assert [found.code for found in document.diagnostics] == ["too-large"]
    assert document.diagnostics[0].message.startswith(message)
    assert read(f"Let {text} and $y$.", Options(10**9, 10**9, 10**9, 10**9, 10**9)).diagnostics == ()


NOTEBOOKS = [
    ('{"cells": [\n 1]}', 1, "cell 1 of the notebook has no `cell_type`"),
    ('{"cells": [{"cell_type": "markdown", "source": [1]}]}', 1, "cell 1 of the notebook has no text"),
    ('{"cells": [],\n}', 2, "the notebook is not JSON: "),
    ('{"nbformat": 3, "worksheets": []}', 1, "the notebook is of format 3; format 4 is read"),
    ("[]", 1, "the notebook is not an object with `cells`"),
    ("", 1, "the notebook is not JSON: "),
    ("[" * 100_000, 1, "the notebook is not JSON"),
]


@pytest.mark.parametrize(("text", "line", "message"), NOTEBOOKS)
def test_a_broken_notebook_is_reported_at_its_line(text: str, line: int, message: str) -> None:
    document = read_markdown(Source("post.ipynb", text))
    (found,) = document.diagnostics
    assert found.code == "bad-notebook"
    assert found.message.startswith(message)
    assert document.source.line(found.span.start) == line


def test_code_cells_are_shown_and_their_outputs_left_out() -> None:
    code = {"cell_type": "code", "source": "a < b", "outputs": [{"text": "secret"}]}
    document = read_markdown(Source("post.ipynb", json.dumps({"cells": [code]})))
    (prose,) = document.flow
    assert isinstance(prose, Prose)
    assert prose.html == '<pre><code class="language-python">a &lt; b\n</code></pre>\n'


def test_a_place_in_a_notebook_names_the_cell() -> None:
    cells = [{"cell_type": "markdown", "source": text} for text in ("a", "b\n$c$")]
    document = read_markdown(Source("post.ipynb", json.dumps({"cells": cells})))
    assert [document.source.place(block.span.start) for block in document.math] == ["post.ipynb:cell 2:2:1"]
    assert_exact_places(document)


def test_imports_of_mdx_are_code_and_words_elsewhere() -> None:
    text = "import A from '$lib/a'\nexport const b = '$c'\n\nLet <A b={$x} /> be $y$.\n"
    assert [block.latex for block in read_markdown(Source("post.mdx", text)).math] == ["y"]
    assert [block.latex for block in read("import $a$ as it is").math] == ["a"]


FRONT_MATTER = (
    "---\ntitle: A\nlitgrad:\n  assume:\n    - x > 0\n    - 'y < 1'\n  shape: {w: 3}\n  skip:\n---\n"
)
KEYS = [
    (("title",), "A"),
    (("litgrad", "assume", 0), "x > 0"),
    (("litgrad", "assume", 1), "'y < 1'"),
    (("litgrad", "shape", "w"), "3"),
    (("litgrad", "shape"), "{w: 3}"),
    (("litgrad", "skip"), "skip"),
    (("title", "no"), "A"),
]


@pytest.mark.parametrize(("keys", "text"), KEYS)
def test_a_value_of_the_front_matter_has_its_place(keys: tuple[str | int, ...], text: str) -> None:
    document = read(FRONT_MATTER)
    assert document.front_matter_span is not None
    assert document.source.slice(place_of(document.source, document.front_matter_span, *keys)) == text


@pytest.mark.parametrize("text", ["a: [", "", "a: *b"])
def test_the_place_in_broken_front_matter_is_all_of_it(text: str) -> None:
    assert place_of(Source("p.md", text), Span(0, len(text)), "a") == Span(0, len(text))


def test_every_engine_is_a_row() -> None:
    assert tuple(ENGINES) == options.ENGINES


EATEN = [
    (r"$\{a\}$", "kramdown goldmark github mkdocs"),
    (r"$$\{a\}$$", "goldmark mkdocs"),
    (r"$a\,b$", "goldmark github"),
    ("$x_{i} + y_{j}$", "kramdown"),
    (r"$\hat{x}_i + y_{j}$", "kramdown goldmark mkdocs"),
    ("$a^*=x-b^*$", "kramdown goldmark mkdocs"),
    ("where $|x|$ is", "kramdown"),
    ("where $$|x|$$ is\nand $y$", ""),
    ("|a|\n|-|\n|$|x|$|", "kramdown goldmark github mkdocs obsidian jupyter"),
    (r"so \(x\) is", "kramdown goldmark github mkdocs obsidian jupyter"),
    (r"so \\(x\\) is", ""),
    ("$$\na \\\\\nb\n$$", "goldmark mkdocs"),
    (r"$x\_1 \\\\ y\_2$", ""),
    ("$x_1 + y_2$", ""),
    (r"$`\{a_{i}\} + b_{j}`$", ""),
    ("```math\n\\{a\\}\n```", ""),
    ("<div>\n$\\{a\\}$\n</div>", ""),
    ("<div>\n\n$\\{a\\}$\n\n</div>", "goldmark github"),
    (r"`$\{a\}$`", ""),
]


@pytest.mark.parametrize(("text", "engines"), EATEN)
def test_what_an_engine_eats(text: str, engines: str) -> None:
    eaten = [name for name in ENGINES if read(text, Options(engine=name)).diagnostics]
    assert eaten == engines.split()


UNITS = ["$$ a = b\n\n", "\\begin{align}\n\n", "- $$ a\n", "\\[\n", "$x ", "\\( ", "$x$ ", "$$x$$ a "]
UNITS += ["```math\n", "- ```math\n", "> ```math\n> a\n\n"]
UNITS += [
    "$",
    "$$",
    "\\begin{align} ",
    "<!-- ",
    "<!A",
    "{{ ",
    "{% ",
    '<a b="',
    "<script>",
    "$a\n+ b",
    "|$x|$",
    "`$",
]
UNITS += ["\\\\", "{/* $", "<pre>\n", "$a|b$|c\n|-|-|\n", "[^1]: a\n\n    b\n\n", "$\\|x$", "$`a"]


@pytest.mark.parametrize("unit", UNITS)
def test_reading_time_grows_with_the_length_of_the_post(unit: str) -> None:
    def seconds(count: int) -> float:
        started = perf_counter()
        read(unit * count)
        return perf_counter() - started

    seconds(10)
    assert seconds(8_000) < 40 * max(seconds(800), 0.01)
