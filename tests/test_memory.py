"""What is remembered of a post gives the same outcome as judging it anew, whatever was edited or damaged."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
import sympy

from litgrad.checking import checker
from litgrad.memory import Notes, Untold, remembering, told
from litgrad.options import Options
from litgrad.outcome import Outcome
from litgrad.source import Source
from litgrad.tasks import compiled
from litgrad.termdata import read_term, write_term

POST = r"""# A neuron

Let $\sigma(x) = \frac{1}{1 + e^{-x}}$ and $a = wx + b$.

$$
\sigma'(x) = \sigma(x) (1 - \sigma(x))
$$

Then $L = (y - a)^2$, so

$$
\frac{\partial L}{\partial w} = \frac{dL}{da} \frac{da}{dw} = 2 x (y - a)
$$

We know that $u + v = 1$. Then $u^2 + u v = u$.

Now $(x + 1)^2 = x^2 + 2x + 1$, also $\frac{x^2 - 1}{x - 1} = x + 1$, and $s = \log p$.
""" + "\n".join(["There is more to say, but no formula says it."] * 20 + ["The end."])
EDITS = {
    "nothing": ("", ""),
    "prose": ("The end.", "That is all."),
    "words near a step": ("also", "but it is wrong that"),
    "what a step follows from": ("u + v = 1", "u + v = 2"),
    "a step": ("x^2 + 2x + 1", "2x + x^2 + 1"),
    "a step that becomes wrong": ("x^2 + 2x + 1", "x^2 + 2x + 2"),
    "a wrong step put right": ("2 x (y - a)", "-2 x (y - a)"),
    "a definition": ("(y - a)^2", "(y - a)^4"),
    "a definition that others lead to": ("wx + b", "wx - b"),
    "a value in passing": ("A neuron", "If $y = 1$"),
    "a domain": ("also", "for $x > 2$ also"),
    "a line more": ("# A neuron\n", "# A neuron\n\nHello.\n"),
    "a sigmoid that is none": ("{1 + e^{-x}}", "{2 + e^{-x}}"),
    "a bound from a logarithm": (r"s = \log p", r"s = \log w"),
    "a variable that another name has": ("wx + b", "wb + x"),
    "a name used otherwise": ("$s = ", "$a = "),
}


def run(text: str, old: Mapping[str, Any]) -> tuple[Outcome, dict[str, Any]]:
    with remembering(old) as notes:
        outcome = compiled(Source("p.md", text), Options(), "p", 1000)
    return outcome, json.loads(json.dumps(notes.new))


@pytest.fixture(scope="module")
def noted() -> dict[str, Any]:
    return run(POST, {})[1]


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_gives_what_a_build_without_memory_gives(name: str, noted: dict[str, Any]) -> None:
    old, new = EDITS[name]
    assert old in POST
    text = POST.replace(old, new, 1)
    assert run(text, noted)[0] == compiled(Source("p.md", text), Options(), "p", 1000)


@pytest.mark.parametrize(("edit", "most"), [("nothing", 0), ("prose", 0), ("a step", 7), ("a domain", 99)])
def test_only_derivations_that_changed_are_judged(
    edit: str, most: int, noted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = []
    check = checker.check
    monkeypatch.setattr(checker, "check", lambda one, post: judged.append(one) or check(one, post))
    run(POST.replace(*EDITS[edit], 1), noted)
    assert len(judged) <= most
    assert (most < 99) or judged


@pytest.mark.parametrize("damage", [None, "text", [], {}, {"steps": 1}, [1, 2], -1, {"steps": [{}]}])
def test_damaged_notes_count_as_none(damage: object, noted: dict[str, Any]) -> None:
    outcome = compiled(Source("p.md", POST), Options(), "p", 1000)
    kept = {key: value for key, value in noted.items() if isinstance(value, dict) and "steps" in value}
    assert kept
    assert run(POST, dict.fromkeys(kept, damage))[0] == outcome


def test_notes_hold_what_the_last_run_used(noted: dict[str, Any]) -> None:
    _, again = run(POST, {**noted, "old": 1})
    assert again == noted


def test_terms_with_dummies_are_not_told() -> None:
    with pytest.raises(Untold):
        told(sympy.Dummy("x"), Notes({}))


def test_terms_that_differ_are_told_apart() -> None:
    x, y = sympy.Symbol("x", real=True), sympy.Symbol("x")
    terms = [
        *(x, y, 2 * x, sympy.Mul(x, 2, evaluate=False), sympy.Integer(1), sympy.Float(1)),
        *(sympy.log(x), sympy.Function("log")(x), sympy.Function("log", real=True)(x)),
        *(sympy.Interval(0, 1), sympy.Interval.open(0, 1), sympy.Derivative(sympy.Function("f")(x), x)),
    ]
    notes = Notes({})
    assert len({told(term, notes) for term in terms}) == len(terms)


def test_terms_come_back_as_they_were() -> None:
    x, a = sympy.Symbol("x", real=True), sympy.Symbol(r"\hat{y}", real=True)
    terms = [
        *(x + 1, sympy.Rational(3, 7) * x, sympy.exp(x) / 2, sympy.log(a) ** 2, sympy.pi * sympy.E),
        *(sympy.sqrt(x), sympy.Max(x, 1), sympy.Add(1, x, 1, evaluate=False), sympy.Function("f")(x, a)),
        *(sympy.zoo, sympy.oo, -sympy.oo, sympy.I),
    ]
    for term in terms:
        assert read_term(json.loads(json.dumps(write_term(term)))) == term


def test_a_formula_too_deep_to_be_told_is_judged_all_the_same() -> None:
    text = f"$$\n{'(' * 190}x{')' * 190} = x\n$$\n\n$$\n{'{' * 190}x{'}' * 190} = x\n$$\n"
    outcome, notes = run(text, {})
    assert outcome.failure is None
    assert run(text, notes)[0] == outcome
