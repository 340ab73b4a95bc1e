"""A real mail server of this machine that counts what it took, by Message-ID."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from benchmarks.servers import free_port


@dataclass
class MailServer:
    """Takes every email; `taken` says how often each Message-ID came."""

    port: int = field(default_factory=free_port)
    taken: Counter[str] = field(default_factory=Counter)
    _controller: Controller | None = None

    def __enter__(self) -> Self:
        """Listen."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop listening."""
        if self._controller is not None:
            self._controller.stop()

    async def handle_DATA(  # noqa: N802 - the name that the server looks for
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take one."""
        message = message_from_bytes(cast("bytes", envelope.original_content))
        self.taken[str(message["Message-ID"])] += 1
        return "250 kept"
