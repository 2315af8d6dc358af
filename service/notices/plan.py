"""Mails of the yearly plan 年度计划: what to move this month, the quarter's review."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from uuid import UUID

from service.rules.outbox import Message
from service.rules.plan_month import Call
from service.rules.plan_report import PlanTold, ReportPeriod, sentence

DOCX: Final = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom a mail goes to, from which address, and when it is said to be written."""

    user_id: UUID
    email: str
    sender: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """The forms of a quarter's review: a page, plain text, a Word file to attach."""

    html: str
    text: str
    document: bytes


def month(
    town: str, period: ReportPeriod, calls: Sequence[Call], text: str, to: Recipient
) -> Message:
    """What one person moves this month. It holds tasks and days only, never a party."""
    subject = f"{period.label}计划任务提醒：{len(calls)} 项任务要推进"
    mail, message_id = _mail(f"plan-{period.name}", subject, f"{town}计划提醒", to)
    mail.set_content(text)
    key = f"plan-month:{period.name}:{to.user_id}"
    return Message(key, message_id, to.email, mail.as_bytes())


def review(told: PlanTold, sheet: Review, to: Recipient) -> Message:
    """The review of a quarter to one reader."""
    label = ReportPeriod.parse(told.period).label
    subject = f"{label}计划点评：{sentence(told)}"
    mail, message_id = _mail(f"plan-{told.period}", subject, f"{told.town}计划点评", to)
    mail.set_content(sheet.text)
    mail.add_alternative(sheet.html, subtype="html")
    mail.add_attachment(
        sheet.document,
        maintype=DOCX[0],
        subtype=DOCX[1],
        filename=f"jihua-dianping-{told.period}.docx",
    )
    key = f"plan-review:{told.period}:{to.user_id}"
    return Message(key, message_id, to.email, mail.as_bytes())


def _mail(name: str, subject: str, sender: str, to: Recipient) -> tuple[EmailMessage, str]:
    message_id = f"<{name}.{to.user_id.hex[:16]}@fengqiao>"
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject
    mail["From"] = Address(sender, addr_spec=to.sender)
    mail["To"] = Address(addr_spec=to.email)
    mail["Date"] = format_datetime(to.at)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    return mail, message_id
