"""The Monday letter 周报 as a mail: one message for each recipient, always with the same ID."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from types import MappingProxyType
from typing import Final

from config.weekly import NAMES, Letter
from service.rules.outbox import Message
from service.rules.weekly import WeekFigures

XLSX: Final = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


# how a message of this kind is marked, and what its attachment is called
MARKS: Final[Mapping[Letter, tuple[str, str]]] = MappingProxyType(
    {Letter.WEEK: ("weekly", "zhoubao"), Letter.SUITS: ("suits", "yingsu-banfu")}
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The letter's forms: a page, the same in plain text, and a workbook to attach."""

    html: str
    text: str
    workbook: bytes


def letter(
    figures: WeekFigures,
    sheet: Sheet,
    *,
    sender: str,
    recipient: str,
    kind: Letter = Letter.WEEK,
) -> Message:
    """The message to one recipient. It holds figures only, never a party."""
    reader = hashlib.sha256(recipient.casefold().encode()).hexdigest()[:16]
    name, file = MARKS[kind]
    message_id = f"<{name}-{figures.week}.{reader}@fengqiao>"
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject(figures, kind)
    mail["From"] = Address(f"{figures.centre}{NAMES[kind]}", addr_spec=sender)
    mail["To"] = Address(addr_spec=recipient)
    mail["Date"] = format_datetime(figures.cut_off)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(sheet.text)
    mail.add_alternative(sheet.html, subtype="html")
    mail.add_attachment(
        sheet.workbook, maintype=XLSX[0], subtype=XLSX[1], filename=f"{file}-{figures.week}.xlsx"
    )
    key = f"{name}-letter:{figures.week}:{reader}"
    return Message(key, message_id, recipient, mail.as_bytes())


def subject(figures: WeekFigures, kind: Letter = Letter.WEEK) -> str:
    """The line in the inbox says the week and the two numbers."""
    week, suits = figures.week, figures.lawsuits
    if kind is Letter.SUITS:
        told = f"行政诉讼立案 {suits.filed} 件，撤诉 {suits.withdrawn} 件"
        return f"{week.year} 年第 {week.number} 周{NAMES[kind]}：{told}"
    if figures.is_unchanged:
        told = "本周无变化"
    else:
        told = f"受理 {figures.flow.received} 件，办结 {figures.flow.closed} 件"
    return f"{week.year} 年第 {week.number} 周周报：{told}"
