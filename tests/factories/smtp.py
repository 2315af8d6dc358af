"""A mail server on loopback that keeps what it is given, or misbehaves as it is told."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Sink:
    """What arrived; the replies can be set, and `pause_s` delays the last of them."""

    port: int = 0
    messages: list[tuple[str, bytes]] = field(default_factory=list)
    rcpt_reply: str = "250 OK"
    data_reply: str = "250 OK"
    pause_s: float = 0.0
    cut_after_data: bool = False

    async def handle_RCPT(  # noqa: N802 -- the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        """Answer RCPT."""
        if self.rcpt_reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt_reply

    async def handle_DATA(  # noqa: N802 -- the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take the message, then answer, or break off instead."""
        if self.data_reply.startswith("2"):
            content = envelope.original_content or b""
            self.messages += [(recipient, content) for recipient in envelope.rcpt_tos]
        await asyncio.sleep(self.pause_s)
        if self.cut_after_data and server.transport is not None:
            server.transport.close()
        return self.data_reply

    @property
    def url(self) -> str:
        """The address for FENGQIAO_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"


@contextmanager
def running(sink: Sink) -> Iterator[Sink]:
    """The sink on a free port, in a thread of its own."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        loop.create_server(
            lambda: SMTP(sink, hostname="sink.test", loop=loop, enable_SMTPUTF8=False),
            "127.0.0.1",
            sink.port,
        )
    )
    sink.port = server.sockets[0].getsockname()[1]
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield sink
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    me = asyncio.current_task()
    others = [task for task in asyncio.all_tasks() if task is not me]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
