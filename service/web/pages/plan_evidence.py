"""任务佐证: hand a file in, get it, say that it is public, take it back."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue

from schemas.plan_evidence import PlanEvidenceIn, PlanPublicationIn
from schemas.plan_task import PlanReasonIn
from service.errors import Conflict, Invalid, KeyReused, TooLarge
from service.operations import plan_evidence as operations
from service.operations.plan_evidence import EvidenceDraft, Publication
from service.queries import plan_evidence as queries
from service.web import attachment, plan_evidence, plan_task_page
from service.web import form as forms
from service.web.door import action, actor, bulky, desk
from service.web.plan_task_page import placed, taken, who
from service.web.steps import load_body

bp = Blueprint("plan_evidence", __name__)
EVIDENCE: Final = "/plans/<int:year>/tasks/<number>/evidence"
NO_FILE: Final = "请选择一个文件；浏览器不留住选过的文件，要重新选择"
NO_KIND: Final = "请选择是什么材料"


@bp.post(EVIDENCE)
@action("plan.evidence")
@bulky
def add(year: int, number: str) -> ResponseReturnValue:
    """Take one file in, once however often the form is sent."""
    try:
        draft = _file()
        with operations.taken_in(
            year, number, draft, store=attachment.store(), actor=actor(), desk=desk()
        ) as stored:

            def produce() -> ResponseReturnValue:
                operations.add(year, number, stored, draft, **who())
                flash(f"已上传：{draft.name}")
                return forms.see(plan_task_page.address(year, number))

            return forms.kept(produce)
    except Invalid as refusal:
        told = placed("upload", {"file": [NO_FILE]} | refusal.fields)
        return plan_task_page.shown(year, number, forms.typed(request.form, told)), 422
    except Conflict as refusal:
        told = {"upload.file": [refusal.detail]}
        return plan_task_page.shown(year, number, forms.typed(request.form, told)), 422
    except TooLarge as refusal:
        told = {"upload.file": [refusal.detail]}
        return plan_task_page.shown(year, number, forms.typed(request.form, told)), 413
    except KeyReused:
        renewed = forms.renewed(request.form, plan_task_page.AGAIN)
        return plan_task_page.shown(year, number, renewed), 422


@bp.get(f"{EVIDENCE}/<uuid:evidence_id>")
@action("plan.evidence")
def given(year: int, number: str, evidence_id: UUID) -> ResponseReturnValue:
    """The file, to be saved."""
    owner = queries.of_task(year, number, actor=actor(), desk=desk())
    return plan_evidence.sent(owner, evidence_id)


@bp.post(f"{EVIDENCE}/<uuid:evidence_id>/publication")
@action("plan.evidence")
def publish(year: int, number: str, evidence_id: UUID) -> ResponseReturnValue:
    """Say whether it is public, since when and where."""
    at = f"ep{evidence_id.hex}"

    def act() -> None:
        told = {"public": False} | forms.group(at)
        draft = Publication(**load_body(PlanPublicationIn, told))
        version: dict[str, Any] = {"version": forms.version()}
        operations.set_publication(year, number, evidence_id, draft, **version, **who())

    return taken(year, number, at, act, "公开情况已登记")


@bp.post(f"{EVIDENCE}/<uuid:evidence_id>/withdraw")
@action("plan.evidence")
def withdraw(year: int, number: str, evidence_id: UUID) -> ResponseReturnValue:
    """Take it back."""
    at = f"ew{evidence_id.hex}"

    def act() -> None:
        why = load_body(PlanReasonIn, forms.group(at))["reason"]
        version: dict[str, Any] = {"version": forms.version()}
        operations.withdraw(year, number, evidence_id, why, **version, **who())

    return taken(year, number, at, act, "佐证已撤销")


def _file() -> EvidenceDraft:
    """The posted file with what was told about it."""
    chosen = [each for each in request.files.getlist("upload.file") if each]
    told = forms.group("upload")
    body = load_body(PlanEvidenceIn, told)
    if "kind" not in told:
        raise Invalid({"kind": [NO_KIND]})
    if len(chosen) != 1:
        raise Invalid({"file": [NO_FILE]})
    return plan_evidence.draft(chosen[0], body)
