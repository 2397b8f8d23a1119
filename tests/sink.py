"""A real SMTP server on this machine that keeps what it is given."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller


class Sink:
    """Keeps every letter; refuses those to `refuse` for good, those to `delay` and the first `stumble` ones for now.

    After the first `hang_up` letters it breaks the line off instead of saying that it has them.
    """

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refuse: set[str] = set()
        self.delay: set[str] = set()
        self.stumble = 0
        self.hang_up = 0
        self.port = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refuse:
            return "550 no such person"
        if address in self.delay:
            return "450 greylisted, come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.stumble:
            self.stumble -= 1
            return "451 try again later"
        self.letters.append(cast("EmailMessage", message_from_bytes(envelope.content, policy=policy.default)))
        if self.hang_up:
            self.hang_up -= 1
            server.transport.abort()
        return "250 kept"


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    sink = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        sink.port = probe.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
