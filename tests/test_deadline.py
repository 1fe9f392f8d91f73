"""The time that a post has: who asks, hears; who does not ask, can be interrupted."""

import math
import time
from contextlib import suppress

import pytest

from litgrad.deadline import OutOfTimeError, interrupted, missed, out_of_time, time_left, time_limit


def test_without_a_limit_there_is_time() -> None:
    assert time_left() == math.inf
    assert not out_of_time()
    assert not missed()
    with interrupted():
        pass


def test_who_asks_and_hears_yes_leaves_a_trace() -> None:
    with time_limit(60):
        assert 59 < time_left() <= 60
        assert not out_of_time()
        assert not missed()
    with time_limit(0):
        assert not missed()
        assert out_of_time()
        assert missed()
    assert not missed()


def _work_that_catches_everything() -> None:
    while True:
        with suppress(Exception):
            sum(range(10_000))


@pytest.mark.parametrize(("limit", "seconds"), [(0.05, math.inf), (60, 0.05), (0, 60)])
def test_what_does_not_ask_is_interrupted_even_inside_a_library(limit: float, seconds: float) -> None:
    started = time.monotonic()
    with time_limit(limit):
        with pytest.raises(OutOfTimeError), interrupted(seconds):
            _work_that_catches_everything()
        assert missed()
    assert time.monotonic() - started < 5


def test_no_interruption_comes_late() -> None:
    with time_limit(60), interrupted(0.05):
        pass
    time.sleep(0.1)
