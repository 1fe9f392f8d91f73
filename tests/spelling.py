"""One expression in the many ways that authors write it in LaTeX."""

from itertools import pairwise
from random import Random

from trees import Applied, Name, Number, Over, Raised, Root, Series, Size, Times, Total, Tree

STACKED = (r"\frac", r"\dfrac", r"\tfrac", r"\cfrac")
"""How a fraction with a line begins; one with a slash needs brackets in more places."""
SQUARED = (r"\sin", r"\cos", r"\tanh")
"""Functions whose power authors write at the name."""
OPENING = ("(", "[", r"\left", r"\big", r"\Big")
"""How an opening bracket begins, which after a name could be a call's."""


class Pen:
    """Writes a tree as LaTeX, and chooses among the ways to do so."""

    def __init__(self, choices: Random) -> None:
        self.choices = choices

    def pick(self, *ways: str) -> str:
        """One of some texts."""
        return self.choices.choice(ways)

    def gap(self) -> str:
        """Space between signs, as shown or as not shown."""
        return self.pick("", "", " ", " ", "\n", r"\ ", r"\, ", r"\; ", r"\! ", "~")

    def pad(self) -> str:
        """Space where TeX looks for an argument."""
        return self.pick("", "", " ", "\n")

    def bracketed(self, text: str) -> str:
        """The text in brackets of some kind and size."""
        left, right = self.choices.choice(
            (
                ("(", ")"),
                (r"\left(", r"\right)"),
                (r"\big(", r"\big)"),
                ("[", "]"),
                (r"\left[", r"\right]"),
                (r"\Bigl(", r"\Bigr)"),
            )
        )
        return f"{left}{self.gap()}{text}{self.gap()}{right}"

    def group(self, text: str) -> str:
        """The text in braces."""
        return f"{{{self.pad()}{text}{self.pad()}}}"

    def script(self, text: str) -> str:
        """An argument, without braces where one sign is enough."""
        return self.pick(text, self.group(text)) if len(text) == 1 else self.group(text)

    def tree(self, tree: Tree) -> str:
        """The whole tree."""
        match tree:
            case Number(text) | Name(text):
                return text
            case Total(terms, minus):
                return self.total(terms, minus)
            case Times(factors):
                return self.times(factors)
            case Over(above, below):
                return self.over(above, below)
            case Raised(base, exponent):
                return self.raised(base, exponent)
            case Root(degree, inside):
                mark = f"[{degree}]" if degree > 2 else self.pick("", "", "[2]")
                return rf"\sqrt{mark}{self.group(self.tree(inside))}"
            case Applied(function, argument):
                return self.applied(function, argument)
            case Size(inside):
                return self.size(self.tree(inside))
            case Series(kind, last, inside):
                return self.series(kind, last, inside)

    def series(self, kind: str, last: int, inside: Tree) -> str:
        """A sum or a product over `k`; brackets hold what would end it early."""
        below = "_" + self.group(f"k{self.pad()}={self.pad()}1")
        above = "^" + self.script(str(last))
        limits = self.pick("", "", r"\limits") + self.pick(below + above, above + below)
        if kind == r"\sum":
            factor = self.factor(inside, last=False)
            return f"{kind}{limits}{self.gap()}k{self.sign(Name('k'), factor)}{factor}"
        return f"{kind}{limits}{self.gap()}{self.bracketed('k + ' + self.term(inside))}"

    def size(self, text: str) -> str:
        """Bars with a left and a right one where others stand inside."""
        ways = ((r"\lvert ", r"\rvert "), ("|", "|"), (r"\left|", r"\right|"), (r"\vert ", r"\vert "))
        left, right = ways[0] if "|" in text or "vert" in text else self.choices.choice(ways)
        return f"{left}{self.pad()}{text}{self.pad()}{right}"

    def total(self, terms: tuple[Tree, ...], minus: tuple[bool, ...]) -> str:
        """A sum, its terms with their signs."""
        text = ""
        for place, (term, sign) in enumerate(zip(terms, minus, strict=True)):
            mark = "-" if sign else "+" if place else ""
            text += f"{self.gap()}{mark}{self.gap()}{self.term(term)}"
        return text

    def term(self, tree: Tree) -> str:
        """One term of a sum; another sum would lose its bounds without brackets."""
        text = self.tree(tree)
        return self.bracketed(text) if isinstance(tree, Total | Series) else text

    def times(self, factors: tuple[Tree, ...]) -> str:
        """A product with signs between the factors where they are needed."""
        text = self.factor(factors[0], last=False)
        for before, factor in pairwise(factors):
            written = self.factor(factor, last=factor is factors[-1])
            text += self.sign(before, written) + written
        return text

    def factor(self, tree: Tree, *, last: bool) -> str:
        """One factor, in brackets where it would otherwise take in or give away a neighbour."""
        text = self.tree(tree)
        slashed = isinstance(tree, Over) and not text.startswith(STACKED)
        if isinstance(tree, Total | Times | Series) or slashed:
            return self.bracketed(text)
        return text if last or _closed(tree, text) else self.bracketed(text)

    def sign(self, before: Tree, after: str) -> str:
        """What stands between two factors; nothing only where nobody could take it for a number or a call."""
        shown = self.pick(r"\cdot ", r"\times ", r"\cdot", r"\,\cdot\, ")
        shown = shown + " " if after[0].isalpha() else shown
        loud = f"{self.gap()}{shown}"
        if after[0].isdigit() or (isinstance(before, Name | Raised) and after.startswith(OPENING)):
            return loud
        return self.pick(loud, " ", r"\, ", "\n", " ")

    def over(self, above: Tree, below: Tree) -> str:
        """A fraction with a line or a slash."""
        way = self.pick(r"\frac", *STACKED, "/")
        upper, lower = self.tree(above), self.tree(below)
        if way == "/":
            return f"{self.simple(above, upper)}{self.gap()}/{self.gap()}{self.simple(below, lower)}"
        if len(upper) == len(lower) == 1 and self.choices.random() < 0.5:
            return way + (f"{upper}{lower}" if upper.isdigit() else f" {upper} {lower}")
        return f"{way}{self.pad()}{self.group(upper)}{self.pad()}{self.group(lower)}"

    def simple(self, tree: Tree, text: str) -> str:
        """The text as a factor that a slash or a script takes as a whole."""
        return text if isinstance(tree, Number | Name | Root) else self.bracketed(text)

    def raised(self, base: Tree, exponent: Tree) -> str:
        """A power; that of some functions stands at their name."""
        upper = self.script(self.tree(exponent))
        if isinstance(base, Applied) and base.function in SQUARED and isinstance(exponent, Number):
            return f"{base.function}^{upper}{self.argument(base.argument)}"
        ground = self.tree(base)
        if not isinstance(base, Number | Name):
            ground = self.bracketed(ground)
        elif self.choices.random() < 0.2:
            ground = self.group(ground)
        return f"{ground}{self.pad()}^{self.pad()}{upper}"

    def applied(self, function: str, argument: Tree) -> str:
        """A function with its argument."""
        if function == r"\exp" and self.choices.random() < 0.5:
            return f"e^{self.group(self.tree(argument))}"
        if function == "f":
            return function + self.pick("", " ") + self.round(self.tree(argument))
        return function + self.argument(argument)

    def argument(self, argument: Tree) -> str:
        """An argument, without brackets where one sign is all of it."""
        text = self.tree(argument)
        bare = isinstance(argument, Name) or (isinstance(argument, Over) and text.startswith(STACKED))
        return self.pick(f" {text}", self.round(text)) if bare else self.round(text)

    def round(self, text: str) -> str:
        """The text in round brackets, which alone hold arguments."""
        left, right = self.choices.choice(
            (("(", ")"), (r"\left(", r"\right)"), (r"\left (", r"\right )"), (r"\big(", r"\big)"))
        )
        return f"{left}{self.pad()}{text}{self.pad()}{right}"


def _closed(tree: Tree, text: str) -> bool:
    """Whether the text ends for sure, so that no factor after it joins the argument of a function in it."""
    return not isinstance(tree, Applied | Raised) or text.endswith((")", "]"))
