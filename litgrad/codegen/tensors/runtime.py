"""What the fast forms of functions of vectors and matrices share, as text of the module."""

RUNTIME = '''
# ---------------------- the same functions of vectors and matrices, fast ----------------------
# Each function above asks here first: arrays of floats go through a kernel, which takes blocks of
# rows that stay in the cache, writes into few buffers and computes what is wanted alone. A kernel
# raises where its short forms overflow; then the form above computes the values.

_ROOM = 16_384
_LEAST = 256
_KINDS = (np.dtype(np.float64), np.dtype(np.float32))
_READ = np.empty(0)  # given as `out`, it asks for the form above


def _kind_of(given, axes):
    """The kind of floats of arguments that are arrays of one kind, whose lengths fit; else None."""
    kind, lengths = None, {}
    for each, letters in zip(given, axes):
        if type(each) is np.ndarray:
            if kind is None:
                kind = each.dtype
            if each.dtype != kind or each.ndim != len(letters):
                return None
            for letter, length in zip(letters, each.shape):
                if not length or lengths.setdefault(letter, length) != length:
                    return None
        elif letters or (type(each) is not float and type(each) is not int and type(each) is not kind):
            return None
    return kind if kind in _KINDS else None


def _apart(room, given):
    """Whether values can be written into an array at once, while the arguments are read."""
    if type(room) is not np.ndarray or not room.flags.writeable:
        return False
    return not any(np.may_share_memory(room, each) for each in given)


def _array(room, key, shape, kind):
    """The array that is given for a result if it has its shape and its kind, or a new one."""
    given = room.get(key)
    fits = given is not None and given.shape == shape and given.dtype == kind
    return given if fits else np.empty(shape, kind)


def _stored(found, room, key):
    """A result in the array that is given for it."""
    if key not in room or room[key] is found:
        return found
    np.copyto(room[key], found, casting="same_kind")
    return room[key]


def _added(total, left, right, room):
    """A product of matrices added to those of the rows before."""
    if type(total) is int:
        return np.matmul(left, right, out=room)
    total += left @ right
    return total


def _largest(rows):
    """The largest of each row; of short rows column by column."""
    if rows.shape[1] > 32:
        return np.max(rows, axis=1)
    largest = rows[:, 0].copy()
    for column in range(1, rows.shape[1]):
        np.maximum(largest, rows[:, column], out=largest)
    return largest


def _one(function, kernel, axes, given, out):
    """A value: by the kernel where that holds, else as the form above has it."""
    kind = _kind_of(given, axes)
    if kind is not None:
        room = {"": out} if _apart(out, given) else {}
        try:
            with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
                found = kernel(*given, room, kind)
            return _stored(found, {} if out is None else {"": out}, "")
        except FloatingPointError:
            pass
    with np.errstate(all="ignore"):
        found = function(*given, out=_READ)
    return _stored(found, {} if out is None else {"": out}, "")


def _several(function, kernel, axes, names, given, by, out):
    """A value and the derivatives that are wanted, those that have an array in it."""
    wanted = {*names} if by is None else {by} if type(by) is str else {*by}
    out, kind = {} if out is None else out, _kind_of(given, axes)
    if kind is not None:
        shapes = {name: each.shape for name, each in zip(names, given) if type(each) is np.ndarray}
        room = {
            name: each
            for name, each in out.items()
            if _apart(each, given) and each.shape == shapes.get(name) and each.dtype == kind
        }
        try:
            with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
                value, gradient = kernel(*given, wanted, room, kind)
            return value, {name: _stored(each, out, name) for name, each in gradient.items()}
        except FloatingPointError:
            pass
    with np.errstate(all="ignore"):
        value, gradient = function(*given, out=_READ)
    return value, {name: _stored(gradient[name], out, name) for name in names if name in wanted}
'''
