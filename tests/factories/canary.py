"""A dispute with something that stands nowhere else in every place that takes text."""

from datetime import datetime, timedelta
from typing import Any

from config.vocabulary import (
    AgreementForm,
    DisputeStatus,
    OutsideSystem,
    Step,
    VisitResult,
)
from schemas.material import MaterialsIn
from service.operations import material, mediation, outside_entry
from service.operations.outside_entry import EntryDraft
from tests.factories.consultation import asked
from tests.factories.dispute import APPLICANT, RESPONDENT, Handling, registered
from tests.factories.moment import MONDAY_9AM
from tests.factories.office import Office
from tests.factories.person import resident_id

CANARIES = {
    "name": "鬯鬻龘",
    "narrative": "瓛珵在碾坊砸了犇骉的门",
    "place": "桦树巷尽头的碾坊",
    "phone": "19900000777",
    "id_number": resident_id(777),
    "address": "柳溪镇桦树巷七十七号",
    "minutes": "谈到碾坊的旧账便吵起来",
    "held": "犇骉家的院子",
    "terms": "每月初七付七百七十七元",
    "note": "碾坊的门已经修好",
    "reason": "犇骉说不想再谈",
    "outside": "2026-热线-七七七",
    "paper": "鬯鬻龘的身份证",
    "question": "鬯鬻龘问砸门怎么办",
    "answer": "告诉鬯鬻龘先报警",
    "interpreter": "乌日罕翻译员",
    "reference": "来文第七七七号",
}


def canary_dispute(
    office: Office, *, now: datetime = MONDAY_9AM, restricted: bool = False
) -> Handling:
    """A closed dispute with every canary in it, out of a consultation."""
    c = CANARIES
    question = asked(office, question=c["question"], answer=c["answer"], name=c["name"], now=now)
    person = {name: c[name] for name in ("name", "phone", "id_number", "address")}
    handling = registered(
        office,
        now=now,
        narrative=c["narrative"],
        parties=[APPLICANT | person, RESPONDENT],
        place={"village": "东街社区", "detail": c["place"]},
        interpreter=c["interpreter"],
        source_reference=c["reference"],
        consultation=question,
        facts={"injury": "slight"},
        restricted=restricted,
    )
    _written_beside(handling, now)
    director = office.director
    handling.take(Step.DISPATCH, {"reason": c["reason"]}, now=now)
    handling.until(DisputeStatus.MEDIATING, now=now)
    held: dict[str, Any] = {
        "held_at": now,
        "place": c["held"],
        "attendance": [],
        "minutes": c["minutes"],
    }
    mediator, desk, later = office.mediator, office.desk, now + timedelta(hours=1)
    mediation.hold_session(handling.id, held, actor=mediator, desk=desk, now=later)
    agreed = {"form": AgreementForm.WRITTEN.value, "terms": c["terms"]}
    handling.take(Step.AGREE, agreed, now=now)
    visited: dict[str, Any] = {
        "visited_on": desk.today(now),
        "result": VisitResult.PERFORMED,
        "satisfied": True,
        "note": c["note"],
    }
    mediation.visit(handling.id, visited, actor=mediator, desk=desk, now=later)
    handling.take(Step.CLOSE, {"outcome": "agreed"}, now=now, actor=director)
    return handling


def _written_beside(handling: Handling, now: datetime) -> None:
    """Papers and a number of the hotline."""
    office = handling.office
    papers = MaterialsIn().load({"items": [{"name": CANARIES["paper"], "state": "received"}]})
    material.note(handling.id, papers["items"], actor=office.director, desk=office.desk, now=now)
    number = EntryDraft(
        system=OutsideSystem.HOTLINE_12345,
        number=CANARIES["outside"],
        entered_on=office.desk.today(now),
    )
    outside_entry.enter(handling.id, number, actor=office.director, desk=office.desk, now=now)
