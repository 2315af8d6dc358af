"""What a court sends, for tests, by the operations themselves; inside an app context."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from config.court import CourtKind, CourtResult
from config.vocabulary import AgreementForm, DisputeStatus, OrganisationKind, Step
from models import CourtReferral, db
from service.operations import confirmation as confirmations
from service.operations import court as operations
from service.operations import organisation as organisations
from service.operations.organisation import OrganisationDraft
from tests.factories.dispute import Handling, registered
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office

S = DisputeStatus
BEFORE = "（2026）内0525民诉前调12号"
TERMS = "李大有2026年12月1日前把滴水檐改到自家一侧，付王小满墙根修理费800元"
UNDISPUTED = "墙根泡软是滴水造成的，双方都认可"
WRITTEN = {"form": AgreementForm.WRITTEN.value, "terms": TERMS, "performed_by": "2026-12-01"}

UNDATED = {"form": AgreementForm.WRITTEN.value, "terms": TERMS}


def tribunal(office: Office) -> UUID:
    """The people's court of the town, a unit of the office."""
    if "court" not in office.units:
        draft = OrganisationDraft(kind=OrganisationKind.PEOPLE_COURT, name="柳溪人民法庭")
        office.units["court"] = organisations.create(draft, actor=None, now=MONDAY_9AM)
    return office.units["court"]


def letter(office: Office, **changes: Any) -> dict[str, Any]:
    """What the court wrote, in the shape of `CourtReferralIn`."""
    told: dict[str, Any] = {
        "kind": CourtKind.ASSIGNED,
        "procedure": None,
        "court_organisation": tribunal(office),
        "court": None,
        "case_number": BEFORE,
        "received_on": MONDAY,
        "contact": "赵法官",
        "materials": "起诉状副本",
    }
    return told | changes


def received(handling: Handling, *, now: datetime = MONDAY_9AM, **changes: Any) -> UUID:
    """Record it, by the director."""
    office = handling.office
    return operations.receive(
        handling.id, letter(office, **changes), actor=office.director, desk=office.desk, now=now
    )


def confirmed(handling: Handling, made: UUID, *, now: datetime = MONDAY_9AM) -> None:
    """Take it on."""
    told: dict[str, Any] = {"desk": handling.office.desk, "now": now}
    version = handling.row.version
    operations.confirm(handling.id, made, version=version, actor=handling.office.director, **told)


def reported(
    handling: Handling,
    made: UUID,
    *,
    on: date = MONDAY,
    result: CourtResult = CourtResult.AGREED,
    now: datetime = MONDAY_9AM,
) -> None:
    """Tell the court."""
    operations.report(
        handling.id,
        made,
        {"result": result, "reported_on": on, "undisputed": UNDISPUTED},
        version=handling.row.version,
        actor=handling.office.director,
        desk=handling.office.desk,
        now=now,
    )


def row(made: UUID) -> CourtReferral:
    """It as it is stored."""
    return db.session.get_one(CourtReferral, made, populate_existing=True)


def agreed(office: Office, *, now: datetime = MONDAY_9AM, **changes: Any) -> Handling:
    """A dispute with a written agreement."""
    handling = registered(office, now=now, **changes).until(S.MEDIATING, now=now)
    handling.take(Step.AGREE, WRITTEN, now=now)
    return handling


def prepared(handling: Handling, *, now: datetime = MONDAY_9AM, **changes: Any) -> UUID:
    """Prepare the joint application, by the mediator."""
    told = {"matter": None, "court": "奈曼旗人民法院", "ground": "seat"}
    return confirmations.prepare(
        handling.id,
        told | changes,
        actor=handling.office.mediator,
        desk=handling.office.desk,
        now=now,
    )
