"""SymPy as a later prover, in a process of its own with a deadline and a memory limit."""

import multiprocessing
import pickle
import resource
from collections.abc import Callable
from multiprocessing.connection import Connection

import sympy
from sympy import Expr, Symbol

SECONDS = 2
"""How many seconds of processor time SymPy may try one step."""
_PATIENCE = 8
"""How many times longer it is waited for on a machine that is busy with other work."""
_CAN_FORK = "fork" in multiprocessing.get_all_start_methods()
_MEMORY = 4 << 30
"""The address space that SymPy may take."""


def vanishes(expr: Expr, seconds: int = SECONDS) -> bool:
    """Whether SymPy simplifies an expression to exactly 0 in time; False when it does not or gives up."""
    return bool(_asked(_simplifies, (expr,), seconds))


def integrated(integrand: Expr, variable: Symbol, seconds: int = SECONDS) -> Expr | None:
    """What SymPy takes for an antiderivative, not proved in any way; None when it finds none in time."""
    found = _asked(_integral, (integrand, variable), seconds)
    return found if isinstance(found, Expr) and not found.has(sympy.Integral, sympy.I) else None


def _simplifies(expr: Expr) -> bool:
    return any(prover(expr) == 0 for prover in (sympy.together, sympy.simplify))


def _integral(integrand: Expr, variable: Symbol) -> Expr:
    return sympy.integrate(integrand, variable)


# -------------------------------- a process of its own --------------------------------


def _asked(question: Callable[..., object], given: tuple[Expr, ...], seconds: int) -> object:
    """The answer to a question, None where there is none in time."""
    context = multiprocessing.get_context("fork") if _CAN_FORK else multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    worker = context.Process(
        target=_answer, args=(question, pickle.dumps(given), sender, seconds), daemon=True
    )
    worker.start()
    sender.close()
    try:
        return pickle.loads(receiver.recv_bytes()) if receiver.poll(seconds * _PATIENCE) else None  # noqa: S301 - from _answer
    except (EOFError, OSError):
        return None
    finally:
        worker.kill()
        worker.join()
        receiver.close()


def _answer(question: Callable[..., object], pickled: bytes, sender: Connection, seconds: int) -> None:
    _limit(resource.RLIMIT_AS, _MEMORY)
    _limit(resource.RLIMIT_CPU, seconds)
    given = pickle.loads(pickled)  # noqa: S301 - made by _asked, above
    sender.send_bytes(pickle.dumps(question(*given)))


def _limit(kind: int, limit: int) -> None:
    """What this process may take, not beyond what it is given itself."""
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
