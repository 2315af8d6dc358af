"""Whether every deed is told of: no transaction of an operation writes without the trail, and
nobody is refused what is not theirs without it.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from types import FrameType
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, Response, g, has_request_context, request, request_finished
from sqlalchemy.engine import Connection, Engine

WRITE: Final = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
TRAIL: Final = "audit_entry"
# written without an entry of their own, and why that is no deed of anybody
EXEMPT: Final = {
    "allowance": "a counter of what is limited",
    "audit_head": "the end of the trail itself",
    "backup_run": "that a worker has begun; how it ended, and who asked for it, is noted",
    "counter": "the next number, taken by the deed that needs it",
    "dispute_text": "the index of words, made from what was noted before",
    "dispute_words": "the same, as SQLite keeps it",
    "draft": "what one types is no deed until it is sent",
    "idempotency_record": "the kept answer of a deed that was noted",
    "job_state": "a look that found nothing to do",
    "key_check": "made with the database",
    "notice": "told, and read, by the one it concerns",
    "outbox": "the sending of what a noted deed promised",
    "text_duty": "what the index of words has still to do",
}
# the same for some columns of a table that otherwise must not be written in silence
PASSING: Final = {
    "UPDATE dispute SET remedy_on=": "a term of the parties ran out: the time's doing, not a deed",
    "UPDATE handover SET look_at=": "when it is looked at next; what was told is noted",
    "UPDATE clock SET next_step_at=": "when its ladder is looked at next; what was told is noted",
    "UPDATE user_account SET failure_count=": "counts a try, which is noted as what it was",
    "UPDATE user_account SET second_factor_step=": "counts a code, noted as the sign-in it was for",
    "UPDATE recovery_code SET used_at=": "the same; one that was there is noted as used as well",
    "UPDATE user_session SET seen_at=": "somebody still works",
    "UPDATE token SET used_at=": "a program still works",
}
# operations, wherever they are called from, that write tables others must not write in silence
WHOLESALE: Final = {
    "archive.py:load": "rows of a backup, noted when they were made; the restore itself is noted",
    "dispute_text.py:fill_missing": "indexes what was noted when it was written",
    "user.py:forget_sessions": "that somebody was signed in stands in the trail",
    "walk.py:through": "batches of a change of keys, which notes its beginning and its end",
}
NO_CLAIM: Final = (
    "DO NOTHING"  # somebody else had it: then nothing was written, and nothing follows
)
TOLD: Final = re.compile(rf"INSERT INTO {TRAIL}\b")
WRITTEN: Final = "tables written, by the operation that wrote them"
MIGRATING: Final = "/models/migrate.py"  # a change of the tables themselves is nobody's deed
OPERATIONS: Final = "/service/operations/"


@contextmanager
def watched() -> Iterator[list[str]]:
    """What is committed meanwhile without an entry: the operation and the tables it wrote."""
    silent: list[str] = []

    def judge(connection: Connection) -> None:
        written = connection.info.pop(WRITTEN, {})
        if TRAIL not in written:
            silent.extend(_deeds(written))

    def judge_answer(_: Flask, response: Response) -> None:
        told = _untold(response)
        if told:
            silent.append(told)

    hooks = (("before_cursor_execute", _note), ("commit", judge), ("rollback", _forget))
    for name, hook in hooks:
        sa.event.listen(Engine, name, hook)
    try:
        with request_finished.connected_to(judge_answer):
            yield silent
    finally:
        for name, hook in hooks:
            sa.event.remove(Engine, name, hook)


def _untold(response: Response) -> str | None:
    """What somebody we know was refused without an entry, whatever the page looks like."""
    if g.get("visitor") is None or g.get("told_of", False):
        return None
    named = response.status_code == HTTPStatus.NOT_FOUND and _names_a_thing()
    refused = named or response.status_code == HTTPStatus.FORBIDDEN
    return f"{request.method} {request.path} was refused" if refused else None


def _names_a_thing() -> bool:
    return any(isinstance(value, UUID) for value in (request.view_args or {}).values())


def _note(connection: Connection, _: Any, statement: str, *__: Any) -> None:
    if has_request_context() and TOLD.match(statement):
        g.told_of = True
    found = WRITE.match(statement)
    if found and NO_CLAIM not in statement and not statement.startswith(tuple(PASSING)):
        written = connection.info.setdefault(WRITTEN, {})
        written[found[1].lower()] = _operation(sys._getframe())


def _forget(connection: Connection) -> None:
    connection.info.pop(WRITTEN, None)


def _deeds(written: dict[str, str]) -> list[str]:
    """Those of the tables written that some operation must have noted."""
    return [
        f"{operation} wrote {table}"
        for table, operation in written.items()
        if operation and table not in EXEMPT
    ]


def _operation(frame: FrameType | None) -> str:
    """The outermost operation on the way to a statement; "" for what a test writes by itself, and
    for what is written wholesale or by a migration.
    """
    found = ""
    while frame is not None:
        place = _place(frame.f_code.co_filename)
        if place == MIGRATING:
            return ""
        if place:
            found = f"{place}:{frame.f_code.co_qualname}"
            if found in WHOLESALE:
                return ""
        frame = frame.f_back
    return found


@cache
def _place(file: str) -> str:
    """The operations' file as they name it, or what migrates; "" for every other file."""
    place = file.replace("\\", "/")
    if place.endswith(MIGRATING):
        return MIGRATING
    through = place.endswith(("/idempotency.py", "/base.py"))
    return place.rpartition(OPERATIONS)[2] if OPERATIONS in place and not through else ""
