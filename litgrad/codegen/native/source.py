"""The text of a C file with the functions of a module."""

import re
from collections.abc import Iterable, Iterator, Sequence

from litgrad.codegen.fast import Fast
from litgrad.codegen.native.lines import INSTRUCTIONS, KINDS, Kind, Lines, c_lines
from litgrad.codegen.native.loops import loops
from litgrad.codegen.native.names import c_name
from litgrad.codegen.schedule import Schedule, scheduled
from litgrad.codegen.shortcuts import checked

MOST = 32
"""Parameters and values of a function together, as far as NumPy takes them."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

_HEAD = """\
/* The functions of {module}.py in C, written by litgrad; `litgrad build --native` compiles them.

   NumPy hands the arrays over as it does to its own functions. A kernel goes through them block
   by block, with a loop for each call of the C library and one for the rest. The last block is
   filled up, so that a value does not depend on its place. */

#include <fenv.h>
#include <stddef.h>

/* A kernel for each generation of processors, of which the loader takes the fitting one. */
#if defined __x86_64__ && defined __gnu_linux__ && defined __GNUC__ && !defined __clang__
#define EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define EACH_PROCESSOR
#endif

/* The C library has these functions for whole vectors, too. */
#if defined __x86_64__ && defined __GLIBC__ && defined __GNUC__ && !defined __clang__
#if __GLIBC__ > 2 || __GLIBC_MINOR__ >= 35
#define VECTOR __attribute__((simd("notinbranch")))
#endif
#endif
#ifndef VECTOR
#define VECTOR
#endif

enum {{ BLOCK = 256 }};
"""

_BLOCKS = """
/* Run a kernel where arrays lie; what is apart, in its own place, or no whole vector, through a block. */
static void blocks_{kind}(char **given, ptrdiff_t n, const ptrdiff_t *steps, int inputs, int all,
                          void (*kernel)(ptrdiff_t, {kind} *const *))
{{
    enum {{ LANES = {lanes} }};
    {kind} room[all][BLOCK], *at[all];
    int together = 1;
    for (int k = 0; k < all; k++) {{
        together &= steps[k] == sizeof({kind});
        at[k] = ({kind} *)given[k];
        for (int j = 0; k >= inputs && j < inputs; j++)
            together &= given[k] != given[j];
    }}
    const ptrdiff_t whole = together ? n - n % LANES : 0;
    if (whole)
        kernel(whole, at);
    for (ptrdiff_t start = whole; start < n; start += BLOCK) {{
        const ptrdiff_t count = n - start < BLOCK ? n - start : BLOCK;
        const ptrdiff_t full = (count + LANES - 1) / LANES * LANES;
        for (int k = 0; k < all; k++) {{
            at[k] = room[k];
            for (ptrdiff_t i = 0; k < inputs && i < full; i++)
                room[k][i] = *(const {kind} *)(given[k] + (start + (i < count ? i : count - 1)) * steps[k]);
        }}
        kernel(full, at);
        for (int k = inputs; k < all; k++)
            for (ptrdiff_t i = 0; i < count; i++)
                *({kind} *)(given[k] + (start + i) * steps[k]) = room[k][i];
    }}
    feclearexcept(FE_ALL_EXCEPT);
}}
"""

_KERNEL = """
EACH_PROCESSOR static void kernel_{name}(ptrdiff_t _n, {kind} *const *_at)
{{
{body}
}}

void litgrad_{name}(char **given, const ptrdiff_t *n, const ptrdiff_t *steps, void *_)
{{
    (void)_;
    blocks_{kind}(given, *n, steps, {inputs}, {all}, kernel_{name});
}}
"""


def c_source(module: str, functions: Sequence[Fast]) -> str:
    """The whole file.

    Takes the module's name and its functions that have a fast form. Raises Unfusable for one that C has no
    text of. What a post says gets into it only as names that are made of letters, digits and underscores.
    """
    kernels = [
        (function, kind, _lines(function, kind), _quick(function, kind))
        for function in functions
        for kind in KINDS
    ]
    used = [(kind, each) for _, kind, lines, quick in kernels for each in (lines, quick) if each is not None]
    parts = [_HEAD.format(module=_named(module)), *_declared(used)]
    parts += [_BLOCKS.format(kind=kind.name, lanes=kind.lanes) for kind in KINDS]
    return "".join([*parts, *(_kernel(*each) for each in kernels)])


def _lines(function: Fast, kind: Kind) -> Lines:
    names = dict(zip(function.symbols, map(c_name, function.parameters), strict=True))
    return c_lines(scheduled(function.outputs, names), frozenset(names.values()), kind)


def _quick(function: Fast, kind: Kind) -> Lines | None:
    """The steps of a form with less work, behind its results what tells where it does not hold."""
    if function.wary or function.quick in ((), function.outputs):
        return None
    names = dict(zip(function.symbols, map(c_name, function.parameters), strict=True))
    short = checked(function.quick, names)
    told = [*(short.schedule.results[at] for at in short.results), *short.inner]
    schedule = Schedule(short.schedule.steps, (*short.schedule.results, *told))
    return c_lines(schedule, frozenset(names.values()), kind)


def _declared(used: Iterable[tuple[Kind, Lines]]) -> Iterator[str]:
    """The functions of the C library that are used."""
    found = {(name, kind) for kind, lines in used for name in lines.functions}
    yield "\n" if found else ""
    for name, kind in sorted(found, key=lambda each: (each[0], each[1].name)):
        count = 2 if name in ("pow", "hypot") else 1
        vector = "" if name in INSTRUCTIONS else "VECTOR "
        yield f"{vector}{kind.name} {name}{kind.suffix}({', '.join([kind.name] * count)});\n"


def _kernel(function: Fast, kind: Kind, lines: Lines, quick: Lines | None) -> str:
    name, own = f"{_named(function.name)}_{kind.name}", kind.name
    inputs = [_named(c_name(each)) for each in function.parameters]
    return _KERNEL.format(
        name=name,
        kind=own,
        body="\n".join(map(_indented, loops(lines, inputs, kind, quick))),
        inputs=len(inputs),
        all=len(inputs) + len(lines.results),
    )


def _indented(line: str) -> str:
    return line if line.startswith("#") else f"    {line}"


def _named(name: str) -> str:
    """A name as it is, which nothing but letters, digits and underscores can be in."""
    if not _NAME.fullmatch(name):
        raise ValueError(name)
    return name
