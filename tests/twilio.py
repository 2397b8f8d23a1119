"""A real HTTP server on this machine that plays Twilio: it takes texts, refuses some, breaks off, and lists them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import HttpResponse
from django.test import Client

SID, TOKEN, NUMBER = "AC00000000000000000000000000000001", "a-token-of-the-tests", "+15550100999"


class Twilio:
    """Keeps every text it took. `refuse` names the error code for a number, `break_off` how many answers get lost."""

    def __init__(self) -> None:
        self.texts: list[dict[str, str]] = []
        self.refuse: dict[str, int] = {}
        self.break_off = 0
        self.status = 201
        self.lines = 0
        self.address = ""
        self.now = datetime.now(UTC)

    def take(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        code = self.refuse.get(form["To"])
        if self.status != 201:
            return self.status, {"message": "not now", "status": self.status}
        if code:
            return 400, {"code": code, "message": "no", "status": 400}
        sid = f"SM{len(self.texts) + 1:032}"
        made = format_datetime(self.now)
        self.texts.append({**form, "sid": sid, "status": "queued", "date_created": made})
        return 201, {"sid": sid, "status": "queued"}

    def rows(self, to: str = "") -> list[dict[str, str]]:
        return [
            {
                "sid": one["sid"],
                "status": one["status"],
                "to": one["To"],
                "direction": "outbound-api",
                "date_created": one["date_created"],
            }
            for one in reversed(self.texts)
            if one["To"] == to
        ]

    def report(self, client: Client, text: dict[str, str], status: str, code: str = "", **more: str) -> HttpResponse:
        """Call the address that came with the text, signed, as Twilio does."""
        form = {"MessageSid": text["sid"], "MessageStatus": status, "To": text["To"], "From": NUMBER, **more}
        return self.post(client, text["StatusCallback"], form | ({"ErrorCode": code} if code else {}))

    def write(self, client: Client, body: str, sender: str, sid: str, **more: str) -> HttpResponse:
        """A text from somebody's phone to the clinic's number."""
        form = {"MessageSid": sid, "From": sender, "To": NUMBER, "Body": body, **more}
        return self.post(client, "http://localhost:8000/reminders/texts/in/", form)

    @staticmethod
    def post(client: Client, url: str, form: dict[str, str], token: str = TOKEN) -> HttpResponse:
        said = url + "".join(name + form[name] for name in sorted(form))
        digest = hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()
        signed = {"HTTP_X_TWILIO_SIGNATURE": base64.b64encode(digest).decode()}
        return client.post(urlsplit(url).path, form, **signed)  # type: ignore[return-value, arg-type]


def _handler(twilio: Twilio) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            twilio.lines += 1
            super().setup()

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            if not self._known():
                return self._answer(401, {"code": 20003})
            status, said = twilio.take(form)
            if twilio.break_off:
                twilio.break_off -= 1
                self.close_connection = True
                return self.connection.close()
            return self._answer(status, said)

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            name = url.path.rpartition("/")[2].removesuffix(".json")
            if name == "Messages":
                return self._answer(200, {"messages": twilio.rows(parse_qs(url.query)["To"][0])})
            found = next((one for one in twilio.texts if one["sid"] == name), None)
            return self._answer(200, {"sid": name, "status": found["status"]}) if found else self._answer(404, {})

        def _known(self) -> bool:
            expected = base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
            return self.headers["Authorization"] == f"Basic {expected}" and f"/Accounts/{SID}/" in self.path

        def _answer(self, status: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Nothing: tests look at what was kept."""

    return Handler


@contextmanager
def playing_twilio() -> Iterator[Twilio]:
    twilio = Twilio()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(twilio))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    twilio.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield twilio
    finally:
        server.shutdown()
        server.server_close()
