"""The switch that writes expected outputs instead of comparing them; tests keep off the user's cache."""

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-cases",
        action="store_true",
        default=bool(os.environ.get("LITGRAD_UPDATE")),
        help="rewrite the expected outputs in tests/cases; also LITGRAD_UPDATE=1",
    )


@pytest.fixture
def update_cases(request: pytest.FixtureRequest) -> bool:
    return request.config.getoption("--update-cases")


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITGRAD_CACHE", "off")
