"""府检府院联动 for programs: the open registers, and under `/referrals` the sealed ones."""

from typing import Any
from uuid import UUID

from flask import Response

from schemas.base import Strict
from schemas.linkage import (
    LinkageCountListOut,
    LinkageCountOut,
    LinkageIn,
    LinkageNameIn,
    LinkageOut,
    LinkagePageOut,
    LinkageQuery,
    LinkageRowOut,
    LinkageStageIn,
    ReferralIn,
)
from service.operations import linkage as operations
from service.operations.linkage import LinkageDraft
from service.queries import linkage as queries
from service.queries.linkage import Filters
from service.rules.linkage import Said
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint
from service.web.witness import noted

blp = StrictBlueprint("api-linkage", __name__, url_prefix="/api/v1", description="府检府院联动")


@blp.get("/linkages/counts")
@action("linkage.list")
@blp.response(200, LinkageCountListOut)
def counted() -> Response:
    """The numbers of every register one may count."""
    found = queries.counts(actor=actor(), desk=desk(), now=now())
    return answer({"items": [LinkageCountOut().dump(each) for each in found]})


@blp.get("/linkages")
@action("linkage.list")
@blp.arguments(LinkageQuery, location="query")
@blp.response(200, LinkagePageOut)
def listed(query: dict[str, Any]) -> Response:
    """A page of the open registers, newest first; what is due by its day."""
    return _page(query, sealed=False)


@blp.post("/linkages")
@action("linkage.record")
@blp.arguments(LinkageIn)
@blp.response(201, LinkageOut)
@idempotent
def record(body: dict[str, Any]) -> Response:
    """Write a row of a register."""
    return _recorded(body)


@blp.get("/linkages/<uuid:linkage_id>")
@action("linkage.read")
@blp.response(200, LinkageOut)
@noted("read", "linkage")
def one(linkage_id: UUID) -> Response:
    """One row with its stages."""
    return _shown(linkage_id, sealed=False)


@blp.post("/linkages/<uuid:linkage_id>/stages")
@action("linkage.step")
@blp.arguments(LinkageStageIn)
@blp.response(200, LinkageOut)
def take(body: dict[str, Any], linkage_id: UUID) -> Response:
    """Say that it came to its next stage."""
    return _taken(body, linkage_id, sealed=False)


@blp.get("/referrals")
@action("referral.read")
@blp.arguments(LinkageQuery, location="query")
@blp.response(200, LinkagePageOut)
@noted("open", "linkage")
def referrals(query: dict[str, Any]) -> Response:
    """A page of the sealed rows that name the caller."""
    return _page(query, sealed=True)


@blp.post("/referrals")
@action("referral.record")
@blp.arguments(ReferralIn)
@blp.response(201, LinkageOut)
@idempotent
def refer(body: dict[str, Any]) -> Response:
    """Write a row of a sealed register; the caller is one of its people."""
    return _recorded(body)


@blp.get("/referrals/<uuid:linkage_id>")
@action("referral.read")
@blp.response(200, LinkageOut)
@noted("read", "linkage")
def referral(linkage_id: UUID) -> Response:
    """One sealed row."""
    return _shown(linkage_id, sealed=True)


@blp.post("/referrals/<uuid:linkage_id>/stages")
@action("referral.step")
@blp.arguments(LinkageStageIn)
@blp.response(200, LinkageOut)
def referral_take(body: dict[str, Any], linkage_id: UUID) -> Response:
    """Say what came back."""
    return _taken(body, linkage_id, sealed=True)


@blp.post("/referrals/<uuid:linkage_id>/names")
@action("referral.step")
@blp.arguments(LinkageNameIn)
@blp.response(200, LinkageOut)
def referral_name(body: dict[str, Any], linkage_id: UUID) -> Response:
    """Let somebody else see it."""
    operations.name(linkage_id, body["user"], actor=actor(), desk=desk(), now=now())
    return _shown(linkage_id, sealed=True)


def _page(query: dict[str, Any], *, sealed: bool) -> Response:
    filters = Filters(register=query.pop("register"), box=query.pop("box"))
    page = queries.page(filters, sealed=sealed, actor=actor(), desk=desk(), now=now(), **query)
    return answer_page(page, LinkageRowOut().dump)


def _recorded(body: dict[str, Any]) -> Response:
    draft = LinkageDraft(**body)
    made = operations.record(draft, actor=actor(), desk=desk(), now=now())
    sealed = desk().policy.linkages[draft.register].sealed
    response = _shown(made, sealed=sealed, status=201)
    folder = "referrals" if sealed else "linkages"
    response.headers["Location"] = f"/api/v1/{folder}/{made}"
    return response


def _taken(body: dict[str, Any], linkage_id: UUID, *, sealed: bool) -> Response:
    following = body.pop("stage")
    operations.take(
        linkage_id,
        following,
        Said(**body),
        version=required_version(),
        sealed=sealed,
        actor=actor(),
        desk=desk(),
        now=now(),
    )
    return _shown(linkage_id, sealed=sealed)


def _shown(linkage_id: UUID, *, sealed: bool, status: int = 200) -> Response:
    view = queries.one(linkage_id, sealed=sealed, actor=actor(), desk=desk(), now=now())
    shape: Strict = LinkageOut()
    return answer(shape.dump(view), status=status, version=view.version)
