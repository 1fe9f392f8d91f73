"""From the text of a post to its generated module, stage by stage, without a page."""

import importlib.util
import types
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from litgrad.checking.checker import check
from litgrad.codegen.generated import GeneratedModule, GeneratedTests
from litgrad.codegen.module import write_module
from litgrad.codegen.tests import write_tests
from litgrad.gradients.differentiate import differentiate
from litgrad.gradients.gradient import Gradients
from litgrad.latex.parser import parse_math
from litgrad.markdown import read_markdown
from litgrad.meaning.statements import Statements
from litgrad.meaning.understand import understand
from litgrad.options import Options
from litgrad.source import Source

REFERENCE = r"""
$$L = -y \log \hat{y} - (1 - y) \log (1 - \hat{y})$$

Let $\hat{y} = a = wx + b$, there is

$$
\begin{align}
\frac{dL}{d\hat{y}} & = - \frac{y}{\hat{y}} + \frac{1 - y}{1 - \hat{y}} \\
\frac{d\hat{y}}{dw} & = x \\
\frac{d\hat{y}}{db} & = 1
\end{align}
$$

$$
\begin{align}
\frac{\partial{L}}{\partial{w}} & = \frac{dL}{d\hat{y}} \frac{d\hat{y}}{dw} \\
& = -\frac{xy}{\hat{y}} + \frac{x(1 - y)}{1 - \hat{y}}
\end{align}
$$

$$
\begin{align}
\frac{\partial{L}}{\partial{z}} & = \frac{dL}{da} \frac{da}{dz} \\
& = \left(-\frac{y}{a} + \frac{1 - y}{1 - a} \right) \left( \frac{1}{1 + e^{-z}} \right)' \\
& = \left(-\frac{y}{a} + \frac{1 - y}{1 - a} \right)  (a (1 - a)) \\
& = a - y
\end{align}
$$

$$\sigma(x) = \frac{1}{1 + e^{-x}}$$

Let $f(x) = \frac{1}{\sigma(x)} = 1 + e^{-x}$, then

$$
\begin{align}
f'(x) & = -e^{-x} = \frac{d\left[ \frac{1}{\sigma(x)} \right]}{dx} \\
& = -\sigma(x)^{-2} \sigma ' (x) \\
& = - \frac{\sigma '(x)}{\sigma (x)^2}
\end{align}
$$

$$-e^{-x} = f'(x) = 1 - f(x) = 1 - \frac{1}{\sigma (x)} = \frac{\sigma (x) - 1}{\sigma (x)}$$

$$
\begin{align}
- \frac{\sigma '(x)}{\sigma (x)^2} & = \frac{\sigma (x) - 1}{\sigma (x)} \\
\sigma' (x) & = \frac{1 - \sigma(x)}{\sigma (x)} \sigma (x)^2 \\
& = \sigma (x) (1 - \sigma (x))
\end{align}
$$
"""

LOGISTIC = r"""
Let $\sigma(z) = \frac{1}{1 + e^{-z}}$, $z = wx + b$ and $a = \sigma(z)$.

$$L = -y \log a - (1 - y) \log (1 - a)$$

$$\frac{\partial L}{\partial z} = \frac{dL}{da} \frac{da}{dz} = a - y$$
"""


@dataclass(frozen=True, slots=True)
class Generated:
    """What code generation makes of a post."""

    statements: Statements
    gradients: Gradients
    module: GeneratedModule
    tests: GeneratedTests


def generate(text: str, name: str = "post", *, native: bool = False, fast: bool = True) -> Generated:
    """Read, check and generate."""
    document = read_markdown(Source(f"{name}.md", text), Options())
    statements = understand(document, tuple(parse_math(block) for block in document.math))
    derivations = tuple(check(derivation, statements) for derivation in statements.derivations)
    gradients = differentiate(statements, derivations)
    module = write_module(statements, gradients, name, compiled=native, fast=fast)
    return Generated(statements, gradients, module, write_tests(module, statements, gradients))


def write(folder: Path, generated: Generated, module_text: str | None = None) -> Path:
    """Lay a module and its tests out as a build does; gives the path of the tests."""
    (folder / "tests").mkdir(parents=True)
    path = folder / f"{generated.module.name}.py"
    path.write_text(module_text or generated.module.text, encoding="utf-8")
    tests = folder / "tests" / f"{generated.tests.name}.py"
    tests.write_text(generated.tests.text, encoding="utf-8")
    return tests


def load(folder: Path, text: str, *, native: bool = False) -> types.ModuleType:
    """The generated module of a post, imported from a file in a folder."""
    generated = generate(text, native=native)
    write(folder, generated)
    spec = importlib.util.spec_from_file_location("post", folder / "post.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def body(text: str, name: str) -> str:
    """The lines of a function below its docstring and the two that try its fast form."""
    lines = text.split(f"def {name}(")[1].split("\n\n\n", maxsplit=1)[0]
    return lines.split('"""\n')[-1].split("        return found\n")[-1].rstrip("\n")


def parameters(generated: Generated) -> dict[str, Sequence[str]]:
    """The parameters of each function by its name."""
    return {f.name: tuple(p.name for p in f.parameters) for f in generated.module.functions}


def readable(function: Any) -> Any:  # noqa: ANN401 - a generated function
    """The function as it reads, without its fast form."""
    return partial(function, out=function.__globals__["_PLAIN"])


def as_it_reads(function: Any) -> Any:  # noqa: ANN401 - a generated function
    """The function of vectors and matrices as it reads, without its fast form."""
    return partial(function, out=function.__globals__["_READ"])


def is_fast(function: Any) -> bool:  # noqa: ANN401 - a generated function
    """Whether a fast form stands behind a function."""
    return f"_fast_{function.__name__}" in function.__globals__
