"""Mail 邮件 out of the house: by SMTP, or as `.eml` files where no server is set."""

import hashlib
import os
import re
import smtplib
import ssl
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from config.settings import Settings

# one conversation must end before the lease of its message does
STEP_S: Final = 30.0
WHOLE_S: Final = 90.0


class NotDelivered(Exception):
    """The message was not taken, or nobody knows; `cause` never names a person or an address.

    `final`: another try would be refused as well. `away`: the server was not reached or broke off.
    `unsure`: the message was on its way when the line broke, so it may have arrived.
    """

    def __init__(
        self, cause: str, *, final: bool = False, away: bool = False, unsure: bool = False
    ) -> None:
        self.cause, self.final, self.away, self.unsure = cause, final, away, unsure
        super().__init__(cause)


class Mail(Protocol):
    """What takes one rendered message to one recipient."""

    @property
    def sender(self) -> str:
        """The address the service writes from."""

    def send(self, content: bytes, recipient: str) -> None:
        """Deliver, or raise NotDelivered."""


@dataclass(frozen=True, slots=True)
class FolderMail:
    """Writes each message into `folder`, named by its Message-ID: a repeat is the same file."""

    folder: Path
    sender: str

    def send(self, content: bytes, recipient: str) -> None:
        """Write the file whole or not at all."""
        name = hashlib.sha256(_message_id(content).encode()).hexdigest()[:32]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as made:
                made.write(content)
                made.flush()
                os.fsync(made.fileno())
            Path(made.name).replace(self.folder / f"{name}.eml")
        except OSError as refusal:
            raise NotDelivered(f"cannot write: {refusal.errno}", away=True) from refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpMail:
    """Speaks SMTP with one server, one conversation a message (RFC 5321)."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = None
    starttls: bool = False
    step_s: float = STEP_S
    whole_s: float = WHOLE_S

    def send(self, content: bytes, recipient: str) -> None:
        """Hand the message over; only the server's 250 counts as sent."""
        server = smtplib.SMTP(local_hostname=_domain(self.sender), timeout=self.step_s)
        try:
            self._open(server)
            self._converse(server, content, recipient)
            _part(server)
        finally:
            server.close()

    def _open(self, server: smtplib.SMTP) -> None:
        """Get to speak with the server; whatever fails here is no judgement of the message."""
        try:
            _expect(server.connect(self.host, self.port), 220, "greeting")
            server.ehlo_or_helo_if_needed()
            if self.starttls:
                server.starttls(context=ssl.create_default_context())
                server.ehlo_or_helo_if_needed()
            if self.user is not None:
                server.login(self.user, self.password or "")
        except smtplib.SMTPResponseException as refusal:
            raise NotDelivered(f"not let in: {refusal.smtp_code}", away=True) from refusal
        except (OSError, smtplib.SMTPException) as refusal:
            raise NotDelivered(f"no answer: {type(refusal).__name__}", away=True) from refusal

    def _converse(self, server: smtplib.SMTP, content: bytes, recipient: str) -> None:
        end = time.monotonic() + self.whole_s
        try:
            self._limit(server, end)
            _expect(server.mail(self.sender), 250, "MAIL")
            self._limit(server, end)
            _expect(server.rcpt(recipient), 250, "RCPT")
            self._limit(server, end)
        except (OSError, smtplib.SMTPException) as refusal:
            raise NotDelivered(f"no answer: {type(refusal).__name__}", away=True) from refusal
        _hand_over(server, content)

    def _limit(self, server: smtplib.SMTP, end: float) -> None:
        left = end - time.monotonic()
        if left <= 0 or server.sock is None:
            raise NotDelivered("the conversation took too long", away=True)
        server.sock.settimeout(min(left, self.step_s))


def from_settings(settings: Settings) -> Mail:
    """The mail of this deployment; ValueError when the address of the server cannot be read."""
    if settings.smtp_url is None:
        return FolderMail(settings.data_dir / "mail", settings.mail_from)
    return smtp(settings.smtp_url, settings.mail_from)


def smtp(url: str, sender: str) -> SmtpMail:
    """Read `smtp://[user:pass@]host:port[?starttls=1]`."""
    parts = urlsplit(url)
    if parts.scheme != "smtp" or not parts.hostname:
        raise ValueError("FENGQIAO_SMTP_URL must be smtp://[user:pass@]host:port[?starttls=1]")
    return SmtpMail(
        host=parts.hostname,
        port=parts.port or 25,
        sender=sender,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        starttls=parse_qs(parts.query).get("starttls") == ["1"],
    )


def _domain(address: str) -> str:
    return address.rpartition("@")[2].rstrip(">") or "localhost"


def _part(server: smtplib.SMTP) -> None:
    """Say goodbye; the message is taken, whatever the answer."""
    with suppress(OSError, smtplib.SMTPException):
        server.quit()


def _hand_over(server: smtplib.SMTP, content: bytes) -> None:
    """The message itself; from here on a broken line leaves it open whether it arrived."""
    try:
        code, _ = server.data(content)
    except smtplib.SMTPResponseException as refusal:
        raise _refused(refusal.smtp_code, "DATA") from refusal
    except (OSError, smtplib.SMTPException) as refusal:
        cause = f"broken off: {type(refusal).__name__}"
        raise NotDelivered(cause, away=True, unsure=True) from refusal
    if code != 250:
        raise _refused(code, "DATA")


def _expect(reply: tuple[int, bytes], code: int, phase: str) -> None:
    if reply[0] != code and not (phase == "RCPT" and reply[0] == 251):
        raise _refused(reply[0], phase)


def _refused(code: int, phase: str) -> NotDelivered:
    """A 5xx is for good; 421, no code at all and a bad greeting mean that the server is away."""
    away = code in (-1, 421) or phase == "greeting"
    return NotDelivered(f"{phase}: {code}", final=500 <= code < 600 and not away, away=away)


def _message_id(content: bytes) -> str:
    found = BytesHeaderParser().parsebytes(content)["Message-ID"]
    return re.sub(r"\s", "", str(found))
