"""The fast forms of functions of vectors and matrices against the forms that read well."""

import ast
import types
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from generate import as_it_reads, generate
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorposts import CASES, compiled, name

from litgrad.codegen.generated import Function, GeneratedModule
from litgrad.codegen.tensors.drawing import drawn, kinds_of
from litgrad.codegen.tensors.kernel.guards import grouped
from litgrad.gradients.tensors.program import Program
from litgrad.tensors.build import add, transpose
from litgrad.tensors.evaluate import shape_of
from litgrad.tensors.expr import Variable

POSTS = sorted((Path(__file__).parent / "kernels").glob("*.md"))
_FOLDER = Path(__file__).parent.parent / "bench" / "workloads"
WORKLOADS = [_FOLDER / f"{stem}.md" for stem in ("batch-norm", "dense-layer", "softmax-rows", "two-layers")]


@cache
def module_of(source: str) -> GeneratedModule:
    """The module of a post by its path, or of definitions by their name."""
    if source in CASES:
        return compiled(CASES[source])[0]
    return generate(Path(source).read_text(encoding="utf-8")).module


SOURCES = [*map(str, POSTS), *map(str, WORKLOADS), *CASES]


def source_of(stem: str) -> str:
    """The path of a post by its name."""
    return next(source for source in SOURCES if Path(source).stem == stem)


@cache
def loaded(source: str) -> dict[str, Any]:
    """The module's names."""
    module = module_of(source)
    made = types.ModuleType(module.name)
    exec(compile(module.text, f"{module.name}.py", "exec"), made.__dict__)  # noqa: S102
    return made.__dict__


def in_blocks(source: str, room: int) -> dict[str, Any]:
    """The module's names, with blocks of about so many entries."""
    names = loaded(source)
    if "_ROOM" in names:
        names.update(_ROOM=room, _LEAST=1, _SMALL=0)
    return names


def _frozen(array: np.ndarray) -> np.ndarray:
    array = array.copy()
    array.flags.writeable = False
    return array


LAYOUTS = {
    "rows": lambda array: array,
    "columns": np.asfortranarray,
    "every second": lambda array: np.repeat(array, 2, axis=-1)[..., ::2],
    "backwards": lambda array: array[::-1].copy()[::-1],
    "read only": _frozen,
}


def leads(draw: Any, program: Program) -> dict[Variable, tuple[int, ...]]:  # noqa: ANN401 - of hypothesis
    """Leading axes for vectors, some of which the examples share."""
    if not program.rows:
        return {}
    lead = draw(st.sampled_from([(), (1,), (5,), (2, 3)]))
    vectors = [leaf for leaf in program.leaves if len(leaf.shape) == 1]
    return {leaf: draw(st.sampled_from([lead, lead, ()])) for leaf in vectors}


@pytest.mark.parametrize("source", SOURCES, ids=lambda each: Path(each).stem)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_fast_form_is_the_form_that_reads_well(source: str, data: Any) -> None:  # noqa: ANN401
    module, draw = module_of(source), data.draw
    programs = {name: one for name, one in module.tensors if f"_kernel_{name}(" in module.text}
    if not programs:
        return
    program = programs[name := draw(st.sampled_from(list(programs)))]
    function = next(each for each in module.functions if each.name == name)
    names = in_blocks(source, draw(st.sampled_from([1, 12, 40, 98_304])))
    letters = [size for leaf in program.leaves for size in leaf.shape if isinstance(size, str)]
    sizes = {letter: draw(st.integers(1, 5)) for letter in letters}
    kind = draw(st.sampled_from([np.float64, np.float64, np.float32]))
    arguments = arguments_of(draw, program, sizes, kind)
    fast, wanted = called(draw, names, program, function, arguments)
    tolerance = 1e-9 if kind is np.float64 else 2e-3
    assert fast.keys() == wanted.keys()
    for key, each in wanted.items():
        scale = max(1.0, float(np.abs(each).max(initial=0.0)))
        np.testing.assert_allclose(fast[key], each, rtol=tolerance, atol=tolerance * scale, err_msg=key)
        assert np.asarray(fast[key]).dtype == np.asarray(each).dtype
        assert np.shape(fast[key]) == np.shape(each)


def arguments_of(draw: Any, program: Program, sizes: dict[str, int], kind: type) -> list[Any]:  # noqa: ANN401
    """Random arguments of all layouts."""
    kinds = kinds_of(program)
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    lead = leads(draw, program)
    found = []
    for leaf in program.leaves:
        shape = (*lead.get(leaf, ()), *shape_of(leaf.shape, sizes))
        array = rng.uniform(0.2, 0.8, shape) if kinds is None else drawn(rng, kinds[leaf], shape)
        array = np.asarray(array).astype(kind)
        layout = LAYOUTS[draw(st.sampled_from(list(LAYOUTS)))] if array.ndim else LAYOUTS["rows"]
        found.append(layout(array))
    return found


def called(
    draw: Any,  # noqa: ANN401
    names: dict[str, Any],
    program: Program,
    function: Function,
    arguments: list[Any],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What both forms give by name, the fast one for what is asked into what is given."""
    made = names[function.name]
    if not program.rates:
        wanted = as_it_reads(made)(*arguments)
        room = np.empty_like(wanted) if np.ndim(wanted) and draw(st.booleans()) else None
        found = made(*arguments, out=room)
        assert room is None or found is room
        return {"": found}, {"": wanted}
    value, gradient = as_it_reads(made)(*arguments)
    listed = [parameter.name for parameter in function.parameters if parameter.name in gradient]
    by = draw(st.lists(st.sampled_from(listed), unique=True)) if draw(st.booleans()) else None
    chosen = listed if by is None else by
    room = {each: np.empty_like(gradient[each]) for each in chosen if draw(st.booleans())}
    found, rates = made(*arguments, by=by, out=room)
    assert all(rates[each] is array for each, array in room.items())
    return {"": found, **rates}, {"": value, **{each: gradient[each] for each in chosen}}


def test_the_posts_have_fast_forms() -> None:
    """A form that does not compile would go unnoticed, since the other one computes the same."""
    for path in POSTS:
        assert "def _kernel_value_and_grad_L(" in module_of(str(path)).text, path.stem


@pytest.mark.parametrize("path", [*POSTS, *WORKLOADS], ids=lambda path: path.stem)
def test_a_module_imports_numpy_and_math_alone_and_does_nothing_when_imported(path: Path) -> None:
    text = module_of(str(path)).text
    assert {line for line in text.splitlines() if line.startswith(("import", "from"))} <= {
        "import math",
        "import numpy as np",
    }


def test_an_overflow_of_the_short_forms_is_no_overflow() -> None:
    made = in_blocks(source_of("logistic-regression"), 98_304)
    x, w, y = np.array([[-800.0, 1.0], [800.0, 2.0]]), np.array([1.0, 0.5]), np.array([0.0, 1.0])
    with np.errstate(all="raise"):
        value, gradient = made["value_and_grad_L"](x, w, y)
    assert np.isfinite(value)
    assert all(np.isfinite(each).all() for each in gradient.values())


def test_an_array_that_is_read_is_not_written_before() -> None:
    made = in_blocks(source_of("softmax-rows"), 12)
    rng = np.random.default_rng(0)
    scores, labels = rng.normal(size=(7, 3)), np.eye(3)[rng.integers(0, 3, 7)]
    wanted = made["value_and_grad_L"](scores, labels)[1]["Z"]
    found = made["value_and_grad_L"](scores, labels, by=["Z"], out={"Z": scores})[1]["Z"]
    assert found is scores
    np.testing.assert_allclose(found, wanted)


@pytest.mark.parametrize("shape", [(0, 3), (4, 1)])
def test_arrays_without_rows_are_left_to_the_form_that_reads_well(shape: tuple[int, int]) -> None:
    made = in_blocks(source_of("soft-clusters"), 12)
    x, c, r = np.ones(shape), np.zeros(shape[1]), np.ones(shape[0])
    value, gradient = made["value_and_grad_L"](x, c, r)
    assert value == x.size
    assert gradient["X"].shape == shape


def test_a_long_statement_breaks_behind_its_name() -> None:
    inner = " + ".join(f"np.einsum(first_array_{at}, second_array_{at})" for at in range(4))
    lines = grouped(
        [(frozenset(), f"value = ({inner}) / np.sqrt({inner})"), (frozenset("a"), f"total += {inner}")]
    )
    text = "def function():\n" + "\n".join(lines)
    assert max(map(len, text.splitlines())) <= 100
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert [type(node) for node in function.body] == [ast.Assign, ast.If]


def test_a_function_with_a_parameter_of_its_own_name_has_no_fast_form() -> None:
    matrix = name("W", "n", "n")
    module, _ = compiled([("W", add(matrix, transpose(matrix)))])
    found: dict[str, Any] = {}
    exec(compile(module.text, "net.py", "exec"), found)  # noqa: S102
    np.testing.assert_array_equal(found["W"](np.ones((2, 2))), np.full((2, 2), 2.0))
