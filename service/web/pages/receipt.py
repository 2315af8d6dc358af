"""登记回执: the slip that goes over the counter, on A4 or on the 80 mm printer."""

from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.settings import Settings
from config.vocabulary import Acceptance, DisputeStatus, Outcome
from config.words import label, stage
from service.operations import paper as operations
from service.queries import paper, receipt
from service.queries.paper import Letterhead
from service.queries.receipt import Receipt, Slip
from service.web import qr, show
from service.web.door import action, actor, desk, now
from service.web.progress import MEANING
from service.web.route import headline, kinds

bp = Blueprint("receipt", __name__)
PAPERS: Final = ("a4", "80")


@bp.get("/disputes/<uuid:dispute_id>/receipt", endpoint="show")
@action("dispute.receipt")
def opened(dispute_id: UUID) -> ResponseReturnValue:
    """The printable receipt of the visit; of a restricted one the quiet slip."""
    found = receipt.receipt(dispute_id, actor=actor(), desk=desk(), now=now())
    operations.opened([each.id for each in found.slips], "receipt", actor=actor(), now=now())
    head = paper.letterhead()
    told = _quiet(found, head) if found.restricted else _told(found, head)
    first = next(each for each in found.slips if each.id == dispute_id)
    return render_template(
        "dispute/receipt_quiet.html" if found.restricted else "dispute/receipt.html",
        title=f"{'办事回执' if found.restricted else '登记回执'} {first.number}",
        receipt=told,
        paper=_paper(),
        detail_url=url_for("dispute.detail", dispute_id=dispute_id) if found.readable else None,
        guide_url=url_for("paper.guide", dispute_id=dispute_id)
        if found.readable and not found.restricted and first.route
        else None,
        new_url=url_for("intake.new"),
        paper_urls={
            each: url_for("receipt.show", dispute_id=dispute_id, paper=each) for each in PAPERS
        },
    )


def _paper() -> str:
    given = request.args.get("paper", "")
    return given if given in PAPERS else PAPERS[0]


def _told(found: Receipt, head: Letterhead) -> dict[str, Any]:
    return {
        "slips": [_slip(each) for each in found.slips],
        "applicant_masked": found.applicant,
        "registered_at_text": show.moment(found.registered_at, desk().zone),
        "languages": "、".join(label(each) for each in found.languages),
        "clerk_name": found.clerk or actor().name,
        "steps": _follows(found.slips[0]) if len(found.slips) == 1 else _brief(found.slips),
        "public_url": _public_url().partition("://")[2],
        "centre": head,
    }


def _quiet(found: Receipt, head: Letterhead) -> dict[str, Any]:
    return {
        "numbers": [each.number for each in found.slips],
        "registered_at_text": show.moment(found.registered_at, desk().zone),
        "centre": head,
    }


def _slip(slip: Slip) -> dict[str, Any]:
    address = f"{_public_url()}#{quote(slip.number)}.{slip.code}"
    return {
        "number": slip.number,
        "code": f"{slip.code[:4]} {slip.code[4:]}",
        "category_label": show.category(slip.category, desk().policy),
        "qr": qr.drawn(address),
    }


def _public_url() -> str:
    """Where the citizen's page stands, as the telephone of a visitor reaches it."""
    settings: Settings = current_app.extensions["settings"]
    return (settings.public_url or request.host_url.rstrip("/")) + url_for("progress.form")


def _follows(slip: Slip) -> list[str]:
    """What the visitor may expect of one matter, from where it stands now."""
    if slip.outcome is Outcome.DECLINED:
        return _declined(slip)
    if slip.status is not DisputeStatus.REGISTERED:
        return [each.removesuffix("。") for each in MEANING[slip.status]]
    accept = _acceptance(slip)
    if slip.route and accept is Acceptance.NO:
        return _elsewhere(slip.route)
    if slip.route and accept is Acceptance.PROTECT:
        return [f"{headline(slip.route)}。有危险请马上拨打 110"]
    return ["中心分派承办单位", "承办单位签收后与您联系，征得双方同意再调解"]


def _brief(slips: list[Slip]) -> list[str]:
    """The same of several matters, so short that all of them stand on one slip."""
    lines, waiting = [], [_waits(each) for each in slips]
    if any(waiting):
        lines.append("中心分派承办单位，承办单位签收后与您联系，征得双方同意再调解")
    for place, each in enumerate(slips, start=1):
        if each.outcome is Outcome.DECLINED:
            lines.append(f"第 {place} 件中心没有受理，理由、去向和期限看书面告知")
        elif not waiting[place - 1]:
            lines.append(f"第 {place} 件现在到了“{stage(each.status)}”")
        elif _acceptance(each) is Acceptance.NO:
            lines.append(f"第 {place} 件不适用调解，可以去哪里、期限到哪天，中心书面告诉您")
    danger = any(_acceptance(each) is Acceptance.PROTECT for each in slips if _waits(each))
    return [*lines, "有危险请马上拨打 110"] if danger else lines


def _waits(slip: Slip) -> bool:
    """Whether the centre still has to send it somewhere."""
    return slip.status is DisputeStatus.REGISTERED and slip.outcome is None


def _acceptance(slip: Slip) -> Acceptance:
    return Acceptance(slip.route["accept"]) if slip.route else Acceptance.YES


def _declined(slip: Slip) -> list[str]:
    doors = "、".join(kinds(slip.guided_to))
    lines = ["这件事中心没有受理，理由和期限看《不予受理告知书》"]
    return [*lines, f"可以去{doors}"] if doors else lines


def _elsewhere(answer: dict[str, Any]) -> list[str]:
    """The doors that are open, and until when."""
    doors = "、".join(kinds(answer["go_to"]))
    lines = [f"这件事不适用调解，可以找{doors}" if doors else "这件事不适用调解"]
    clocks = desk().policy.clocks
    lines += [
        f"{clocks[each['rule']].name}：最迟 {show.iso_day(each['due_on'])}"
        + ("（暂定）" if each["provisional"] else "")
        for each in answer["deadlines"]
        if each["rule"] in clocks
    ]
    return [*lines, "中心会把去向和期限书面告诉您；不要因为等中心答复耽误期限"]
