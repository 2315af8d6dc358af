"""A dispute with something that stands nowhere else in every place that takes text."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from config.vocabulary import (
    AgreementForm,
    AnswerMethod,
    AttachmentKind,
    BasisGround,
    ConsentForm,
    DataDecision,
    DataRequestKind,
    DisputeStatus,
    IdentityCheck,
    OutsideSystem,
    Step,
    VisitResult,
)
from models import Dispute, Glass, Share, transaction
from models.share import SharePurpose
from schemas.material import MaterialsIn
from service.gateways.attachment import Store
from service.operations import (
    attachment,
    basis,
    data_request,
    load,
    material,
    mediation,
    outside_entry,
    reveal,
)
from service.operations.attachment import AttachmentDraft
from service.operations.basis import Consent
from service.operations.data_request import RequestDraft
from service.operations.outside_entry import EntryDraft
from tests.factories import file
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
    "file": "鬯鬻龘的诊断书.pdf",
    "taken_back": "诊断书是犇骉的",
    "scope": "把碾坊的诊断书交给保险公司",
    "no_more": "犇骉不让再用诊断书",
    "shared": "碾坊的案子请司法所看看",
    "glass": "值班接到碾坊又打起来的电话",
    "reveal": "要给桦树巷的鬯鬻龘回电话",
    "platform": "平台说碾坊第七七七号",
}
# who asked about it; a restricted dispute is found by nobody's request
REQUESTED = {"wish": "请删去我在碾坊的住处", "decision": "碾坊的住处要留到保存期满"}


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
    _shown_and_shared(handling, now)
    _attached(handling, now)
    _consented(handling, now)
    if not restricted:
        _requested(handling, now)
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
    material.note(handling.id, papers["items"], actor=office.window, desk=office.desk, now=now)
    number = EntryDraft(
        system=OutsideSystem.HOTLINE_12345,
        number=CANARIES["outside"],
        entered_on=office.desk.today(now),
    )
    outside_entry.enter(handling.id, number, actor=office.window, desk=office.desk, now=now)


def _shown_and_shared(handling: Handling, now: datetime) -> None:
    """A telephone shown, a share, a glass that was asked for, and what a platform said."""
    office, dispute_id, c = handling.office, handling.id, CANARIES
    field = f"{handling.row.parties[0].id}.phone"
    reveal.reveal(dispute_id, field, c["reveal"], actor=office.window, desk=office.desk, now=now)
    key, glass_id = load.field_key(handling.row, office.desk), uuid4()
    asked_by = {"dispute_id": dispute_id, "user_id": office.leader.user_id, "asked_at": now}
    shared = {"organisation_id": office.units["justice"], "shared_at": now}
    with transaction() as session:
        session.add(
            Glass(
                id=glass_id,
                reason_sealed=key.seal(c["glass"], f"glass.reason:{glass_id}"),
                **asked_by,
            )
        )
        session.add(
            Share(dispute_id=dispute_id, purpose=SharePurpose.ADVICE, basis=c["shared"], **shared)
        )
        said = key.seal(c["platform"], f"dispute.indexed:{dispute_id}")
        session.get_one(Dispute, dispute_id).indexed_sealed = said


def _attached(handling: Handling, now: datetime) -> None:
    """Two papers, one taken back with a reason."""
    office, settings = handling.office, handling.office.app.extensions["settings"]
    store, window = Store(settings.data_dir / "attachments"), office.window
    kind, content = AttachmentKind.CERTIFICATE, file.PDF
    draft = AttachmentDraft(name=CANARIES["file"], content=content, kind=kind)
    told: dict[str, Any] = {"actor": window, "desk": office.desk, "now": now}
    for _ in range(2):
        with attachment.taken_in(handling.id, draft, store=store, **told) as candidate:
            made = attachment.add(handling.id, candidate, **told)
    attachment.withdraw(handling.id, made, CANARIES["taken_back"], **told)


def _consented(handling: Handling, now: datetime) -> None:
    """A consent, and that it is no more."""
    today, told = handling.office.desk.today(now), {"desk": handling.office.desk, "now": now}
    given = Consent(
        ground=BasisGround.CONSENT,
        form=ConsentForm.WRITTEN,
        obtained_on=today,
        scope=CANARIES["scope"],
    )
    window: Any = handling.office.window
    made = basis.consent(handling.id, given, actor=window, **told)
    basis.withdraw(handling.id, made, today, CANARIES["no_more"], actor=window, **told)


def _requested(handling: Handling, now: datetime) -> None:
    """Somebody of it asked to be forgotten, and was told why not yet."""
    office, today = handling.office, handling.office.desk.today(now)
    draft = RequestDraft(
        kind=DataRequestKind.DELETE,
        name=CANARIES["name"],
        id_number=CANARIES["id_number"],
        phone=CANARIES["phone"],
        identity_check=IdentityCheck.CARD,
        received_on=today,
        numbers=[handling.row.number],
        wish=REQUESTED["wish"],
    )
    told: dict[str, Any] = {"actor": office.director, "desk": office.desk, "now": now}
    made = data_request.register(draft, **told)
    refused = DataDecision.REFUSED
    data_request.decide(made, refused, REQUESTED["decision"], version=1, **told)
    data_request.answer(made, AnswerMethod.IN_PERSON, today, version=2, **told)
