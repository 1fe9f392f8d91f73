"""Names of parameters in C."""

from litgrad.codegen.native.lines import FUNCTIONS

_KEYWORDS = """auto break case char const continue default do double else enum extern float for goto if
inline int long register restrict return short signed sizeof static struct switch typedef union unsigned void
volatile while asm typeof bool true false nullptr constexpr alignas alignof thread_local static_assert"""
_USED = """BLOCK EACH_PROCESSOR LANES NULL VECTOR feclearexcept fenv_t fexcept_t inf nan offsetof ptrdiff_t
size_t max_align_t wchar_t"""
_CALLED = (f"{name}{end}" for name in FUNCTIONS.values() for end in ("", "f"))
_RESERVED = frozenset([*_KEYWORDS.split(), *_USED.split(), *_CALLED])


def c_name(name: str) -> str:
    """The name of a parameter; what means something in C gets an underscore behind it.

    >>> c_name("y_hat"), c_name("double"), c_name("exp")
    ('y_hat', 'double_', 'exp_')
    """
    return f"{name}_" if name in _RESERVED or name.startswith("FE_") else name
