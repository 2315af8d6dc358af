"""The Monday letter 周报 as a mail: one message for each recipient, always with the same ID."""

import hashlib
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from service.rules.outbox import Message
from service.rules.weekly import WeekFigures

XLSX: Final = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The letter's forms: a page, the same in plain text, and a workbook to attach."""

    html: str
    text: str
    workbook: bytes


def letter(figures: WeekFigures, sheet: Sheet, *, sender: str, recipient: str) -> Message:
    """The message to one recipient. It holds figures only, never a party."""
    reader = hashlib.sha256(recipient.casefold().encode()).hexdigest()[:16]
    message_id = f"<weekly-{figures.week}.{reader}@fengqiao>"
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject(figures)
    mail["From"] = Address(f"{figures.centre}周报", addr_spec=sender)
    mail["To"] = Address(addr_spec=recipient)
    mail["Date"] = format_datetime(figures.cut_off)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(sheet.text)
    mail.add_alternative(sheet.html, subtype="html")
    mail.add_attachment(
        sheet.workbook, maintype=XLSX[0], subtype=XLSX[1], filename=f"zhoubao-{figures.week}.xlsx"
    )
    key = f"weekly-letter:{figures.week}:{reader}"
    return Message(key, message_id, recipient, mail.as_bytes())


def subject(figures: WeekFigures) -> str:
    """The line in the inbox says the week and the two numbers."""
    week = figures.week
    if figures.is_unchanged:
        told = "本周无变化"
    else:
        told = f"受理 {figures.flow.received} 件，办结 {figures.flow.closed} 件"
    return f"{week.year} 年第 {week.number} 周周报：{told}"
