"""A Bot API server on loopback that behaves as its documentation says, and can be made to fail."""

from __future__ import annotations

import json
import re
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

TOKEN = "123456:AAF-fake_Token-for-tests-0123456789"
_TAG = re.compile(r"</?(?:b|i|code|a)(?: [^>]*)?>")
_BARE = re.compile(r"<|>|&(?!(?:lt|gt|amp|quot);)")


@dataclass
class Call:
    """One call as the server got it."""

    method: str
    body: dict[str, Any]


@dataclass
class Answer:
    """What to answer instead of the documented success; `raw` bytes are sent as they are."""

    status: int = 200
    body: dict[str, Any] | None = None
    raw: bytes = b""
    hangs: bool = False
    breaks: bool = False


@dataclass
class BotApi:
    """The server: what it was asked, what it answers next, what happens on receipt."""

    calls: list[Call] = field(default_factory=list)
    sent: list[Call] = field(default_factory=list)
    next: deque[Answer] = field(default_factory=deque)
    always: Answer | None = None
    on_receipt: Callable[[Call], None] | None = None
    port: int = 0
    _released: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen: at the same port as before, if it had one."""
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self._server.bot = self
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Stop listening: from now on a connection is refused."""
        self._released.set()
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def refuse(self, status: int, description: str, **parameters: Any) -> None:
        """Let the next call be refused, in the documented form."""
        self.next.append(Answer(status, refusal(status, description, **parameters)))

    def texts(self) -> list[str]:
        """Answer what arrived in chats, as people read it."""
        return [unescape(_TAG.sub("", call.body["text"])) for call in self.sent]

    def count(self, method: str) -> int:
        """Answer how often a method was called."""
        return sum(call.method == method for call in self.calls)

    def answer(self, call: Call) -> Answer:
        """Answer what the script says, else what the documentation does."""
        with self._lock:
            self.calls.append(call)
            # `getMe` answers while the API does: it takes no answer meant for messages.
            scripted = self.next.popleft() if self.next and call.method != "getMe" else self.always
            if scripted is not None:
                return scripted
            return self._documented(call)

    def _documented(self, call: Call) -> Answer:
        if call.method == "getMe":
            return _ok({"id": 123456, "is_bot": True, "first_name": "AwoooP"})
        if call.method == "answerCallbackQuery":
            return _ok(True)
        wrong = _wrong(call.body)
        if wrong:
            return Answer(400, refusal(400, f"Bad Request: {wrong}"))
        self.sent.append(call)
        ident = call.body.get("message_id") or 1000 + len(self.sent)
        return _ok({"message_id": ident, "date": 1, "chat": {"id": call.body["chat_id"]}})


def refusal(status: int, description: str, **parameters: Any) -> dict[str, Any]:
    """Answer a documented refusal's body."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return {**body, "parameters": parameters} if parameters else body


def _ok(result: Any) -> Answer:
    return Answer(200, {"ok": True, "result": result})


def _wrong(body: dict[str, Any]) -> str:
    """What the Bot API would refuse of a message."""
    if not body.get("chat_id"):
        return "chat_id is empty"
    markup = _TAG.sub("", body.get("text", ""))
    if _BARE.search(markup):
        return "can't parse entities: unsupported start tag"
    shown = unescape(markup).strip()
    if not shown:
        return "message text is empty"
    if len(shown.encode("utf-16-le")) // 2 > 4096:
        return "message is too long"
    for row in body.get("reply_markup", {}).get("inline_keyboard", []):
        for button in row:
            if not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
                return "BUTTON_DATA_INVALID"
    return ""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    bot: BotApi


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        bot = self.server.bot
        length = int(self.headers.get("Content-Length", 0))
        prefix, _slash, method = self.path.rpartition("/")
        call = Call(method, json.loads(self.rfile.read(length) or b"{}"))
        if bot.on_receipt:
            bot.on_receipt(call)
        known = prefix == f"/bot{TOKEN}"
        answer = bot.answer(call) if known else Answer(401, refusal(401, "Unauthorized"))
        if answer.hangs:
            bot._released.wait(30)
        if answer.hangs or answer.breaks:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._write(answer)

    def _write(self, answer: Answer) -> None:
        data = answer.raw or json.dumps(answer.body).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""
