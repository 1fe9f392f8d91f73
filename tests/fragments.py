"""Posts by chance: pieces of Markdown and LaTeX, whole and damaged, put together by a grammar."""

from collections.abc import Callable, Sequence

Choose = Callable[[Sequence[str]], str]
"""Takes the alternatives, gives one of them."""
Part = Callable[[Choose, int], str]
"""Takes the choice and how deep it may nest, gives a piece of a formula."""

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
DECLARED = (
    "Let $W \\in \\mathbb{{R}}^{{{m} \\times {n}}}$ and $x \\in \\mathbb{{R}}^{{{n}}}$.",
    "Let $A$ be a symmetric ${n} \\times {n}$ matrix and $x$ a vector.",
    "where $\\mathbf{{x}}, \\mathbf{{y}} \\in \\mathbb{{R}}^{n}$, $A \\in \\mathbb{{R}}^{{{m} \\times {n}}}$",
    "Let $p_i = \\frac{{e^{{z_i}}}}{{\\sum_j e^{{z_j}}}}$ for $i = 1, \\dots, {n}$.",
    "Let $X = (x_1, \\dots, x_{n})^T$ with $x_i \\in \\mathbb{{R}}^{m}$.",
    "",
)
SIZES = ("n", "m", "d", "1", "0", "3", "n+1", "n \\times m", "-2", "10^9", "\\infty", "N_h")
TENSORS = (
    *(
        "A",
        "W",
        "x",
        "b",
        "y",
        "z",
        "\\mathbf{A}",
        "\\mathbf{x}",
        "\\mathbf{y}",
        "\\Sigma",
        "\\vec{v}",
        "I",
        "X",
    ),
    *(
        "W_{ij}",
        "x_i",
        "x_j",
        "z^{(l)}",
        "W^{(l+1)}",
        "a^{(0)}",
        "\\delta_{ij}",
        "p_i",
        "e_k",
        "\\mathbf{1}",
        "0",
    ),
)
LINEAR = (
    *(
        "{a} {b}",
        "{a} + {b}",
        "{a}^T {b}",
        "{a}^\\top {b} {a}",
        "{a}^{{-1}}",
        "({a} {b})^{{-T}}",
        "{a} \\odot {b}",
    ),
    *(
        "\\operatorname{{tr}}({a} {b})",
        "\\det({a})",
        "\\log |{a}|",
        "\\|{a} - {b}\\|^2",
        "\\|{a}\\|_F",
        "\\lVert {a} \\rVert_1",
    ),
    *(
        "\\nabla_{{{a}}} {b}",
        "\\frac{{\\partial {a}}}{{\\partial {b}}}",
        "\\frac{{d}}{{d {a}}} ({b})",
        "\\nabla^2 {a}",
    ),
    *(
        "\\sum_i {a}",
        "\\sum_{{j=1}}^{{n}} {a} {b}",
        "\\sum_{{j \\neq i}} {a}",
        "\\operatorname{{diag}}({a})",
        "{a} \\otimes {b}",
    ),
    *(
        "\\sigma({a})",
        "e^{{{a}}}",
        "\\log {a}",
        "\\frac{{{a}}}{{{b}}}",
        "\\frac12 {a}",
        "-{a}",
        "({a})_{{ij}}",
        "({a})_{{i}}",
    ),
    *(
        "\\langle {a}, {b} \\rangle",
        "{a} \\cdot {b}",
        "{a} \\times {b}",
        "{a}^2",
        "\\sqrt{{{a}}}",
        "\\operatorname{{softmax}}({a})",
    ),
    *(
        "\\begin{{bmatrix}} {a} & {b} \\\\ {b} & {a} \\end{{bmatrix}}",
        "[{a}; {b}]",
        "\\max_i {a}",
        "\\prod_i {a}",
        "{a}'",
    ),
)
_GOES_ON = ("end", "go on")


def post(choose: Choose, paragraphs: int = 4, depth: int = 3) -> str:
    """A post of at most so many paragraphs, whose formulas nest at most so deep."""
    return "\n\n".join(_paragraph(choose, depth) for _ in range(paragraphs))


def _paragraph(choose: Choose, depth: int) -> str:
    match choose(("math", "math", "prose", "vectors", "vectors")):
        case "prose":
            return choose(PROSE)
        case "vectors":
            return f"{_declaration(choose)}\n\n{choose(MATH).format(m=formula(choose, depth, linear))}"
        case _:
            return choose(MATH).format(m=formula(choose, depth))


def _declaration(choose: Choose) -> str:
    return choose(DECLARED).format(m=choose(SIZES), n=choose(SIZES))


def formula(choose: Choose, depth: int = 3, part: Part | None = None) -> str:
    """A chain of sides and signs."""
    each = part or side
    sides = [each(choose, depth), choose(SIGNS), each(choose, depth)]
    while choose(_GOES_ON) != "end" and len(sides) < 9:
        sides += [choose(SIGNS), each(choose, depth)]
    return " ".join(sides)


def linear(choose: Choose, depth: int) -> str:
    """An expression of vectors, matrices and indices, whose shapes may or may not fit."""
    match choose(("tensor", "shape", "shape", "shape", "side") if depth else ("tensor", "tensor", "number")):
        case "tensor":
            return choose(TENSORS)
        case "number":
            return choose(NUMBERS)
        case "side":
            return side(choose, depth - 1)
        case _:
            return choose(LINEAR).format(a=linear(choose, depth - 1), b=linear(choose, depth - 1))


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
