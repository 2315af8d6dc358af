"""Answers: what is right though it says no, what differs each time, what is stored."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa
from flask import Flask

from models import Base, db
from tests.factories.surface import Answer

# where 404 is the right answer to who may: there is no such part, or not by that word
NOTHING_THERE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "api-dispute.agreement": "some have come to no agreement",
        "paper.decline": "none was declined",
        "paper.guide": "a restricted dispute has none, nor one that was erased",
        "handover.paper": "a dispatch has none, only what went from unit to unit",
        "paper.materials_notice": "no paper is wanted, all were brought",
        "paper.materials_receipt": "the same the other way round",
        "api-weekly.read": "no week was published",
        "api-weekly.revisions": "the same",
        "api-weekly.file": "the same",
        "weekly.one": "the same",
        "outside_entry.withdraw": "somebody in this walk withdrew it before",
        "api-outside-entry.withdraw": "the same",
        "weekly.workbook": "the same",
        "weekly.document": "the same",
        "weekly.suits": "the same",
        "weekly.suits_document": "the same",
        "suggestion.paper": "no reply was approved",
        "api-plan-task.listed": "no plan was brought in",
        "api-plan.read": "the same",
        "api-plan.changes": "the same",
        "api-plan.approve": "the same",
        "plan.board": "the same",
        "plan.changes": "the same",
        "plan.approve": "the same",
        "plan_report.listed": "the same",
        "plan_report.prepare": "the same",
        "api-plan-report.listed": "the same",
        "api-plan-report.prepare": "the same",
        "plan_carry.asked": "the same",
        "plan_carry.carry_over": "the same",
        "api-plan-carry.carry_over": "the same",
        "evaluation.file": "the word is no kind of a file",
        "api-evaluation.file": "the same",
        "clock_change.letter": "none was granted",
        "rulebook.changes": "what ships has nothing before it",
        "backup.discard": "somebody in this walk released it before",
        "backup.release": "somebody in this walk discarded it before",
    }
)
# where 403 is the right answer to some whose function it is: a rule beside the policy
REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "api-consultation.correct": "only who took it down, or the director",
        "consultation.edit": "the same",
        "consultation.correct": "the same",
        "api-grant.decide": "nobody agrees to what they asked for themselves",
        "data_request.sheet": "nothing is handed out before the director agreed",
    }
)
UNCOUNTED: Final = frozenset({"audit_entry", "audit_head", "allowance", "idempotency_record"})
PASSING: Final = frozenset({"user_session.seen_at", "token.used_at"})


HEX: Final = re.compile(r"\b[0-9a-f]{32}\b")
CURSOR: Final = re.compile(r'(?<="next_cursor":")[\w-]+|(?<=cursor=)[\w-]+')
FORGERY: Final = re.compile(r"[\w-]{20,}\.[\w-]{6}\.[\w-]{20,}|Ij[\w-]{40,}\.[\w-]+\.[\w-]+")


def plain(answer: Answer, address: str) -> tuple[int, tuple[tuple[str, str], ...], str]:
    """The answer without what differs each time: the asked address, request ids, form keys."""
    text = answer.text
    for each in sorted(set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}", address))):
        text = text.replace(each, "#")
    text = CURSOR.sub("#", FORGERY.sub("#", HEX.sub("#", text)))
    passing = {"x-request-id", "set-cookie"}
    headers = tuple(
        (name, re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}", "#", value))
        for name, value in answer.headers
        if name.lower() not in passing
    )
    return answer.status, headers, text


def stored(app: Flask) -> dict[str, int]:
    """A checksum of every table whose rows are deeds."""
    with app.app_context():
        return {
            table.name: hash(
                tuple(
                    sorted(
                        map(
                            repr,
                            db.session.execute(
                                sa.select(
                                    *(c for c in table.c if f"{table.name}.{c.name}" not in PASSING)
                                )
                            ),
                        )
                    )
                )
            )
            for table in Base.metadata.sorted_tables
            if table.name not in UNCOUNTED
        }
