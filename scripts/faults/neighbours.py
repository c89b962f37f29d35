"""Who the installation talks to: receivers of webhooks, Telegram, Prometheus; one program plays all
of them, and can be well, slow, wrong and gone."""

from __future__ import annotations

import json
import socket
import struct
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from scripts.faults.machines import PROJECT
from scripts.screenshots.server import Server

RECEIVERS = 6
KINDS = ["incident.opened", "approval.requested", "approval.decided", "run.finished"]
_CHAT = f"""
from awooop import tenancy
from awooop.models import ContractRevision
with tenancy.scope(["{PROJECT}"]):
    ContractRevision.objects.create(
        project_id="{PROJECT}", contract_id="telegram", contract_family="channel",
        lifecycle_status="active", body={{"telegram_chat_id": "-1001234567890"}},
        body_hash="0" * 64, version_major=1, version_minor=0)
"""


class Neighbours:
    """They listen on one port of loopback; `mode` is well, slow, wrong or gone."""

    def __init__(self) -> None:
        self.mode = "well"
        self.heard = 0
        self.over = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.neighbours = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def environment(self) -> dict[str, str]:
        """Answer what leads the installation to them."""
        return {
            "TELEGRAM_API_URL": self.url,
            "TELEGRAM_BOT_TOKEN": "1:faults",
            "PROMETHEUS_URL": self.url,
            "AWOOOP_WEBHOOKS_ALLOW_HTTP": "1",
            "AWOOOP_WEBHOOKS_ALLOW_PRIVATE": "1",
        }

    def meet(self, server: Server) -> None:
        """Let the installation know of them: a chat of the operators, some webhooks."""
        server.manage("shell", "-c", _CHAT)
        code = (
            "from awooop import callers, tenancy\nfrom awooop.actions import webhooks\n"
            f"with tenancy.scope(['{PROJECT}']):\n"
            f"    for n in range({RECEIVERS}):\n"
            f"        webhooks.create(by=callers.system('faults', ['{PROJECT}']),"
            f" project_id='{PROJECT}', name=f'r{{n}}', url=f'{self.url}/hook/{{n}}',"
            f" wanted={KINDS})\n"
        )
        server.manage("shell", "-c", code)

    def become(self, mode: str) -> None:
        """Be well, slow, wrong or gone from now on; who waits for an answer gets none."""
        self.mode = mode
        self.over.set()
        self.over = Event()

    def stop(self) -> None:
        """Listen no more."""
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer({"status": "success", "data": {"resultType": "vector", "result": []}})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer({"ok": True, "result": {"message_id": 1, "chat": {"id": -1001234567890}}})

    def _answer(self, said: Any) -> None:
        neighbours: Neighbours = self.server.neighbours  # type: ignore[attr-defined]
        neighbours.heard += 1
        self.close_connection = True
        if neighbours.mode == "gone":
            # The connection is cut at once, as by a host that is there no more.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        if neighbours.mode == "slow":
            neighbours.over.wait(60)
            return
        is_well = neighbours.mode == "well"
        data = json.dumps(said).encode() if is_well else b"<html>\xff not what was asked"
        self.send_response(200 if is_well else 500)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""
