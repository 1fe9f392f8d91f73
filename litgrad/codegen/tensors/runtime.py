"""What the fast forms of functions of vectors and matrices share, as text of the module."""

RUNTIME = '''
# ---------------------- the same functions of vectors and matrices, fast ----------------------
# Each function above asks here first: arrays of floats go through a kernel, which takes blocks of
# rows that stay in the cache, writes into few buffers and computes what is wanted alone. A kernel
# raises where its short forms overflow; then the form above computes the values.

_ROOM = 98_304
_LEAST = 256
_SMALL = 4_096
_KINDS = (np.dtype(np.float64), np.dtype(np.float32))
_READ = np.empty(0)  # given as `out`, it asks for the form above


def _kind_of(given, axes):
    """The kind of floats of arguments that are arrays of one kind, whose lengths fit; else None."""
    kind, lengths, numbers = None, {}, []
    for each, letters in zip(given, axes):
        if type(each) is np.ndarray and each.ndim == len(letters):
            kind = kind or each.dtype
            if each.dtype is not kind:
                return None
            for letter, length in zip(letters, each.shape):
                if lengths.setdefault(letter, length) != length or not length:
                    return None
        elif letters:
            return None
        elif type(each) is not float and type(each) is not int:
            numbers.append(type(each))
    if kind not in _KINDS or any(each is not kind.type for each in numbers):
        return None
    return kind


def _owner(array):
    """What holds the memory of an array; None where that is no array."""
    base = array if array.base is None else array.base
    return base if type(base) is np.ndarray else None


def _apart(out, given):
    """The arrays for results that share no memory with arguments, so that both can be in use."""
    if not out:
        return {}
    owners = [_owner(each) for each in given if type(each) is np.ndarray]
    if any(each is None for each in owners):
        return {}
    owners, found = {id(each) for each in owners}, {}
    for name, each in out.items():
        if type(each) is np.ndarray and each.flags.writeable:
            owner = _owner(each)
            if owner is not None and id(owner) not in owners:
                found[name] = each
    return found


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


def _added(total, left, right, room, key):
    """A product of matrices added to those of the rows before."""
    if type(total) is int:
        shape = left.shape[0], right.shape[1]
        return np.matmul(left, right, out=_array(room, key, shape, left.dtype))
    total += left @ right
    return total


def _largest(rows):
    """The largest of each row; of many short rows column by column."""
    if rows.shape[1] > 32 or len(rows) < 512:
        return np.max(rows, axis=1)
    largest = rows[:, 0].copy()
    for column in range(1, rows.shape[1]):
        np.maximum(largest, rows[:, column], out=largest)
    return largest


def _gathered(total, ones, part, shared):
    """The derivatives by a vector that the examples share, added up."""
    return total + ones @ part if shared else total


def _part(array, rows, count):
    """Some rows of an array, or of one that has room for one block."""
    return array[rows] if len(array) == count else array[: count - rows.start]


def _tried(kernel, *arguments):
    """What a kernel computes; None where its short forms overflow."""
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
            return kernel(*arguments)
    except FloatingPointError:
        return None


def _is_large(given):
    """Whether one value is worth the way to its kernel."""
    return any(type(each) is np.ndarray and each.size >= _SMALL for each in given)


def _one(function, kernel, axes, given, out):
    """A value: by the kernel where that holds, else as the form above has it."""
    kind, found = _kind_of(given, axes) if _is_large(given) else None, None
    if kind is not None:
        found = _tried(kernel, *given, {} if out is None else _apart({"": out}, given), kind)
    if found is None:
        with np.errstate(all="ignore"):
            found = function(*given, out=_READ)
    return _stored(found, {} if out is None else {"": out}, "")


def _several(function, kernel, axes, names, given, by, out):
    """A value and the derivatives that are wanted, those that have an array in it."""
    wanted = {*names} if by is None else {by} if type(by) is str else {*by}
    out, kind, found = {} if out is None else out, _kind_of(given, axes), None
    if kind is not None:
        found = _tried(kernel, *given, wanted, _apart(out, given), kind)
    if found is None:
        with np.errstate(all="ignore"):
            found = function(*given, out=_READ)
    value, gradient = found
    return value, {name: _stored(gradient[name], out, name) for name in names if name in wanted}
'''


IN_ROWS = '''

def _in_rows(given, axes):
    """Arguments with all leading axes made one, and these; None where they differ.

    A vector without leading axes beside others that have them is shared by all examples.
    """
    vectors = [each for each, letters in zip(given, axes) if letters[:1] == ("...",)]
    if any(type(each) is not np.ndarray or not each.ndim for each in vectors):
        return None, None
    leads = {each.shape[:-1] for each in vectors}
    lead = max(leads, key=len)
    if leads - {(), lead}:
        return None, None
    count, flat = int(np.prod(lead)), []
    for each, letters in zip(given, axes):
        if letters[:1] == ("...",):
            shape = count, each.shape[-1]
            alone = each.shape[:-1] != lead
            each = np.broadcast_to(each, shape) if alone else each.reshape(shape)
        flat.append(each)
    return flat, lead


def _one_in_rows(function, kernel, axes, given, out):
    """A value of each example."""
    flat, lead = _in_rows(given, axes) if _is_large(given) else (None, None)
    kind, found = None if flat is None else _kind_of(flat, axes), None
    if kind is not None:
        found = _tried(kernel, *flat, {}, kind)
    if found is None:
        with np.errstate(all="ignore"):
            found = function(*given, out=_READ)
    else:
        found = found.reshape(lead + found.shape[1:])[()]
    return _stored(found, {} if out is None else {"": out}, "")


def _several_in_rows(function, kernel, axes, names, given, by, out):
    """A value of each example and the derivatives of their sum."""
    wanted = {*names} if by is None else {by} if type(by) is str else {*by}
    (flat, lead), out = _in_rows(given, axes), {} if out is None else out
    kind, found = None if flat is None else _kind_of(flat, axes), None
    shapes = {name: np.shape(each) for name, each in zip(names, given)}
    if kind is not None:
        shared = {
            name
            for name, each, letters in zip(names, given, axes)
            if lead and letters[:1] == ("...",) and each.ndim == 1
        }
        room, fitting = {}, _apart(out, given)
        for name, each in zip(names, flat):
            array = fitting.get(name)
            if array is not None and array.shape == shapes[name] and array.flags.c_contiguous:
                if name not in shared:
                    room[name] = array.reshape(np.shape(each))
        found = _tried(kernel, *flat, wanted, room, kind, shared)
    if found is None:
        with np.errstate(all="ignore"):
            found = function(*given, out=_READ)
        return found[0], {name: _stored(found[1][name], out, name) for name in names if name in wanted}
    value, gradient = np.reshape(found[0], lead)[()], {}
    for name in names:
        if name in wanted:
            each = gradient[name] = found[1][name]
            into = name in room and each is room[name]
            gradient[name] = out[name] if into else _stored(np.reshape(each, shapes[name]), out, name)
    return value, gradient
'''
"""The same for functions of vectors that may have leading axes."""
