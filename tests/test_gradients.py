"""The derivatives that a post names, the forms that it proves for each, and compositions of definitions."""

import pytest
from generate import LOGISTIC, REFERENCE, Generated, generate
from sympy import Derivative

from litgrad.gradients.gradient import Gradient


@pytest.fixture(scope="module")
def reference() -> Generated:
    return generate(REFERENCE)


def named(generated: Generated, numerator: str, by: str) -> Gradient:
    """The first derivative of one name by another."""
    return next(
        gradient
        for gradient in generated.gradients.gradients
        if gradient.numerator == numerator and gradient.variables[0][0].name == by
    )


def lines(gradient: Gradient) -> list[tuple[str, int]]:
    return [(str(form.expr), form.line) for form in gradient.forms]


def test_every_derivative_that_heads_a_chain_is_found_once(reference: Generated) -> None:
    found = [
        (gradient.numerator, gradient.variables[0][0].name) for gradient in reference.gradients.gradients
    ]
    assert sorted(found) == sorted(
        [
            ("L", r"\hat{y}"),
            (r"\hat{y}", "w"),
            (r"\hat{y}", "b"),
            ("L", "w"),
            ("L", "z"),
            ("f", "x"),
            (r"\sigma", "x"),
        ]
    )


def test_a_derivative_in_two_chains_has_the_forms_of_both(reference: Generated) -> None:
    gradient = named(reference, "f", "x")
    assert gradient.line == 36
    assert lines(gradient)[0] == ("-exp(-x)", 36)
    assert [line for _, line in lines(gradient)] == [36, 42, 42, 42]


def test_a_derivative_below_a_row_that_holds_it_has_its_own_forms(reference: Generated) -> None:
    gradient = named(reference, r"\sigma", "x")
    assert str(gradient.forms[-1].expr) == r"(1 - \sigma(x))*\sigma(x)"
    assert len(gradient.forms) == 2


def test_a_form_carries_the_premise_that_its_step_needs(reference: Generated) -> None:
    form = named(reference, "L", "z").forms[-1]
    ((symbol, _, latex),) = form.premises
    assert (symbol.name, latex) == ("a", r"a = \frac{1}{1 + e^{-z}}")
    assert named(reference, "L", "w").forms[-1].premises == ()


def test_a_form_with_derivatives_in_it_is_carried_out(reference: Generated) -> None:
    gradient = named(reference, "L", "w")
    (form,) = gradient.implicit
    assert (form.expr - gradient.derived).simplify() == 0
    assert not form.expr.has(Derivative)


def test_a_refuted_step_cuts_the_chain() -> None:
    post = "Let $L = (y - wx)^2$.\n\n$$\\frac{dL}{dw} = -2x(y - wx) = 2x(y - wx)$$\n"
    (gradient,) = generate(post).gradients.gradients
    assert [(form.span.start, form.line) for form in gradient.forms] == [(post.index("-2x"), 3)]


def test_what_is_read_off_a_wrong_first_step_is_derived_instead() -> None:
    (gradient,) = generate("Let $L = w^2$.\n\n$$\\frac{dL}{dw} = 3w$$\n").gradients.gradients
    assert gradient.forms == ()
    assert str(gradient.derived) == "2*w"


def test_leaves_come_in_the_order_in_which_inner_definitions_are_evaluated(reference: Generated) -> None:
    (composite,) = [c for c in reference.gradients.composites if c.name == "L"]
    assert [leaf.name for leaf in composite.leaves] == ["w", "x", "b", "y"]
    assert [symbol.name for symbol, _ in composite.locals] == ["a", r"\hat{y}"]


def test_a_loss_through_a_function_is_a_composite() -> None:
    (composite,) = generate("Let $f(x) = wx + b$.\n\n$$L = (y - f(x))^2$$\n").gradients.composites
    assert [leaf.name for leaf in composite.leaves] == ["y", "w", "x", "b"]
    assert composite.locals == ()


def test_a_symbol_that_leads_to_leaves_at_once_is_no_composite() -> None:
    assert generate("Let $L = (y - wx)^2$.\n").gradients.composites == ()


def test_restatements_follow_a_definition(reference: Generated) -> None:
    (form,) = reference.gradients.restatements["f"]
    assert str(form.expr) == "1 + exp(-x)"


def test_a_derivative_of_a_later_definition_does_not_pass_for_one_of_the_first() -> None:
    post = "$$f(x) = x^2$$\n\n$$f'(x) = 2x$$\n\n$$f(x) := x^3$$\n\n$$f''(x) = 6x$$\n"
    gradients = generate(post).gradients
    assert [gradient.line for gradient in gradients.gradients] == [3]
    assert [gradient.line for gradient in gradients.superseded] == [7]


def test_functions_that_lead_back_to_themselves_are_left_alone() -> None:
    gradients = generate("$$f(x) = g(x) + 1, \\quad g(x) = f(x) - 1, \\quad f'(x) = 1$$\n").gradients
    assert gradients.definitions.functions == {}


def test_a_second_derivative_keeps_its_order() -> None:
    post = "Let $L = (y - wx)^2$.\n\n$$\\frac{\\partial^2 L}{\\partial w^2} = 2x^2$$\n"
    (gradient,) = generate(post).gradients.gradients
    assert gradient.variables[0][1] == 2


def test_every_logistic_derivative_is_proved_without_a_premise() -> None:
    gradient = named(generate(LOGISTIC), "L", "z")
    assert [(str(form.expr), form.premises) for form in gradient.forms] == [("a - y", ())]


# -------------------------------- what the post leaves out --------------------------------

_LOSS = "Let $L = (y - a)^2$.\n\n"
_OPEN = "the post does not say how `L` depends on `w`"


@pytest.mark.parametrize(
    ("post", "absent"),
    [
        (r"$$\frac{dL}{dw}$$", "dL_dw"),
        (r"$\frac{dL}{dw} = 0$", "dL_dw"),
        (r"$$\frac{dL}{dw} = \frac{dL}{da} \frac{da}{dw}$$", "dL_dw"),
        (r"Let $g = \frac{dL}{dw} + 1$.", "g"),
        (r"Let $f(x) = x \frac{dL}{dw}$. Then $f'(x)$ is there.", "f"),
        (r"Let $f(x) = x \frac{dL}{dw}$. Then $f'(x)$ is there.", "df_dx"),
        (r"Let $J = 2L$. Then $\frac{dJ}{dw} = 2 \frac{dL}{dw}$.", "dJ_dw"),
        (r"Let $g = \frac{dL}{dw}$, $h = 2g + y$.", "grad_h"),
        (r"Let $q = \frac{d}{dt} (a x^2)$.", "q"),
        (r"Let $k = 3$. Then $\frac{dk}{dx} = 0$.", "dk_dx"),
    ],
)
def test_a_derivative_by_what_nothing_is_said_of_is_not_computed(post: str, absent: str) -> None:
    made = generate(f"{_LOSS}{post}\n").module
    assert absent not in [function.name for function in made.functions]
    assert "L" in [function.name for function in made.functions]


def test_what_is_missing_for_a_derivative_is_told() -> None:
    text = generate(f"{_LOSS}$$\\frac{{dL}}{{dw}} = 0$$\n").module.text
    assert f"# dL_dw (line 3) is not here: {_OPEN}.\n" in text


def test_a_second_derivative_by_what_nothing_is_said_of_is_not_computed() -> None:
    post = _LOSS + r"$$\frac{\partial^2 L}{\partial a \partial v} = 0$$" + "\n"
    assert [function.name for function in generate(post).module.functions] == ["L"]


def test_what_the_post_says_nothing_of_stays_an_input() -> None:
    functions = generate(_LOSS + r"$$\frac{dL}{da} = -2(y - a)$$" + "\n").module.functions
    assert [(each.name, len(each.parameters)) for each in functions] == [("L", 2), ("dL_da", 2)]


@pytest.mark.parametrize(
    ("step", "forms"),
    [
        (r"\frac{dL}{dx} = \sin x \approx x", [r"sin(x)"]),
        (r"\frac{dL}{dx} \approx x", []),
        (r"\frac{dL}{dx} \simeq x = \frac{2x}{2}", []),
        (r"x \approx \frac{dL}{dx} = \sin x", ["sin(x)"]),
        (r"\frac{dL}{dx} = \sin x \le 1 = \frac{2}{2}", ["sin(x)"]),
        (r"\frac{dL}{dx} \propto \sin x", []),
    ],
)
def test_only_equality_makes_a_form(step: str, forms: list[str]) -> None:
    (gradient,) = generate(f"Let $L = -\\cos x$. For small $x$\n\n$${step}$$\n").gradients.gradients
    assert [str(form.expr) for form in gradient.forms] == forms


def test_an_approximation_is_no_other_form_of_a_definition() -> None:
    post = "For small $x$\n\n$$f(x) = \\sin x \\approx x$$\n"
    assert generate(post).gradients.restatements == {"f": ()}


def test_a_slope_at_a_number_is_no_derivative() -> None:
    post = "Let $f(x) = x^2$, $x_0 = 3$. Then $f'(x_0) = 6$, and $f'(z) = 2z$.\n"
    assert [gradient.variables[0][0].name for gradient in generate(post).gradients.gradients] == ["z"]
