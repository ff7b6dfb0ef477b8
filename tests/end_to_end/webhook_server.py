"""A real HTTPS server on loopback that remembers what it was sent and answers as it is told to."""

import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

from tests.end_to_end.certificates import Certificate


class Request(NamedTuple):
    """A request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """What is written back, piece by piece with so many seconds before each."""

    pieces: Callable[[], Iterable[bytes]]
    pause: float = 0


def status(code: int, *headers: str, body: bytes = b"") -> Answer:
    lines = [f"HTTP/1.1 {code} Answer", *headers, f"Content-Length: {len(body)}", "", ""]
    return Answer(lambda: ["\r\n".join(lines).encode() + body])


class WebhookServer:
    """The server's port, and what it has been sent."""

    def __init__(self, port: int) -> None:
        self.port, self.calls, self.written = port, 0, 0
        self.requests: list[Request] = []


@contextmanager
def webhook_server(certificate: Certificate, answer: Answer | None = None) -> Iterator[WebhookServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.shown, certificate.key)
    with Server(context, answer or status(204)) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.seen
        finally:
            server.shutdown()
            thread.join()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, context: ssl.SSLContext, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.context, self.answer, self.seen = context, answer, WebhookServer(self.server_port)

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        self.seen.calls += 1
        return self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever calls may hang up."""


class Handler(BaseHTTPRequestHandler):
    def handle_one_request(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        self.raw_requestline = self.rfile.readline()
        if not self.raw_requestline or not self.parse_request():
            return
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        server.seen.requests.append(Request(self.requestline, dict(self.headers.items()), body))
        self.close_connection = True
        for piece in server.answer.pieces():
            time.sleep(server.answer.pause)
            server.seen.written += self.wfile.write(piece)

    def log_message(self, *_words: Any) -> None:
        """Nothing is printed."""
