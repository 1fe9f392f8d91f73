"""Who does the work on posts behind URLs: threads here, each with a process of its own, or a Dask cluster."""

import os
from collections.abc import Generator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from litgrad.storage import StorageError


@contextmanager
def executor(scheduler: str | None, jobs: int | None = None) -> Generator[tuple[Executor, int]]:
    """An executor, and how many tasks it works on at once.

    Takes the address of a Dask scheduler, or None for this machine. Raises StorageError, with one line,
    where Dask is not installed or does not answer.
    """
    if scheduler is None:
        threads = jobs or os.cpu_count() or 1
        with ThreadPoolExecutor(threads) as pool:
            yield pool, threads
        return
    try:
        from distributed import Client
    except ImportError:
        raise StorageError("--scheduler needs Dask: pip install 'litgrad[distributed]'") from None
    try:
        client = Client(scheduler, timeout="30s")
    except (OSError, ValueError) as fault:
        raise StorageError(f"no scheduler answers at {scheduler}: {type(fault).__name__}") from None
    with client:
        yield client.get_executor(pure=False, retries=3), max(sum(client.nthreads().values()), 1)
