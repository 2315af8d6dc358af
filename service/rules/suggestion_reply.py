"""The reply 复函 to a letter: what it says, how it is kept as it was approved, how it reads."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

from config.suggestion import Adoption, SuggestionKind
from config.words import label

UNANSWERED: Final = "（还没有答复）"
DAYS: Final = ("due_on", "done_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered to one demand; `proofs` are names of files. Nothing adopted: no answer."""

    number: int
    text: str = field(repr=False)
    adopted: Adoption | None
    measure: str | None = field(repr=False)
    reason: str | None = field(repr=False)
    owner: str | None = field(default=None, repr=False)
    due_on: date | None = None
    done_on: date | None = None
    proofs: Sequence[str] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The reply of one round: to whom, about which letter, by which unit.

    `returned_on` is when an earlier reply came back.
    """

    kind: SuggestionKind
    issuer: str
    document_number: str
    title: str
    received_on: date
    returned_on: date | None
    unit: str
    answers: Sequence[Answer]


def kept(reply: Reply) -> str:
    """The reply as it is stored, word by word."""
    return json.dumps(asdict(reply), ensure_ascii=False, default=date.isoformat)


def read(text: str, now: Reply) -> Reply:
    """A stored reply; an older one holds its answers alone, its letter is told as it is `now`."""
    told: Any = json.loads(text)
    if isinstance(told, list):
        told = asdict(now) | {"returned_on": None, "answers": told}
    return Reply(
        kind=SuggestionKind(told["kind"]),
        issuer=told["issuer"],
        document_number=told["document_number"],
        title=told["title"],
        received_on=_day(told["received_on"]),
        returned_on=_day(told["returned_on"]) if told["returned_on"] else None,
        unit=told["unit"],
        answers=[_answer(each) for each in told["answers"]],
    )


def lines(answer: Answer) -> list[str]:
    """What is said to one demand: measure, reason, who sees to it, when, what shows it."""
    if answer.adopted is None:
        return [UNANSWERED]
    said = [f"{label(answer.adopted)}。{answer.measure}"]
    said += [f"理由：{answer.reason}"] if answer.reason else []
    said += [f"责任人：{answer.owner}"] if answer.owner else []
    if answer.done_on:
        said.append(f"完成时间：已于{_in_full(answer.done_on)}完成")
    elif answer.due_on:
        said.append(f"完成时间：计划{_in_full(answer.due_on)}前完成")
    return said + ([f"佐证材料：{'、'.join(answer.proofs)}"] if answer.proofs else [])


def text(reply: Reply) -> str:
    """The answers in words, demand by demand."""
    return "\n".join(
        "\n".join((f"{each.number}．{each.text}", *lines(each))) for each in reply.answers
    )


def _answer(told: Mapping[str, Any]) -> Answer:
    days = {name: _day(told[name]) for name in DAYS if told.get(name)}
    adopted = Adoption(told["adopted"]) if told["adopted"] else None
    return Answer(**{**told, **days, "adopted": adopted})


def _day(told: Any) -> date:
    return told if isinstance(told, date) else date.fromisoformat(told)


def _in_full(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
