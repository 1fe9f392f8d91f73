"""A served site: its pages, what is not given out, and that they load again after a build."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from litgrad.serve import News, served

PAGE = "<meta content=\"default-src 'none'; script-src 'self'\"></head><body>A post"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, News]]:
    (tmp_path / "post").mkdir()
    (tmp_path / "post" / "index.html").write_text(PAGE, "utf-8")
    (tmp_path / "post" / "module.py").write_text("x = 1\n", "utf-8")
    (tmp_path / ".litgrad").write_text("private", "utf-8")
    with served(tmp_path, 0) as (address, news):
        yield address, news


def got(address: str, path: str, **headers: str) -> tuple[int, str]:
    with closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)) as connection:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode()


@pytest.mark.parametrize("path", ["/post/", "/post/index.html"])
def test_pages_get_one_script_more_that_their_policy_allows(site: tuple[str, News], path: str) -> None:
    status, page = got(site[0], path)
    assert status == 200
    assert page == (
        "<meta content=\"default-src 'none'; connect-src 'self'; script-src 'self'\">"
        "<script src='/.reload.js?0'></script></head><body>A post"
    )


def test_other_files_are_as_they_are(site: tuple[str, News]) -> None:
    assert got(site[0], "/post/module.py") == (200, "x = 1\n")


@pytest.mark.parametrize("path", ["/.litgrad", "/%2elitgrad", "/../secret", "/post/../.litgrad", "/none"])
def test_what_is_hidden_or_not_there_is_not_given(site: tuple[str, News], path: str) -> None:
    assert got(site[0], path)[0] == 404


def test_another_name_for_this_machine_is_refused(site: tuple[str, News]) -> None:
    assert got(site[0], "/post/", Host="evil.example")[0] == 403


@pytest.mark.parametrize("before", [True, False])
def test_a_page_hears_of_a_build_also_of_one_that_was_quicker_than_it(
    site: tuple[str, News], *, before: bool
) -> None:
    address, news = site
    if before:
        news.tell()
    else:
        threading.Timer(0.2, news.tell).start()
    with closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)) as connection:
        connection.request("GET", "/.events?0")
        with closing(connection.getresponse()) as response:
            assert response.readline() == b"event: built\n"
