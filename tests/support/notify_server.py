"""A small server that behaves like the API of GOV.UK Notify, over real HTTP on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from notifications_python_client.authentication import decode_jwt_token

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"a_key-{SERVICE}-{SECRET}"
TEXT_TEMPLATE, EMAIL_TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a", "4f33517f-2a88-4f6e-b855-c550268ce08a"
NO_NUMBER = "+447700900999"


class Notify:
    """What the server has taken, and how it behaves now."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.taken: list[dict[str, Any]] = []
        self.asked = 0  # how often somebody looked for a reference
        self.status = 0  # of every reply, where it is not 0
        self.line_dead = False  # takes a message and says nothing

    @property
    def settings(self) -> dict[str, str]:
        """Return what an installation has to set."""
        return {
            "notify_api_key": KEY,
            "notify_text_template": TEXT_TEMPLATE,
            "notify_email_template": EMAIL_TEMPLATE,
            "notify_address": self.address,
        }


class _Handler(BaseHTTPRequestHandler):
    notify: Notify

    def log_message(self, *_told: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer which messages have a reference."""
        self._check()
        self.notify.asked += 1
        (reference,) = parse_qs(urlsplit(self.path).query)["reference"]
        found = [
            {"id": str(at), "reference": reference, "status": "sending"}
            for at, one in enumerate(self.notify.taken)
            if one["reference"] == reference
        ]
        self._reply(200, {"notifications": found, "links": {}})

    def do_POST(self) -> None:
        """Take a message."""
        self._check()
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.notify.status:
            self._reply(self.notify.status, {"errors": [{"error": "Exception", "message": "Internal server error"}]})
            return
        if sent.get("phone_number") == NO_NUMBER:
            wrong = {"error": "ValidationError", "message": f"phone_number {NO_NUMBER} Not enough digits"}
            self._reply(400, {"status_code": 400, "errors": [wrong]})
            return
        self.notify.taken.append({"way": self.path.rpartition("/")[2], **sent})
        if self.notify.line_dead:
            self.close_connection = True
            return
        self._reply(201, {"id": "740e5834-3a29-46b4-9a6f-16142fde533a", "reference": sent["reference"]})

    def _check(self) -> None:
        """Raise unless whoever asks has the key."""
        token = self.headers["Authorization"].removeprefix("Bearer ")
        decode_jwt_token(token, SECRET)

    def _reply(self, status: int, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running_notify() -> Iterator[Notify]:
    """Yield the server while it listens."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        handler.notify = Notify(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield handler.notify  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()
