"""The yearly appraisal 年度考核 for programs: schemes, results with the working, objections."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response

from config import evaluation as schemes
from schemas.evaluation import (
    EvaluationAnnounceIn,
    EvaluationDecisionIn,
    EvaluationFreezeIn,
    EvaluationFrozenBodyOut,
    EvaluationFrozenListOut,
    EvaluationFrozenOut,
    EvaluationObjectionIn,
    EvaluationObjectionOut,
    EvaluationObjectionPageOut,
    EvaluationObjectionQuery,
    EvaluationOut,
    EvaluationQuery,
    EvaluationSchemeIn,
    EvaluationSchemeOut,
    EvaluationSchemesOut,
)
from service.errors import NotFound
from service.operations import evaluation as operations
from service.operations.evaluation import Decision
from service.queries import evaluation as queries
from service.queries.evaluation import SchemeView, StoredView
from service.reports import docx
from service.reports import evaluation as reports
from service.reports.evaluation import Sheet
from service.rules import evaluation as rules
from service.web import evaluation
from service.web.door import action, actor, answer, desk, now, required_version
from service.web.idempotency import idempotent
from service.web.page import answer_page
from service.web.parser import StrictBlueprint
from service.web.witness import noted

blp = StrictBlueprint(
    "api-evaluation", __name__, url_prefix="/api/v1/evaluations", description="年度考核"
)
Form = Callable[[Sheet, ZoneInfo], str | bytes]
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES: Final[Mapping[str, tuple[Form, str]]] = MappingProxyType(
    {
        "html": (reports.html, "text/html; charset=utf-8"),
        "xlsx": (reports.workbook, XLSX),
        "docx": (reports.document, docx.MEDIA),
    }
)


@blp.get("/<int:year>")
@action("evaluation.read")
@blp.arguments(EvaluationQuery, location="query")
@blp.response(200, EvaluationOut)
def read(query: dict[str, Any], year: int) -> Response:
    """The year per organisation with the whole working; a unit is answered its own."""
    evaluation.check_year(year)
    view = queries.year_of(year, actor=actor(), desk=desk(), now=now(), **query)
    stored, yearly = view.stored, view.yearly
    told: dict[str, Any] = {
        "year": year,
        "stage": stored.stage.value if stored else "live",
        "revision": stored.revision if stored else None,
        "sha256": stored.sha256 if stored else None,
        "cut_off": yearly.cut_off.isoformat(),
        "objections_until": _day(stored),
        "reason": stored.reason if stored else None,
        "edition": yearly.edition,
        "scheme": schemes.as_table(yearly.scheme),
        "faults": list(yearly.faults),
        "items": [rules.unit_body(each) for each in view.units],
    }
    return answer(told)


@blp.get("/<int:year>/revisions")
@action("evaluation.read")
@blp.response(200, EvaluationFrozenListOut)
def revisions(year: int) -> Response:
    """Every stored result of the year, the first made first."""
    items = [EvaluationFrozenOut().dump(each) for each in queries.revisions(year)]
    return answer({"items": items, "next_cursor": None})


@blp.get("/<int:year>/schemes")
@action("evaluation.read")
@blp.response(200, EvaluationSchemesOut)
def editions(year: int) -> Response:
    """Every edition of the year's scheme, the newest first, and the pattern one drafts from."""
    evaluation.check_year(year)
    items = [_scheme(each) for each in queries.editions(year)]
    return answer({"items": items, "pattern": schemes.as_table(desk().policy.evaluation)})


@blp.post("/<int:year>/schemes")
@action("evaluation.draft")
@blp.arguments(EvaluationSchemeIn)
@blp.response(201, EvaluationSchemeOut)
@idempotent
def draft(body: dict[str, Any], year: int) -> Response:
    """Draw up the year's scheme."""
    evaluation.check_year(year)
    scheme = schemes.build(body)
    made = operations.draft(year, scheme, actor=actor(), desk=desk(), now=now())
    return _shown(made, year, status=201)


@blp.get("/<int:year>/schemes/<uuid:scheme_id>")
@action("evaluation.read")
@blp.response(200, EvaluationSchemeOut)
def scheme(year: int, scheme_id: UUID) -> Response:
    """One edition of the scheme."""
    return _shown(scheme_id, year)


@blp.post("/<int:year>/schemes/<uuid:scheme_id>/publish")
@action("evaluation.publish")
@blp.response(200, EvaluationSchemeOut)
def publish(year: int, scheme_id: UUID) -> Response:
    """Put it into force as it stands at the version of If-Match."""
    version = required_version()
    operations.publish(scheme_id, year, version=version, actor=actor(), desk=desk(), now=now())
    return _shown(scheme_id, year)


@blp.delete("/<int:year>/schemes/<uuid:scheme_id>")
@action("evaluation.draft")
@blp.response(204)
def withdraw(year: int, scheme_id: UUID) -> Response:
    """Take a draft back. `If-Match` is its ETag."""
    version = required_version()
    operations.withdraw(scheme_id, year, version=version, actor=actor(), desk=desk(), now=now())
    return Response(status=204)


@blp.post("/<int:year>/announce")
@action("evaluation.announce")
@blp.arguments(EvaluationAnnounceIn)
@blp.response(201, EvaluationFrozenBodyOut)
@idempotent
def announce(_body: dict[str, Any], year: int) -> Response:
    """Show the units what was counted; they may object until `objections_until`."""
    made = operations.announce(year, actor=actor(), desk=desk(), now=now())
    return _frozen(made)


@blp.post("/<int:year>/freeze")
@action("evaluation.publish")
@blp.arguments(EvaluationFreezeIn)
@blp.response(201, EvaluationFrozenBodyOut)
@idempotent
def freeze(body: dict[str, Any], year: int) -> Response:
    """Make the result final, or a later revision of it for a reason."""
    made = operations.freeze(year, body["reason"], actor=actor(), desk=desk(), now=now())
    return _frozen(made)


@blp.get("/<int:year>/files/<kind>")
@action("evaluation.read")
@blp.arguments(EvaluationQuery, location="query")
@blp.response(200)
@noted("export", "evaluation")
def file(query: dict[str, Any], year: int, kind: str) -> Response:
    """The result as a page (html), a workbook (xlsx) or a Word document (docx)."""
    if kind not in FILES:
        raise NotFound("考核结果没有这种格式的文件，现有 html、xlsx 和 docx")
    evaluation.check_year(year)
    view = queries.year_of(year, actor=actor(), desk=desk(), now=now(), **query)
    form, media_type = FILES[kind]
    response = Response(form(evaluation.sheet(view), desk().zone), content_type=media_type)
    name = f"kaohe-{year}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blp.get("/<int:year>/objections")
@action("evaluation.read")
@blp.arguments(EvaluationObjectionQuery, location="query")
@blp.response(200, EvaluationObjectionPageOut)
def objections(query: dict[str, Any], year: int) -> Response:
    """A page of the objections, the oldest first; a unit is answered its own."""
    page = queries.objections(
        year,
        actor=actor(),
        desk=desk(),
        organisation_id=query["organisation"],
        limit=query["limit"],
        cursor=query["cursor"],
        count=query["count"],
    )
    return answer_page(page, EvaluationObjectionOut().dump)


@blp.post("/<int:year>/objections")
@action("evaluation.object")
@blp.arguments(EvaluationObjectionIn)
@blp.response(201, EvaluationObjectionOut)
@idempotent
def object_to(body: dict[str, Any], year: int) -> Response:
    """Object for one's unit to one indicator or veto of what was announced."""
    made = operations.object_to(
        year,
        body["organisation"],
        body["code"],
        body["words"],
        actor=actor(),
        desk=desk(),
        now=now(),
    )
    return _objected(made, year, status=201)


@blp.get("/<int:year>/objections/<uuid:objection_id>")
@action("evaluation.read")
@blp.response(200, EvaluationObjectionOut)
def objection(year: int, objection_id: UUID) -> Response:
    """One objection."""
    return _objected(objection_id, year)


@blp.post("/<int:year>/objections/<uuid:objection_id>/decide")
@action("evaluation.decide")
@blp.arguments(EvaluationDecisionIn)
@blp.response(200, EvaluationObjectionOut)
def decide(body: dict[str, Any], year: int, objection_id: UUID) -> Response:
    """Answer it. `If-Match` is its ETag."""
    version = required_version()
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    operations.decide(objection_id, year, Decision(**body), version=version, **told)
    return _objected(objection_id, year)


def _frozen(made: StoredView) -> Response:
    """What was stored; with its body for who may read of every unit in it."""
    left_out = () if queries.is_all_read(made, actor()) else ("body",)
    return answer(EvaluationFrozenBodyOut(exclude=left_out).dump(made), status=201)


def _objected(objection_id: UUID, year: int, *, status: int = 200) -> Response:
    view = queries.objection(objection_id, year, actor=actor(), desk=desk())
    return answer(EvaluationObjectionOut().dump(view), status=status, version=view.version)


def _shown(scheme_id: UUID, year: int, *, status: int = 200) -> Response:
    view = queries.scheme_of(scheme_id, year)
    return answer(_scheme(view), status=status, version=view.version)


def _scheme(view: SchemeView) -> dict[str, Any]:
    names = [name for name in EvaluationSchemeOut().fields if name != "scheme"]
    told = {name: getattr(view, name) for name in names}
    shown: dict[str, Any] = EvaluationSchemeOut().dump(
        told | {"scheme": schemes.as_table(view.scheme)}
    )
    return shown


def _day(stored: StoredView | None) -> str | None:
    until = stored.objections_until if stored else None
    return until.isoformat() if until else None
