"""Pictures beside posts: copied into the site, and nothing else by their way."""

import os
from pathlib import Path

import pytest

from litgrad.images import NoImage, images_in, local_image, read_image
from litgrad.output import OutputError
from litgrad.site import build_site

PIXEL = b"\x89PNG\r\n\x1a\n pixel"

ADDRESSES = {
    "cat.png": "cat.png",
    "./img/cat.JPG": "img/cat.JPG",
    "my%20cat.webp": "my cat.webp",
    "a&amp;b.png": "a&b.png",
    "../cat.png": None,
    "img/../../cat.png": None,
    "%2e%2e/cat.png": None,
    "/cat.png": None,
    "//x.org/cat.png": None,
    "https://x.org/cat.png": None,
    "C:cat.png": None,
    "a\\..\\cat.png": None,
    ".git/cat.png": None,
    "cat.svg": None,
    "index.html": None,
    "cat.png?x.png": None,
    "data:image/png;base64,AA": None,
    "a//b.png": None,
    f"{'x' * 300}.png": None,
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_pictures_below_the_post_are_local(address: str) -> None:
    assert local_image(address) == ADDRESSES[address]


def test_each_picture_of_a_page_is_named_once() -> None:
    page = '<img src="a.png" alt="" /> <img src="b.svg" alt="" /> <img src="a.png" alt="" />'
    assert list(images_in(page)) == ["a.png"]


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    folder = tmp_path / "posts"
    (folder / "img").mkdir(parents=True)
    (folder / "img" / "cat.png").write_bytes(PIXEL)
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "a.md").write_text("# A\n\n![A cat](img/cat.png)\n", "utf-8")
    return folder


def test_a_picture_beside_a_post_stands_beside_its_page(posts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert build_site([posts], out).notices == ()
    assert (out / "a" / "img" / "cat.png").read_bytes() == PIXEL
    assert '<img src="img/cat.png" alt="A cat"' in (out / "a" / "index.html").read_text("utf-8")
    (posts / "img" / "cat.png").write_bytes(b"another")
    assert build_site([posts], out).written == 1
    assert (out / "a" / "img" / "cat.png").read_bytes() == b"another"
    (posts / "a.md").write_text("# A\n\nNo cat.\n", "utf-8")
    build_site([posts], out)
    assert not (out / "a" / "img").exists()


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
@pytest.mark.parametrize("link", ["file", "folder"])
def test_a_link_out_of_the_posts_folder_is_not_followed(posts: Path, tmp_path: Path, link: str) -> None:
    (tmp_path / "cat.png").write_bytes(b"secret")
    (posts / "img" / "cat.png").unlink()
    if link == "file":
        (posts / "img" / "cat.png").symlink_to(tmp_path / "secret.png")
    else:
        (posts / "img").rmdir()
        (posts / "img").symlink_to(tmp_path)
    result = build_site([posts], tmp_path / "out")
    assert [line.rpartition(": ")[2] for line in result.notices] == [
        "the image img/cat.png lies outside of the post's folder"
    ]
    assert not (tmp_path / "out" / "a" / "img").exists()


def test_what_is_no_plain_file_is_left_out(posts: Path) -> None:
    os.mkfifo(posts / "pipe.png")
    for name, why in {"pipe.png": "is no file", "none.png": "is not there or cannot be read"}.items():
        with pytest.raises(NoImage, match=why):
            read_image(posts / "a.md", name)


def test_a_picture_that_litgrad_did_not_put_there_is_not_overwritten(posts: Path, tmp_path: Path) -> None:
    place = tmp_path / "out" / "a" / "img" / "cat.png"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"mine")
    with pytest.raises(OutputError, match="was not written by litgrad"):
        build_site([posts], tmp_path / "out")
    assert place.read_bytes() == b"mine"
