"""The symbols of a post and the references to its equations."""

import re
from html import unescape

import pytest

from litgrad.compiler import compile_post
from litgrad.source import Source

POST = r"""# Symbols

For $0 < p < 1$ let

$$ L = -\log p \tag{7} \label{eq:loss} $$

and $h(t) = L t$ with $M = h(p)$. Then

$$ \frac{dL}{dp} = -\frac{1}{p} $$

See \eqref{eq:loss}, `\eqref{eq:loss}` and equation (7), but \eqref{nothing} and equation (8) lead nowhere.

\begin{equation} \label{two} N = M + q \end{equation}

So says \ref{two}; [equation (7)](https://example.org) is a link already.
"""


@pytest.fixture(scope="module")
def page() -> str:
    return compile_post(Source("symbols.md", POST)).page


def entries(page: str) -> dict[str, str]:
    """The glossary: letters by what is said of them, without markup."""
    (section,) = re.findall(r'<section class="glossary".*?</section>', page, re.DOTALL)
    found = {}
    for item in re.findall(r"<li .*?</li>", section, re.DOTALL):
        name, *rest = re.findall(r'<span class="\w+">(.*?)</span>\n', item, re.DOTALL)
        found[plain(name)] = " | ".join(map(plain, rest))
    return found


def plain(html: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]*>", "", html).split()))


def test_every_symbol_is_told_with_its_domain_definition_and_uses(page: str) -> None:
    assert entries(page) == {
        "p": "number, 0<p, p<1; used by L, M | lines 3 5 7 9",
        "L": "number, defined in line 5; used by h | lines 5 7 9",
        "h": "function of t, defined in line 7; used by M | line 7",
        "t": "argument of h | line 7",
        "M": "number, defined in line 7; used by N | lines 7 13",
        "N": "number, defined in line 13 | line 13",
        "q": "number; used by N | line 13",
    }


def test_a_definition_says_what_uses_it(page: str) -> None:
    (popover,) = [one for one in re.findall(r"<div popover.*?</div>", page) if "post line 5" in one]
    assert "Used by h." in plain(popover)
    assert re.search(r'<a class="tocode users" href="#sym\d+">used by 1</a>', page)


def test_references_lead_to_their_equation(page: str) -> None:
    (prose,) = re.findall(r"<p>See .*?</p>", page)
    loss = re.search(r'<ol class="deriv" id="(f\d+)"[^>]* aria-label="Formula in line 5">', page)
    assert loss is not None
    link = f'<a class="eqref" href="#{loss[1]}">(7)</a>'
    assert prose.startswith(f"<p>See {link}, <code>\\eqref{{eq:loss}}</code> and equation {link}, but")
    assert r"\eqref{nothing} and equation (8) lead" in prose
    assert re.search(r'So says <a class="eqref" href="#f\d+">\(line 13\)</a>;', page)
    assert ">equation (7)</a> is a link already" in page


def test_links_of_the_glossary_lead_somewhere(page: str) -> None:
    ids = set(re.findall(r' id="([^"]*)"', page))
    links = set(re.findall(r' href="#([^"]*)"', page))
    assert links - ids == set()
