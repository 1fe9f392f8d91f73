"""SymPy as a later prover, in a process of its own with a deadline and a memory limit."""

import multiprocessing
import pickle
import resource
from multiprocessing.connection import Connection

import sympy
from sympy import Expr

SECONDS = 2.0
"""How long SymPy may try one step."""
_CAN_FORK = "fork" in multiprocessing.get_all_start_methods()
_MEMORY = 4 << 30
"""The address space that SymPy may take."""


def vanishes(expr: Expr, seconds: float = SECONDS) -> bool:
    """Whether SymPy simplifies an expression to exactly 0 in time; False when it does not or gives up."""
    context = multiprocessing.get_context("fork") if _CAN_FORK else multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    worker = context.Process(target=_simplify, args=(pickle.dumps(expr), sender), daemon=True)
    worker.start()
    sender.close()
    try:
        return receiver.poll(seconds) and bool(receiver.recv())
    except (EOFError, OSError):
        return False
    finally:
        worker.kill()
        worker.join()
        receiver.close()


def _simplify(pickled: bytes, sender: Connection) -> None:
    _limit_memory()
    expr = pickle.loads(pickled)  # noqa: S301 - made by vanishes, above
    sender.send(any(prover(expr) == 0 for prover in (sympy.together, sympy.simplify)))


def _limit_memory() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
