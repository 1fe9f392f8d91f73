"""The fast half of a module with vectors and matrices: chosen derivatives, into arrays that are given."""

from collections.abc import Container, Sequence

from litgrad.codegen.tensors import helpers
from litgrad.codegen.tensors.functions import TensorBody

_TAKEN_OVER = '''
def _taken_over(readable, fast):
    """The fast function under the name, the docstring and the parameters of the readable one."""
    fast.readable = readable
    return functools.update_wrapper(fast, readable)

'''

_RUNTIME = '''
# Functions that give a value and its gradient take `by=`, the names of the parameters whose
# derivatives are wanted, and `out=`, a dict of arrays for derivatives by these names.

_ROOM = 32_768


def _room(out, name):
    """The array that is given for a derivative."""
    return None if out is None else out.get(name)


def _kept(found, room):
    """A derivative in the array that is given for it."""
    if room is None:
        return found
    np.copyto(room, found, casting="same_kind")
    return room
'''

_BY_ROWS = '''def _by_rows(formula, room, *given):
    """A formula of the entries of rows, some rows at a time, which stay in the cache."""
    shape = np.broadcast_shapes(*map(np.shape, given))
    size = math.prod(shape[1:])
    if len(shape) < 2 or math.prod(shape) < 2 * _ROOM:
        return _kept(formula(*given), room)
    fits = type(room) is np.ndarray and room.shape == shape
    found = room if fits else np.empty(shape, np.result_type(*given))
    whole = [np.ndim(each) == len(shape) and len(each) == len(found) for each in given]
    for start in range(0, len(found), max(1, _ROOM // 2 // size)):
        rows = slice(start, start + max(1, _ROOM // 2 // size))
        found[rows] = formula(*(one[rows] if cut else one for one, cut in zip(given, whole)))
    return found if fits else _kept(found, room)
'''


def tensor_section(computed: Sequence[TensorBody], needed: Container[str], *, alone: bool) -> str:
    """The text of the fast half; empty where no function gains.

    Takes the programs with their functions, the helpers of the module, and whether no other fast half
    stands before this one.
    """
    bodies = [one.fast for one in computed if one.fast]
    faster = [text for helper, text in helpers.FAST_HELPERS.items() if helper in needed]
    if not bodies and not faster:
        return ""
    shared = [helpers.FAST_SHARED] if faster else []
    shared += [_BY_ROWS] if any("_by_rows(" in body for body in bodies) else []
    head = (_TAKEN_OVER if alone else "") + _RUNTIME
    return "\n" + "\n\n".join([head, *shared, *faster, *bodies])
