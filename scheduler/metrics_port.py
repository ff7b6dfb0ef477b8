"""The figures over HTTP, on loopback alone: GET and HEAD of /metrics, and nothing else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from workflow.errors import EnvironmentFaultError, why

LOOPBACK = "127.0.0.1"
CONTENT = "text/plain; version=0.0.4; charset=utf-8"
PATIENCE = 5
"""Seconds for whoever asks to have asked."""


def server(port: int, read: Callable[[], str]) -> ThreadingHTTPServer:
    """Listening from now on. Raises EnvironmentFaultError when the port is somebody else's."""

    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE
        server_version, sys_version = "arende-daemon", ""

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def _answer(self, *, with_body: bool) -> None:
            if self.path.partition("?")[0] != "/metrics":
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            content = read().encode()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", CONTENT)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if with_body:
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Who asked is nobody's business."""

    try:
        return _Quiet((LOOPBACK, port), Handler)
    except OSError as error:
        raise EnvironmentFaultError(
            f"Porten {port} på {LOOPBACK} går inte att använda ({why(error)}). Ange en annan i [daemon] metrics_port."
        ) from error


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever hangs up has had enough."""


@contextmanager
def open_at(port: int, read: Callable[[], str]) -> Iterator[None]:
    """Answering meanwhile; at port 0 nothing does."""
    if not port:
        yield
        return
    with server(port, read) as listening:
        Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.1}, name="metrics", daemon=True).start()
        try:
            yield
        finally:
            listening.shutdown()
