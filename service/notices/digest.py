"""The morning digest 早晨提要 as a mail: one for each person and day, always with the same ID."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from service.rules.digest import Digest
from service.rules.outbox import Message


def letter(
    digest: Digest,
    html: str,
    text: str,
    *,
    sender: str,
    recipient: str,
    user_id: UUID,
    at: datetime,
) -> Message:
    """The message to one person. It holds counts, numbers and stages only, never a party."""
    message_id = f"<digest-{digest.on.isoformat()}.{user_id.hex[:16]}@fengqiao>"
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject(digest)
    mail["From"] = Address(f"{digest.centre}提要", addr_spec=sender)
    mail["To"] = Address(addr_spec=recipient)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    key = f"morning-digest:{digest.on.isoformat()}:{user_id}"
    return Message(key, message_id, recipient, mail.as_bytes())


def subject(digest: Digest) -> str:
    """The line in the inbox: 11月23日提要：已超期 2 件，另有 3 类事项."""
    first, others = digest.sections[0], len(digest.sections) - 1
    rest = f"，另有 {others} 类事项" if others else ""
    return f"{digest.on.month}月{digest.on.day}日提要：{first.title} {first.count} 件{rest}"
