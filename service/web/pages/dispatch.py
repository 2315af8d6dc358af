"""待分派: what the director sends on, with the unit the rules propose and why."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import Acceptance, Channel, Danger, DisputeStatus, Level, Step
from config.words import label
from service.queries import dispatch as queries
from service.queries import dispute_row, link
from service.queries import organisation as organisations
from service.queries.dispatch import Returned
from service.queries.dispute_row import DisputeRow, Filters
from service.queries.duty_list import Present
from service.queries.link import SameView
from service.queries.organisation import OrganisationView
from service.rules import access
from service.rules import dispute as rules
from service.web import presence, show
from service.web import route as routes
from service.web.door import action, actor, desk, now
from service.web.step_form import assisting_units, suggested_unit

bp = Blueprint("dispatch", __name__)
PAGE: Final = 15
Units = Sequence[OrganisationView]


@bp.get("/dispatch")
@action("dispute.dispatch")
def waiting() -> ResponseReturnValue:
    """The disputes nobody has been given yet: danger to people first, then first come first.

    Between them comes what the parties may lose within a week.
    """
    cursor = request.args.get("cursor")
    page = dispute_row.page(
        Filters(status=DisputeStatus.REGISTERED, sort="oldest", urgent_first=True),
        scope=access.scope(actor(), "dispute.dispatch", desk().policy.access),
        today=desk().today(now()),
        now=now(),
        limit=PAGE,
        cursor=cursor,
        count=True,
    )
    units, loads = organisations.active(), dispute_row.open_by_unit()
    there = presence.today(units)
    ids = [row.id for row in page.items]
    answers = queries.proposals(ids, actor=actor(), desk=desk(), now=now())
    back = queries.returns(ids, actor=actor(), desk=desk(), now=now())
    same = link.same_as(ids, actor=actor(), desk=desk(), now=now())
    following = url_for("dispatch.waiting", cursor=page.next_cursor)
    return render_template(
        "dispatch/list.html",
        title="待分派",
        total=page.total,
        items=[
            _item(row)
            | {
                "doubles": [_double(each, row, units) for each in same.get(row.id, [])],
                "returned": _returned(back.get(row.id)),
                "suggested": _suggested(row, answers.get(row.id), units, loads, there),
                "organisations": [
                    presence.option(each, row.category, there, _load(loads, each.id))
                    for each in units
                ],
            }
            for row in page.items
        ],
        here=url_for("dispatch.waiting", cursor=cursor),
        next_url=following if page.next_cursor else None,
        first_url=url_for("dispatch.waiting") if cursor else None,
    )


def _item(row: DisputeRow) -> dict[str, Any]:
    today = desk().today(now())
    return {
        "url": url_for("dispute.detail", dispute_id=row.id),
        "number": row.number,
        "parties": row.parties or "当事人没有登记",
        "matter": "限制查阅：只显示编号、类别、等级和期限" if row.restricted else row.summary,
        "category_label": show.category(row.category, desk().policy),
        "registered_text": show.day(row.registered_on, year=today.year),
        "level": row.level.value,
        "level_label": label(row.level) if row.level is not Level.NONE else "",
        "restricted": row.restricted,
        "danger_text": show.danger_text(row.danger),
        "ask_url": _ask_url(row),
        "translate": _translate(row),
        "remedy": show.remedy(row, today, desk().policy),
        "step_term": show.step_term(row, today),
        "choose_url": url_for("step.ask", dispute_id=row.id, step=Step.DISPATCH.value),
        "void_url": url_for("step.take", dispute_id=row.id, step=Step.VOID.value),
        "post_url": url_for("step.take", dispute_id=row.id, step=Step.DISPATCH.value),
        "version": row.version,
    } | _waited(row.registered_on, today)


def _waited(registered_on: date, today: date) -> dict[str, str]:
    days = (today - registered_on).days
    tone = "plain" if days <= 1 else "warn" if days <= show.SOON_DAYS else "stop"
    return {"waited_text": "今天" if days == 0 else f"已等 {days} 天", "waited_tone": tone}


def _ask_url(row: DisputeRow) -> str | None:
    """Where the answer is written down, when the story speaks of danger nobody asked about."""
    unasked = row.danger is Danger.UNASKED
    return url_for("correction.ask", dispute_id=row.id) if unasked else None


def _translate(row: DisputeRow) -> str:
    languages = show.languages(row)
    if not languages:
        return ""
    if row.restricted:
        return f"需要翻译：{languages}"
    who = f"翻译：{row.interpreter}" if row.interpreter else "还没有找到翻译"
    return f"需要翻译：{languages}（{who}）"


def _may_void(row: DisputeRow, other: SameView) -> bool:
    """Only the later of two is voided, danger to people only when the other tells of it too.

    It asks for the right to it and, of what is restricted, for the director.
    """
    if other.is_later or (row.danger is not Danger.NONE and other.danger is Danger.NONE):
        return False
    policy = desk().policy.access
    return access.may(actor(), "dispute.void", policy) and access.may_end(
        actor(), restricted=row.restricted
    )


def _double(other: SameView | None, row: DisputeRow, units: Units) -> dict[str, Any] | None:
    """The other one of two held for the same; None is one the viewer may not read."""
    if other is None:
        return None
    today = desk().today(now())
    days = (today - other.registered_on).days
    running = other.status in rules.OPEN and not row.restricted
    unit = next((e for e in units if running and e.id == other.organisation_id), None)
    stands = [other.organisation or "", show.status(other.status, other.outcome)]
    if other.status is DisputeStatus.REGISTERED:
        stands = ["也在等分派"]
    came = "今天" if days == 0 else f"{days} 天前"
    return {
        "url": url_for("dispute.detail", dispute_id=other.id),
        "number": other.number,
        "text": "，".join([each for each in stands if each] + [f"{came}登记"]),
        "unit": {"id": str(unit.id), "name": unit.name} if unit else None,
        "reason": f"与 {other.number} 是同一件，交给同一单位",
        "is_later": other.is_later,
        "may_void": _may_void(row, other),
        "void_reason": f"重复登记，与 {other.number} 是同一件",
    }


def _returned(last: Returned | None) -> dict[str, Any] | None:
    return asdict(last) if last else None


def _suggested(
    row: DisputeRow,
    answer: dict[str, Any] | None,
    units: Units,
    loads: Mapping[UUID, int],
    there: Mapping[UUID, Present],
) -> dict[str, Any] | None:
    unit = suggested_unit(answer, units) if answer else None
    if answer is None or unit is None:
        return None
    accept = Acceptance(answer["accept"])
    return {
        "organisation_id": str(unit.id),
        "organisation": unit.name,
        "load_text": _load(loads, unit.id),
        "headline": "" if accept is Acceptance.YES else routes.headline(answer),
        "reasons": answer["reasons"],
        "channel_label": label(Channel(answer["channel"])),
        "tone": routes.TONES[accept],
        "assist": [(str(e.id), e.name) for e in assisting_units(answer, units) if e.id != unit.id],
    } | presence.told(unit, row.category, there)


def _load(loads: Mapping[UUID, int], unit: UUID) -> str:
    return f"在办 {loads.get(unit, 0)} 件"
