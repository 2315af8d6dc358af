"""规则回放: which disputes a draft of the routing rules would send elsewhere, and why."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import OrganisationKind
from config.words import label
from schemas.replay import ReplayIn
from service.errors import Conflict, Invalid
from service.operations import replay as operations
from service.queries import replay as queries
from service.queries.replay import Asked, ReplayView
from service.reports.weekly import share_of
from service.rules import access
from service.rules.replay import said
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.steps import load_body

bp = Blueprint("replay", __name__)
SHOWN = 200


@bp.post("/routing/rules/<int:edition>/replay")
@action("routing.replay")
def run(edition: int) -> ResponseReturnValue:
    """Replay a draft, keep what was found, and show it."""
    given = {name: request.form.get(name, "").strip() for name in ("last", "as_of")}
    filled: dict[str, Any] = {name: text for name, text in given.items() if text}
    if filled.get("last", "").isdigit():
        filled["last"] = int(filled["last"][:9])
    ranged = {
        name: text
        for name in ("registered_from", "registered_to")
        if (text := request.form.get(name, "").strip())
    }
    if ranged:
        filled = {k: v for k, v in filled.items() if k != "last"} | ranged
    try:
        body = load_body(ReplayIn, filled | {"rules": edition})
        asked = Asked(
            newest=body["last"], from_on=body["registered_from"], to_on=body["registered_to"]
        )
        made = operations.run(
            edition, asked, as_of=body["as_of"], actor=actor(), desk=desk(), now=now()
        )
    except Invalid as refusal:
        flash("；".join(each for told in refusal.fields.values() for each in told), "stop")
        return forms.see(url_for("rulebook.one", edition=edition))
    except Conflict as refusal:
        flash(refusal.detail, "stop")
        return forms.see(url_for("rulebook.one", edition=edition))
    return forms.see(url_for("replay.one", replay_id=made))


@bp.get("/routing/replays/<uuid:replay_id>")
@action("routing.replay")
def one(replay_id: UUID) -> ResponseReturnValue:
    """From where to where, how many, and each of them."""
    scope = access.scope(actor(), operations.ACTION, desk().policy.access)
    view = queries.kept(replay_id, scope=scope, now=now())
    start = _start()
    rows = view.found.moved[start : start + SHOWN]
    rest = start + SHOWN < len(view.found.moved)
    return render_template(
        "rulebook/replay.html",
        title=f"第 {view.draft} 版草稿的回放",
        lead=_lead(view),
        compared=view.found.compared,
        changed=view.found.changed,
        moves=[
            {"before": said(before), "after": said(after), "count": count}
            for before, after, count in view.found.moves
        ],
        rows=[_row(each) for each in rows],
        channels=_channels(view),
        leads=[
            {"name": label(OrganisationKind(each.lead)), "before": each.before, "after": each.after}
            for each in view.found.loads
            if each.before != each.after
        ],
        unseen=view.found.unseen,
        as_of=show.day(view.found.as_of, year=0),
        next_url=url_for("replay.one", replay_id=replay_id, start=start + SHOWN) if rest else None,
        back_url=url_for("rulebook.one", edition=view.draft),
    )


def _row(each: Any) -> dict[str, Any]:
    hidden = each.restricted
    return {
        "number": each.number,
        "url": url_for("dispute.detail", dispute_id=each.id),
        "before": "" if hidden else said(each.before),
        "after": "" if hidden else said(each.after),
        "because": each.because,
    }


def _channels(view: ReplayView) -> list[dict[str, str]]:
    return [
        {
            "name": label(each.channel),
            "success": share_of(each.success),
            "days": f"{each.median_days:g} 天（{each.closed} 件）"
            if each.median_days is not None
            else "—",
        }
        for each in view.found.channels
    ]


def _lead(view: ReplayView) -> str:
    if view.from_on and view.to_on:
        which = f"{show.day(view.from_on, year=0)}至{show.day(view.to_on, year=0)}登记的纠纷"
    else:
        which = f"最近 {view.newest} 件纠纷"
    when = show.moment(view.made_at, desk().zone)
    return f"{which}，同第 {view.found.against} 版比较。{view.made_by}，{when}"


def _start() -> int:
    given = request.args.get("start", "0")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 7 else 0
