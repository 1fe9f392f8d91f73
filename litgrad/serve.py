"""A site shown to this machine alone, whose open pages load again when it was built anew."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import field
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

from litgrad.records import dataclass

_HOST = "127.0.0.1"
_SCRIPT = "/.reload.js"
_EVENTS = "/.events"
_BEAT = 15.0
"""Seconds after which a page that waits hears that the server is there."""
_RELOAD = b"""new EventSource("/.events?" + new URL(document.currentScript.src).search.slice(1))
  .addEventListener("built", () => location.reload());
"""


@dataclass(slots=True)
class News:
    """How often the site was built; pages wait for the next time."""

    count: int = 0
    closed: bool = False
    _told: threading.Condition = field(default_factory=threading.Condition)

    def tell(self) -> None:
        """The site was built."""
        with self._told:
            self.count += 1
            self._told.notify_all()

    def close(self) -> None:
        """Nothing more is to come."""
        with self._told:
            self.closed = True
            self._told.notify_all()

    def wait(self, seen: int) -> int:
        """The number of builds, as soon as it is another one; the same after a while."""
        with self._told:
            self._told.wait_for(lambda: self.count != seen or self.closed, _BEAT)
            return self.count


@contextmanager
def served(site: Path, port: int) -> Generator[tuple[str, News]]:
    """Serve a folder under an address of this machine; gives the address and whom to tell of builds.

    With port 0 a free one is taken. Raises OSError for a port that is taken.
    """
    news = News()
    server = ThreadingHTTPServer((_HOST, port), partial(_Pages, news=news, directory=str(site)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield f"http://{_HOST}:{server.server_port}/", news
    finally:
        news.close()
        server.shutdown()
        server.server_close()


class _Pages(SimpleHTTPRequestHandler):
    """Files of the site; pages get one script more, which waits for news."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: object, news: News, directory: str) -> None:
        self.news = news
        super().__init__(*args, directory=directory)  # ty: ignore[invalid-argument-type]

    def do_GET(self) -> None:
        """A file, the script, or the news."""
        path = urlsplit(self.path).path
        if not self._is_known_host():
            self.send_error(HTTPStatus.FORBIDDEN)
        elif path == _SCRIPT:
            self._send(_RELOAD, "text/javascript")
        elif path == _EVENTS:
            self._tell()
        elif any(part.startswith(".") for part in unquote(path).split("/")):
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            super().do_GET()

    def do_HEAD(self) -> None:
        """Nothing asks for it."""
        self.send_error(HTTPStatus.METHOD_NOT_ALLOWED)

    def _is_known_host(self) -> bool:
        """Whether the page's address is ours, so that no other site's name is turned to this server."""
        return self.headers.get("Host", "").partition(":")[0] in (_HOST, "localhost")

    def send_head(self) -> BytesIO | None:
        """A page with the script, any other file as it is."""
        file = Path(self.translate_path(self.path))
        page = file / "index.html" if file.is_dir() else file
        if page.suffix != ".html" or not page.is_file() or (file.is_dir() and not self.path.endswith("/")):
            return super().send_head()  # ty: ignore[invalid-explicit-return]
        count = self.news.count
        body = with_script(page.read_bytes(), count)
        self._head(len(body), "text/html; charset=utf-8")
        return BytesIO(body)

    def _send(self, body: bytes, kind: str) -> None:
        self._head(len(body), kind)
        self.wfile.write(body)

    def _head(self, length: int, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()

    def _tell(self) -> None:
        """A stream with an event for each build, until the page goes away."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        asked = urlsplit(self.path).query
        seen = int(asked) if asked.isdecimal() else self.news.count
        try:
            while not self.news.closed:
                now = self.news.wait(seen)
                self.wfile.write(b": here\n\n" if now == seen else b"event: built\ndata:\n\n")
                self.wfile.flush()
                seen = now
        except OSError:
            return

    def log_message(self, *_: object) -> None:  # ty: ignore[incompatible-method-override]
        """Requests are no news."""


def with_script(page: bytes, count: int) -> bytes:
    """A page with the script that loads it again after the next build, which its policy is made to allow.

    >>> with_script(b"default-src 'none'; base-uri 'none'</head>", 3)
    b"default-src 'none'; connect-src 'self'; base-uri 'none'<script src='/.reload.js?3'></script></head>"
    """
    page = page.replace(b"default-src 'none';", b"default-src 'none'; connect-src 'self';", 1)
    return page.replace(b"</head>", f"<script src='{_SCRIPT}?{count}'></script></head>".encode(), 1)
