"""Text of a module's way to other array libraries: the readable functions with another `np`."""

HERE = '''
def _as_above(function, arguments):
    """The values of the form above."""
    return _plain(function, arguments)
'''

ELSEWHERE = '''
_NUMPY = (np.ndarray, np.generic, float, int, complex, list, tuple)
_STANDARD = {
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
}


class _Space:
    """The functions of another array library under the names that NumPy has for them."""

    def __init__(self, space):
        self.space = space

    def __getattr__(self, name):
        if name == "errstate":
            return lambda **_: contextlib.nullcontext()
        found = getattr(self.space, _STANDARD.get(name, name))
        return self.with_arrays(name, found) if callable(found) else found

    def with_arrays(self, name, function):
        """The function, with numbers beside an array made arrays of its kind."""

        def call(*arguments):
            like = next((each for each in reversed(arguments) if hasattr(each, "dtype")), None)
            if like is None:
                return getattr(np, name)(*arguments)
            return function(*self.arrays(arguments, like))

        return call

    def arrays(self, arguments, like):
        """The arguments, numbers among them as arrays of a kind."""
        kind = like.dtype
        array = self.space.asarray
        return [each if hasattr(each, "dtype") else array(each, dtype=kind) for each in arguments]


def _as_above(function, arguments):
    """The values of the form above; over another array library where an argument is of one."""
    others = [each for each in arguments if not isinstance(each, _NUMPY)]
    space = _space_of(others) if others else None
    if space is None:
        return _plain(function, arguments)
    names = _over(space)
    return names[function.__name__](*names["np"].arrays(arguments, others[0]))


def _space_of(arrays):
    """The array library that some arrays share, by the Python array API standard."""
    try:
        import array_api_compat

        return array_api_compat.array_namespace(*arrays)
    except ImportError:
        own = getattr(arrays[0], "__array_namespace__", None)
        return own() if own is not None else None
    except TypeError:
        return None


@functools.cache
def _over(space):
    """This module's readable functions with another library for NumPy."""
    names = {**globals(), "np": _Space(space)}
    for name, each in list(names.items()):
        if name.startswith("_fast_"):
            names[name] = lambda *_: None
        elif type(each) is type(_over.__wrapped__) and each.__closure__ is None:
            names[name] = type(each)(each.__code__, names, name)
            names[name].__kwdefaults__ = each.__kwdefaults__
    return names
'''
