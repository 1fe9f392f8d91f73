"""The private functions that a module with vectors and matrices brings along."""

from litgrad.codegen.special import Ratio, Sigmoid, Softplus, Xlogy

FIT, OUTER, OVER_ROWS, LIKE = "_fit", "_outer", "_over_rows", "_like"
SOFTMAX, LOG_SOFTMAX, LOGSUMEXP, LOG_DET = "_softmax", "_log_softmax", "_logsumexp", "_log_det"
SOFTMAX_AND_LOG = "_softmax_and_log"

TENSOR_HELPERS = {
    FIT: '''def _fit(*given):
    """Arguments as arrays of one kind of floats; ValueError where their shapes do not fit.

    Each is given by its name, its value and its axes: a letter or a number for the length of each,
    "..." in front of them for leading ones, which broadcast.
    """
    arrays = [np.asarray(value) for _, value, _ in given]
    plain = [value if type(value) in (int, float) else np.asarray(value) for _, value, _ in given]
    kind = np.result_type(*plain)
    kind = kind if kind.kind in "fc" else np.dtype(float)
    first, rows = {}, []
    for (name, _, axes), array in zip(given, arrays):
        letters = [axis for axis in axes.split() if axis != "..."]
        leading = array.ndim - len(letters)
        if leading < 0 or (leading and "..." not in axes):
            raise ValueError(f"{name} has shape {array.shape}, not ({', '.join(axes.split())})")
        for letter, length in zip(letters, array.shape[leading:]):
            known = int(letter) if letter.isdigit() else length
            wanted, other = first.setdefault(letter, (known, f"{name} has shape {array.shape}"))
            if length != wanted:
                here = f"{name} has shape {array.shape}: its {letter} is {length}, not {wanted}"
                raise ValueError(here if letter.isdigit() else f"{other}, {here}")
        rows += [array.shape[:leading]] if "..." in axes else []
    lead = np.broadcast_shapes(*rows)
    fitted = []
    for (_, _, axes), array in zip(given, arrays):
        own = array.ndim - len(axes.split()) + 1
        shape = lead + array.shape[own:] if "..." in axes else array.shape
        array = array.astype(kind, copy=False)
        fitted.append(array if array.shape == shape else np.broadcast_to(array, shape))
    return fitted
''',
    OUTER: '''def _outer(u, v):
    """Each entry of u times each of v, summed over all rows."""
    return u.reshape(-1, u.shape[-1]).T @ v.reshape(-1, v.shape[-1])
''',
    OVER_ROWS: '''def _over_rows(u, order=1):
    """The sum of all rows, each of which has one axis or more."""
    return np.sum(u, axis=tuple(range(u.ndim - order)))
''',
    LIKE: '''def _like(gradient, shape):
    """A gradient by a vector that was repeated along leading axes: summed over them."""
    extra = gradient.ndim - len(shape)
    ones = [extra + axis for axis, length in enumerate(shape[:-1]) if length == 1]
    return np.sum(gradient, axis=(*range(extra), *ones)).reshape(shape)
''',
    SOFTMAX: '''def _softmax(u, axis=-1):
    """Exponentials over their sum; shifted by the largest, so that none overflows."""
    e = np.exp(u - np.max(u, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)
''',
    LOG_SOFTMAX: '''def _log_softmax(u, axis=-1):
    """log(softmax(u)) without the logarithm of a share that underflows to 0."""
    u = u - np.max(u, axis=axis, keepdims=True)
    return u - np.log(np.sum(np.exp(u), axis=axis, keepdims=True))
''',
    SOFTMAX_AND_LOG: '''def _softmax_and_log(u, axis=-1):
    """Exponentials over their sum, and the logarithm of that; shifted by the largest."""
    u = u - np.max(u, axis=axis, keepdims=True)
    e = np.exp(u)
    total = np.sum(e, axis=axis, keepdims=True)
    return e / total, u - np.log(total)
''',
    LOGSUMEXP: '''def _logsumexp(u, axis=-1):
    """The logarithm of a sum of exponentials; shifted by the largest, so that none overflows."""
    largest = np.max(u, axis=axis, keepdims=True)
    return np.squeeze(largest, axis) + np.log(np.sum(np.exp(u - largest), axis=axis))
''',
    LOG_DET: '''def _log_det(u):
    """The logarithm of a determinant, which itself may overflow; nan where that is negative."""
    sign, log = np.linalg.slogdet(u)
    return np.where(sign < 0, np.nan, log)[()]
''',
}
"""By name, in the order in which they stand in the module."""

REASONS: dict[str | type, str] = {
    SOFTMAX_AND_LOG: "softmax(u) with its logarithm: exp(u) overflows, and a share underflows to 0",
    SOFTMAX: "exp(u) / sum(exp(u)) as softmax(u): exp(u) overflows for u above 709",
    LOG_SOFTMAX: "log(softmax(u)) as log_softmax(u): a share that underflows to 0 has no logarithm",
    LOGSUMEXP: "log(sum(exp(u))) as logsumexp(u): exp(u) overflows for u above 709",
    LOG_DET: "log(det(A)) by slogdet: the determinant of a large matrix overflows or underflows",
    Sigmoid: "1 / (1 + exp(-u)) as sigmoid(u): exp(-u) overflows for u below -709",
    Softplus: "log(1 + exp(u)) as softplus(u): exp(u) overflows for u above 709, and is lost beside 1",
    Xlogy: "x * log(u) as xlogy(x, u): 0 * log(0) is nan; the limit is 0",
    Ratio: "x / u as ratio(x, u): 0 / 0 is nan; the limit is 0",
}
"""Why a form is not the author's, for a comment, by the helper that computes it."""
