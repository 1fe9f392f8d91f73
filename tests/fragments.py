"""Posts by chance: pieces of Markdown and LaTeX, whole and damaged, put together by a grammar."""

from collections.abc import Callable, Sequence

Choose = Callable[[Sequence[str]], str]
"""Takes the alternatives, gives one of them."""

LETTERS = ("x", "y", "z", "w", "b", "n", "i", "e", "d", "L", "\\sigma", "\\theta", "\\hat{y}", "\\mathbf{W}")
NUMBERS = ("0", "1", "2", "10", "0.5", "1e-3", "007", "9" * 40, "1.", ".5")
FUNCTIONS = ("\\log", "\\exp", "\\sin", "\\sqrt", "\\tanh", "f", "\\sigma", "\\max", "\\operatorname{relu}")
SIGNS = ("=", "=", "=", "\\le", "<", "\\approx", ":=", "\\equiv", "& =", "\\\\ & =", "\\neq", "\\to", "==")
BINARY = ("+", "-", "*", "\\cdot", "\\times", "/", " ", "", "^", "_", "\\circ", "!", "'", ",")
BROKEN = (
    *(
        "{",
        "}",
        "\\left(",
        "\\right)",
        "$",
        "$$",
        "\\",
        "&",
        "\\\\",
        "%",
        "#",
        "~",
        "^^",
        "__",
        "\\begin{align}",
    ),
    *(
        "\\end{align}",
        "\\frac",
        "\\frac{1}",
        "\\unknown",
        "\\def\\a{\\a\\a}\\a",
        "\\text{$",
        "\\label{",
        "\u202e",
    ),
    *("\\href{javascript:alert(1)}{x}", "\x1b[31m", "\u200b", "𝒙", "因", "\\char92 ", "\\input{/etc/passwd}"),
)
PROSE = (
    *(
        "Let us see.",
        "where",
        "for $x > 0$,",
        "# Heading",
        "- item",
        "> quote",
        "1. one",
        "`code $x$`",
        "---",
        "***",
    ),
    *(
        "<script>alert(1)</script>",
        "[link](javascript:alert(1))",
        "![](x)",
        "| a | b |\n|---|---|\n| 1 | 2 |",
    ),
    *(
        "```python\n$x$\n```",
        "```math\nx = y\n```",
        "&lt;",
        "<!-- $ -->",
        "\\$5 and $6",
        "[^1]: note",
        "***bold**",
    ),
    *("---\ntitle: [\n---", "$", "$$", "\\(", "\\]", "\t", "\xa0", "# ]()", "<b", "Let $f(x) = x^2$."),
)
SHAPES = (
    *(
        "{a} {o} {b}",
        "\\frac{{{a}}}{{{b}}}",
        "{f}({a})",
        "({a})",
        "{{{a}}}",
        "{a}^{{{b}}}",
        "{a}_{b}",
        "-{a}",
    ),
    *(
        "\\frac{{d {a}}}{{d {l}}}",
        "\\frac{{\\partial {a}}}{{\\partial {l}}}",
        "\\sum_{{i=1}}^{{n}} {a}",
        "{f}'({l})",
    ),
    *(
        "\\begin{{bmatrix}} {a} & {b} \\\\ {b} & {a} \\end{{bmatrix}}",
        "\\int {a} d{l}",
        "\\left| {a} \\right|",
    ),
)
MATH = (
    *("$${m}$$", "$$\n{m}\n$$", "${m}$", "\\[{m}\\]", "\\({m}\\)", "> $$\n> {m}\n> $$", "- $$\n  {m}\n  $$"),
    *(
        "\\begin{{align}}\n{m}\n\\end{{align}}",
        "$$\n\\begin{{cases}}\n{m}\n\\end{{cases}}\n$$",
        "```math\n{m}\n```",
    ),
)
_GOES_ON = ("end", "go on")


def post(choose: Choose, paragraphs: int = 4, depth: int = 3) -> str:
    """A post of at most so many paragraphs, whose formulas nest at most so deep."""
    return "\n\n".join(_paragraph(choose, depth) for _ in range(paragraphs))


def _paragraph(choose: Choose, depth: int) -> str:
    kind = choose(("math", "math", "prose"))
    return choose(PROSE) if kind == "prose" else choose(MATH).format(m=formula(choose, depth))


def formula(choose: Choose, depth: int = 3) -> str:
    """A chain of sides and signs."""
    sides = [side(choose, depth), choose(SIGNS), side(choose, depth)]
    while choose(_GOES_ON) != "end" and len(sides) < 9:
        sides += [choose(SIGNS), side(choose, depth)]
    return " ".join(sides)


def side(choose: Choose, depth: int) -> str:
    """An expression, now and then with a piece that belongs nowhere."""
    kind = choose(
        ("letter", "number", "shape", "shape", "shape", "broken") if depth else ("letter", "number")
    )
    match kind:
        case "letter":
            return choose(LETTERS)
        case "number":
            return choose(NUMBERS)
        case "broken":
            return choose(BROKEN) + side(choose, depth - 1)
        case _:
            pieces = {"o": choose(BINARY), "f": choose(FUNCTIONS), "l": choose(LETTERS)}
            return choose(SHAPES).format(a=side(choose, depth - 1), b=side(choose, depth - 1), **pieces)
