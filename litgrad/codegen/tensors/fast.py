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
    if room is None or room is found:
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


_BY_BLOCKS = '''def _by_blocks(block, given, along, out):
    """A value and its gradient, which are sums over rows, some rows at a time, which stay in the cache.

    Takes the arguments by name, and which have a row for each example; a derivative by one of
    these has a row for each, too.
    """
    count, held = len(given[along[0]]), sum(given[name].size for name in along) // len(along)
    step = max(1, _ROOM // 2 * count // max(1, held))
    free = sum(np.size(each) for name, each in given.items() if name not in along)
    if count <= 2 * step or 8 * free > _ROOM:
        value, gradient = block(*given.values())
        return value, {name: _kept(rate, _room(out, name)) for name, rate in gradient.items()}
    value, gradient = 0, {}
    for start in range(0, count, step):
        rows = slice(start, start + step)
        part, rates = block(*(each[rows] if name in along else each for name, each in given.items()))
        value = value + part
        for name, rate in rates.items():
            if name in along:
                if name not in gradient:
                    gradient[name] = _fitting(_room(out, name), given[name].shape, rate.dtype)
                gradient[name][rows] = rate
            else:
                gradient[name] = gradient[name] + rate if name in gradient else rate
    return value, {name: _kept(rate, _room(out, name)) for name, rate in gradient.items()}


def _fitting(room, shape, kind):
    """The array that is given, if values can be written into it at once; else a new one."""
    return room if type(room) is np.ndarray and room.shape == shape else np.empty(shape, kind)
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
    shared += [_BY_BLOCKS] if any("_by_blocks(" in body for body in bodies) else []
    shared += [_BY_ROWS] if any("_by_rows(" in body for body in bodies) else []
    head = (_TAKEN_OVER if alone else "") + _RUNTIME
    return "\n" + "\n\n".join([head, *shared, *faster, *bodies])
