"""Text of a module's choice between the readable form of a function and the fast one."""

TITLE = """
# -------------------------------- the same functions, fast --------------------------------
# Each function above asks here first: Python floats go through `math`, arrays through a kernel
# that computes common terms once, large ones block by block. A kernel raises where its short
# forms do not hold, as where they overflow; then the form above computes the values.

_BLOCK = 16_384
_LARGE = 2_000
_DOUBLE = np.dtype(np.float64)
_FLOATS = (_DOUBLE, np.dtype(np.float32))
_PLAIN = np.empty(0, np.bool_)  # given as `out`, it asks for the form above
"""

RUNTIME = '''
def _frame(arguments):
    """The shape and kind of a result, and whether all arrays have them; None for others.

    Small arrays of several shapes, kinds other than float32 and float64, and subclasses are left
    to the form above.
    """
    first, alike = None, True
    for each in arguments:
        kind = type(each)
        if kind is np.ndarray:
            if first is None:
                first = each
            elif each.shape != first.shape or each.dtype != first.dtype:
                alike = False
        elif kind is not float and kind is not int and kind is not np.float64:
            return None
        else:
            alike = alike and kind is not np.float64
    if first is None or (alike and not (first.shape and first.dtype in _FLOATS)):
        return None
    if alike:
        return first.shape, first.dtype, True
    shape, kind = np.broadcast_shapes(*map(np.shape, arguments)), np.result_type(*arguments)
    return (shape, kind, False) if math.prod(shape) >= _LARGE and kind in _FLOATS else None


def _filled(function, kernel, buffers, arguments, outs, alike):
    """Run a kernel over blocks that stay in the cache, the form above where it does not hold."""
    whole, count, size = [*arguments, *outs], len(arguments), outs[0].size
    how = function, kernel, [np.empty(0, outs[0].dtype)] * buffers
    arrays = [each for each in whole if type(each) is np.ndarray]
    if not (alike and all(each.flags.c_contiguous for each in arrays)):
        _run(*how, _pieces(whole, count, outs[0].dtype))
        return
    flat = [each.reshape(-1) if type(each) is np.ndarray else each for each in whole]
    _run(*how, _slices(flat, count, size))


def _run(function, kernel, room, blocks):
    """A kernel over some blocks."""
    for ins, outs in blocks:
        size = outs[0].size
        room = [each if each.size >= size else np.empty(size, each.dtype) for each in room]
        here = [each[:size] for each in room]
        try:
            kernel(*ins, *outs, *here)
        except FloatingPointError:
            _copied(_plain(function, ins), outs)


def _plain(function, arguments):
    """The values of the form above, without warnings; of Python floats as of NumPy's."""
    if all(type(each) is float for each in arguments):
        arguments = [np.float64(each) for each in arguments]
    with np.errstate(all="ignore"):
        return function(*arguments, out=_PLAIN)


def _copied(found, outs):
    """What a function returned, into arrays."""
    values = [found[0], *found[1].values()] if type(found) is tuple else [found]
    for out, value in zip(outs, values):
        np.copyto(out, value, casting="same_kind")


def _slices(flat, count, size):
    """Inputs and outputs that lie alike, block by block."""
    for at in range(0, size, _BLOCK):
        block = slice(at, at + _BLOCK)
        pieces = [each[block] if type(each) is np.ndarray else each for each in flat]
        yield pieces[:count], pieces[count:]


def _pieces(whole, count, kind):
    """Inputs and outputs of several shapes or layouts in NumPy's own pieces."""
    uses = [["readonly"]] * count + [["writeonly", "no_broadcast"]] * (len(whole) - count)
    flags, kinds = ["external_loop", "buffered", "zerosize_ok"], [kind] * len(whole)
    with np.nditer(whole, flags, uses, kinds, "C", "same_kind", buffersize=_BLOCK) as pieces:
        for piece in pieces:
            if piece[0].size:
                yield piece[:count], piece[count:]


def _given(out, shape, kind, arguments):
    """Whether values can be written into an array at once, while the arguments are read."""
    if type(out) is not np.ndarray or out.shape != shape or out.dtype != kind:
        return False
    own = out.flags.owndata
    for each in arguments:
        if type(each) is np.ndarray and not (own and each.flags.owndata and each is not out):
            if np.may_share_memory(out, each):
                return False
    return True


def _by_size(function, kernel, buffers, arguments, out):
    """One value: by the kernel where that is faster, else as the form above has it."""
    if out is _PLAIN:
        return None
    frame = _frame(arguments)
    if frame is not None:
        shape, kind, alike = frame
        into = out is not None and _given(out, shape, kind, arguments)
        found = out if into else np.empty(shape, kind)
        _filled(function, kernel, buffers, arguments, [found], alike)
    else:
        found = _as_above(function, arguments)
    if out is None or out is found:
        return found
    np.copyto(out, found, casting="same_kind")
    return out
'''

CHOSEN = '''
def _chosen(test, one, other):
    """One form where the test is not below 0, the other elsewhere; both have the same exact value."""
    return np.where(np.greater_equal(test, 0), one, other)
'''

SEVERAL = '''
def _all_by_size(function, kernel, buffers, arguments, out, names, needs):
    """A value and its gradient, sharing work; `needs` has the arguments that each depends on."""
    if out is _PLAIN:
        return None
    frame, out = _frame(arguments), {} if out is None else out
    if frame is not None:
        shape, kind, alike = frame
        full = {at for at, each in enumerate(arguments) if np.shape(each) == shape}
        if all(full & need for need in needs):
            value, room = np.empty(shape, kind), [out.get(name) for name in names]
            fits = [_given(each, shape, kind, arguments) for each in room]
            rates = [one if fit else np.empty(shape, kind) for one, fit in zip(room, fits)]
            _filled(function, kernel, buffers, arguments, [value, *rates], alike)
            return value, {name: _kept(*each) for name, *each in zip(names, rates, room)}
    value, gradient = _as_above(function, arguments)
    return value, {name: _kept(gradient[name], out.get(name)) for name in names}


def _kept(found, room):
    """A derivative in the array that is given for it."""
    if room is None or room is found:
        return found
    np.copyto(room, found, casting="same_kind")
    return room
'''
