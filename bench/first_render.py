"""How soon a page shows something in a fresh browser, and how far things move until it is done.

On a quiet machine: `litgrad build posts -o build`, then
`python bench/first_render.py build backpropagation/index.html`, half a minute.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from statistics import median

_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1360,900"
).split()
_PROBE = b"""
let shift = 0;
new PerformanceObserver((list) => { for (const one of list.getEntries()) shift += one.value; })
  .observe({ type: "layout-shift", buffered: true });
addEventListener("load", () => setTimeout(() => {
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  const [page] = performance.getEntriesByType("navigation");
  const told = { paint: paint?.startTime, loaded: page.loadEventEnd, asked: page.responseEnd, shift };
  fetch("/told", { method: "POST", body: JSON.stringify(told) });
}, 1500));
"""


class Pages(SimpleHTTPRequestHandler):
    """The site, its pages with the probe, and where the probe tells what it saw."""

    told: Queue[dict[str, float]] = Queue()
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """A file; a page with one script more."""
        file = Path(self.translate_path(self.path))
        if self.path == "/probe.js":
            self.answer(_PROBE, "text/javascript")
        elif file.suffix == ".html":
            page = file.read_bytes().replace(
                b"default-src 'none';", b"default-src 'none'; connect-src 'self';"
            )
            self.answer(page.replace(b"<title>", b'<script src="/probe.js"></script><title>', 1), "text/html")
        else:
            super().do_GET()

    def do_POST(self) -> None:
        """What the probe saw."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(b"", "text/plain")
        self.told.put(json.loads(body))

    def answer(self, body: bytes, kind: str) -> None:
        """A whole response."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:  # ty: ignore[incompatible-method-override]
        """Requests are no news."""


def seen(chromium: str, address: str) -> dict[str, float]:
    """What one fresh browser saw of a page."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [chromium, *_FLAGS, f"--user-data-dir={profile}", "--remote-debugging-port=0", address]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                return Pages.told.get(timeout=60)
            finally:
                process.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path, help="a built site")
    parser.add_argument("page", help="a page below it, such as post/index.html")
    parser.add_argument("--runs", type=int, default=9)
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("there is no chromium here")

    def handler(*given: object) -> Pages:
        return Pages(*given, directory=str(arguments.site))  # ty: ignore[invalid-argument-type]

    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/{arguments.page}"
    runs = [seen(chromium, address) for _ in range(arguments.runs)]
    for name in ("asked", "paint", "loaded"):
        times = [run[name] for run in runs]
        print(f"{name:8} median {median(times):.0f} ms, {min(times):.0f} to {max(times):.0f} ms")
    print(f"shift    {max(run['shift'] for run in runs):.4f} at most, of {len(runs)} runs")


if __name__ == "__main__":
    main()
