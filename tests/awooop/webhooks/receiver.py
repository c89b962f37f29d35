"""A receiver of webhooks on loopback that can be slow, wrong and gone."""

from __future__ import annotations

import socket
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass
class Post:
    """One post as the receiver got it."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """What to answer; `drips` sends a byte now and then for ever, `hangs` nothing at all."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    hangs: bool = False
    drips: bool = False


class Receiver:
    """The server: what it got, and what it answers next."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.next: deque[Reply] = deque()
        self.always = Reply()
        self.released = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.receiver = self
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in"

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.posts.append(Post(self.path, dict(self.headers.items()), body))
        reply = receiver.next.popleft() if receiver.next else receiver.always
        if reply.hangs:
            receiver.released.wait(30)
            return
        if reply.drips:
            self._drip(receiver)
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def _drip(self, receiver: Receiver) -> None:
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not receiver.released.wait(0.05):
                self.wfile.write(b"X: y\r\n")
                self.wfile.flush()
        except OSError:
            return

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


def refused_port() -> int:
    """Answer a port on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
