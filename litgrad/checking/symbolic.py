"""SymPy as a later prover, in a process of its own with a limit of time and one of memory.

The time is that of the processor, so that a verdict does not depend on what else the machine is doing.
"""

import multiprocessing
import pickle
import resource
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection

import sympy
from sympy import Expr, Symbol

SECONDS = 2.0
"""How long SymPy may try one step."""
_PATIENCE = 10
"""How many times as long the answer is waited for: the machine may do other things as well."""
_CAN_FORK = "fork" in multiprocessing.get_all_start_methods()
_MEMORY = 4 << 30
"""The address space that SymPy may take."""


def vanishes(expr: Expr, seconds: float = SECONDS) -> bool:
    """Whether SymPy simplifies an expression to exactly 0 in time; False when it does not or gives up."""
    return bool(_asked(_simplifies, (expr,), seconds))


def integrated(integrand: Expr, variable: Symbol, seconds: float = SECONDS) -> Expr | None:
    """What SymPy takes for an antiderivative, not proved in any way; None when it finds none in time."""
    found = _asked(_integral, (integrand, variable), seconds)
    return found if isinstance(found, Expr) and not found.has(sympy.Integral, sympy.I) else None


def _simplifies(expr: Expr) -> bool:
    return any(prover(expr) == 0 for prover in (sympy.together, sympy.simplify))


def _integral(integrand: Expr, variable: Symbol) -> Expr:
    return sympy.integrate(integrand, variable)


# -------------------------------- a process of its own --------------------------------


def _asked(question: Callable[..., object], given: tuple[Expr, ...], seconds: float) -> object:
    """The answer to a question, None where there is none in time."""
    context = multiprocessing.get_context("fork") if _CAN_FORK else multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    arguments = (question, pickle.dumps(given), seconds, sender)
    worker = context.Process(target=_answer, args=arguments, daemon=True)
    worker.start()
    sender.close()
    try:
        answered = receiver.poll(seconds * _PATIENCE)
        return pickle.loads(receiver.recv_bytes()) if answered else None  # noqa: S301 - from _answer
    except (EOFError, OSError):
        return None
    finally:
        worker.kill()
        worker.join()
        receiver.close()


def _answer(question: Callable[..., object], pickled: bytes, seconds: float, sender: Connection) -> None:
    """Answer, or end without an answer when the time is used up."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    _limit_memory()
    given = pickle.loads(pickled)  # noqa: S301 - made by _asked, above
    sender.send_bytes(pickle.dumps(question(*given)))


def _limit_memory() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
