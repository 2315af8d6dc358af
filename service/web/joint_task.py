"""Joint handling 联调 as its pages and the page of a dispute show it."""

from typing import Any, Final

from flask import url_for

from config.vocabulary import JointState
from config.words import label
from service.queries import joint_task as queries
from service.queries.dispute import Opened
from service.queries.joint_task import TaskRow
from service.rules import joint_task as rules
from service.web import show
from service.web.door import actor, desk, now
from service.web.route import basis
from service.web.show import Mark

S = JointState
TONES: Final = {S.OPEN: "warn", S.DONE: "ok", S.REFUSED: "stop"}


def row(each: TaskRow) -> dict[str, Any]:
    """One row of a list, of a dispute's page, or a page of its own."""
    zone, today = desk().zone, desk().today(now())
    address: dict[str, Any] = {"dispute_id": each.dispute_id, "task_id": each.id}
    return {
        "url": url_for("joint_task.detail", **address),
        "dispute_url": url_for("dispute.detail", dispute_id=each.dispute_id),
        "number": each.number,
        "category_label": show.category(each.category, desk().policy),
        "status_label": label(each.status),
        "lead": each.lead or "",
        "organisation": each.organisation,
        "state": each.state.value,
        "state_label": label(each.state),
        "state_tone": TONES.get(each.state, "plain"),
        "deadline": deadline(each),
        "due_text": show.day(each.due_on, year=today.year)
        + ("（暂定）" if each.provisional else ""),
        "law": "；".join(basis(**row.as_dict()) for row in each.basis),
        "asked_by": each.asked_by,
        "asked_text": show.moment(each.asked_at, zone),
        "answered_by": each.answered_by or "",
        "answered_text": show.moment(each.answered_at, zone) if each.answered_at else "",
        "waived_by": each.waived_by or "",
        "waived_text": show.moment(each.waived_at, zone) if each.waived_at else "",
        "words": each.words,
        "opinion": each.opinion,
        "reason": each.reason,
        "refused": each.state is S.REFUSED,
        "answer_url": url_for("joint_task.answer", **address) if each.may_answer else None,
        "refuse_url": url_for("joint_task.refuse", **address) if each.may_answer else None,
        "waive_url": url_for("joint_task.waive", **address) if each.may_waive else None,
    }


def deadline(each: TaskRow) -> Mark | None:
    """By when the answer is due, while it is waited for; how late it came when it came late."""
    today = desk().today(now())
    if each.state is S.OPEN:
        mark = show.deadline(each.due_on, today, provisional=each.provisional)
        said = f"最迟{show.day(each.due_on, year=today.year)}"
        return Mark(mark.tone, mark.text, said, each.provisional) if mark else None
    return Mark("over", f"迟答 {each.late_days} 天") if each.late_days else None


def section(opened: Opened) -> dict[str, Any] | None:
    """What components/joint_tasks.html draws of a dispute; None where there is nothing to say."""
    found = queries.of_opened(opened, actor=actor(), desk=desk(), now=now())
    offered = queries.may_start(opened)
    if not found and not offered:
        return None
    waits = sum(each.state in rules.UNSETTLED for each in found)
    return {
        "rows": [row(each) for each in found],
        "lead": opened.view.organisation.name if opened.view.organisation else "",
        "waits": waits,
        "start_url": url_for("joint_task.new", dispute_id=opened.view.id) if offered else None,
    }
