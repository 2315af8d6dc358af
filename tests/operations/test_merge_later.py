"""After a merge: what its number leads to, what is known of its people, and what still parts it."""

from datetime import date
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
import sqlalchemy as sa

from config.vocabulary import (
    AttachmentKind,
    Danger,
    DisputeStatus,
    HoldGround,
    JointState,
    NoticeKind,
    PartyKind,
    PartyRole,
    Role,
)
from models import Event, Hold, JointTask, Notice, Party, db, transaction
from service.errors import Conflict
from service.gateways.attachment import Store
from service.gateways.keyring import FieldKey
from service.operations import attachment, correction, hold, restricted
from service.operations import merge as operations
from service.operations import repeat as repeats
from service.operations import user as users
from service.operations.attachment import AttachmentDraft
from service.operations.event import record
from service.queries import handover, handover_flow, progress, rule
from service.queries.handover_flow import Measure, Question
from service.queries.rule import Look
from service.rules import access
from tests.factories import file, joint
from tests.factories.dispute import APPLICANT, RESPONDENT, Handling, let_in, registered
from tests.factories.handover import REASON, RISK, accepted, sent, withdrawn
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office
from tests.factories.person import mobile, resident_id
from tests.operations.test_erasure import exported, forgotten

pytestmark = pytest.mark.usefixtures("inside")
S = DisputeStatus
NEIGHBOUR = {
    "role": "applicant",
    "kind": "person",
    "name": "孙五",
    "id_number": resident_id(5),
    "phone": mobile(5),
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Where attachments lie."""
    return Store(tmp_path / "attachments")


def told(office: Office) -> dict[str, Any]:
    return {"actor": office.director, "desk": office.desk, "now": MONDAY_9AM}


def merge(into: Handling, gone: Handling, store: Store) -> UUID:
    body = {"number": gone.row.number, "reason": "同一件事"}
    version = into.row.version
    return operations.merge(into.id, body, version=version, store=store, **told(into.office))


def undo(into: Handling, merge_id: UUID) -> None:
    version = into.row.version
    operations.undo(into.id, merge_id, "不是同一件", version=version, **told(into.office))


def test_what_is_held_back_by_the_old_number_is_the_one_that_remained(
    office: Office, store: Store
) -> None:
    into, gone = registered(office), registered(office)
    merge(into, gone, store)
    hold.place(
        gone.row.number,
        HoldGround.LAWSUIT,
        **told(office),
    )
    assert db.session.scalars(sa.select(Hold.dispute_id)).all() == [into.id]


def test_who_asks_with_their_card_by_the_old_number_is_told_the_one_stage(
    office: Office, store: Store
) -> None:
    into = registered(office).until(S.MEDIATING)
    gone = registered(office, parties=[NEIGHBOUR, RESPONDENT])
    number = gone.row.number
    merge(into, gone, store)
    shown = progress.of_party(number, resident_id(5), desk=office.desk)
    assert shown is not None
    assert (shown.number, shown.status) == (number, S.MEDIATING)


def test_what_the_entry_that_stays_lacked_is_taken_over_and_given_back(
    office: Office, store: Store
) -> None:
    """By phone they are one person: the number of the card must still find the dispute."""
    bare = {name: value for name, value in APPLICANT.items() if name != "id_number"}
    into, gone = registered(office, parties=[bare, RESPONDENT]), registered(office)
    mine = sa.select(Party).where(Party.dispute_id == into.id, Party.role == "applicant")
    made = merge(into, gone, store)
    key = office.desk.keyring.field_key(into.row.sealed_key, f"dispute:{into.id}")
    row = db.session.scalars(mine).one()
    assert key.open_optional(row.id_number_sealed, f"party.id_number:{row.id}") == resident_id(1)
    number, ordinal = repeats.note_by_card(
        {"number": gone.row.number, "id_number": resident_id(1), "came_on": MONDAY},
        actor=office.window,
        desk=office.desk,
        now=MONDAY_9AM,
    )
    assert (number, ordinal) == (into.row.number, 2)
    undo(into, made)
    row = db.session.scalars(mine.execution_options(populate_existing=True)).one()
    assert (row.id_type, row.id_number_sealed, row.id_number_index) == (None, None, None)
    assert row.phone_sealed is not None


def test_what_was_agreed_before_the_other_came_can_be_parted_and_what_was_after_not(
    office: Office, store: Store
) -> None:
    into, gone = registered(office).until(S.AGREED), registered(office)
    undo(into, merge(into, gone, store))
    assert (into.row.status, gone.row.merged_into_id) == (S.AGREED, None)
    later = registered(office).until(S.MEDIATING)
    made = merge(later, gone, store)
    later.until(S.AGREED)
    with pytest.raises(Conflict, match="已经达成协议，不能再分开"):
        undo(later, made)


def test_who_agreed_to_a_letter_and_went_on_with_a_merge_breaks_no_page(
    office: Office, store: Store
) -> None:
    into = registered(office).until(S.MEDIATING)
    gone = registered(office, parties=[NEIGHBOUR, RESPONDENT]).until(S.MEDIATING)
    withdrawn(gone, sent(gone))
    for each in (into, gone):
        restricted.restrict(each.id, "当事人怕人知道", **told(office))
        let_in(each, office.director)
    merge(into, gone, store)
    letter = handover.of_dispute(gone.id, **told(office))[-1]
    assert (letter.sealed, letter.consent_people) == (False, ["李**"])


def test_the_flow_counts_no_handover_of_what_was_merged(office: Office, store: Store) -> None:
    into, gone = (registered(office).until(S.MEDIATING) for _ in range(2))
    station = office.actor(Role.LIAISON, "station")
    for each in (into, gone):
        accepted(each, sent(each), actor=station)
    merge(into, gone, store)
    scope = handover_flow.scope_of(office.director, office.desk)
    question = Question(date(2026, 1, 1), date(2026, 12, 31), scope)
    (pair,) = handover_flow.pairs(question, now=MONDAY_9AM)
    assert (pair.counts[Measure.SENT], pair.counts[Measure.ENDED]) == (1, 0)
    page = handover_flow.rows(question, Measure.SENT, before=None, after=None, now=MONDAY_9AM)
    assert [each.number for each in page.items] == [into.row.number]


def test_a_rule_is_judged_by_nothing_that_was_merged(office: Office, store: Store) -> None:
    into, gone = (registered(office).until(S.MEDIATING) for _ in range(2))
    merge(into, gone, store)
    scope = access.scope(office.director, "metric.read", office.desk.policy.access)
    look = Look(scope, date(2026, 1, 1), MONDAY, MONDAY_9AM)
    (figures,) = rule.figures(look).values()
    assert (figures.decided, figures.closed) == (1, 0)


def test_danger_that_came_with_the_other_is_told_and_outlives_a_correction(
    office: Office, store: Store
) -> None:
    into = registered(office).until(S.MEDIATING)
    gone = registered(office, facts={"danger": True})
    merge(into, gone, store)
    waiting = sa.select(Notice.user_id).where(
        Notice.dispute_id == into.id, Notice.kind == NoticeKind.DANGER, Notice.read_at.is_(None)
    )
    assert office.mediator.user_id in db.session.scalars(waiting).all()
    correction.correct(
        into.id, {"narrative": "墙根泡软了"}, version=into.row.version, **told(office)
    )
    assert into.row.danger is Danger.PRESENT


class Meanwhile(Store):
    """A store from which somebody reads while somebody else uploads."""

    def read(self, stored_as: UUID, sha256: str, key: FieldKey) -> bytes:
        """The bytes; by then there is another file."""
        found = super().read(stored_as, sha256, key)
        upload(self.gone, Store(self.folder))
        return found

    gone: ClassVar[Handling]


def upload(handling: Handling, store: Store) -> None:
    """The director adds a paper."""
    draft = AttachmentDraft(name="借条.pdf", kind=AttachmentKind.CONTRACT, content=file.PDF)
    with attachment.taken_in(handling.id, draft, store=store, **told(handling.office)) as candidate:
        attachment.add(handling.id, candidate, **told(handling.office))


def test_a_file_that_came_while_it_was_being_merged_is_not_left_under_the_old_key(
    office: Office, store: Store
) -> None:
    """The files are copied before the transaction; of one that comes between it is told."""
    into, gone = registered(office), registered(office)
    upload(gone, store)
    Meanwhile.gone = gone
    with pytest.raises(Conflict, match="上传了附件"):
        merge(into, gone, Meanwhile(store.folder))
    assert gone.row.merged_into_id is None
    merge(into, gone, store)


def test_with_the_one_that_remained_nothing_of_the_other_is_left_and_both_tell_of_it(
    office: Office, store: Store
) -> None:
    into = registered(office).until(S.MEDIATING)
    gone = registered(
        office, parties=[NEIGHBOUR, RESPONDENT], narrative="门前的老榆树被砍了两棵"
    ).until(S.MEDIATING)
    withdrawn(gone, sent(gone))
    upload(gone, store)
    merge(into, gone, store)
    body = {"came_on": MONDAY, "words": "老榆树怎么说"}
    repeats.note(into.id, body, **told(office))
    into.until(S.CLOSED)
    assert forgotten(office).erased == 1
    left = exported(office)
    assert [word for word in ("孙五", "老榆树", REASON, RISK) if word in left] == []
    erased = sa.select(Event.subject_id).where(Event.action == "erase")
    assert set(db.session.scalars(erased)) == {into.id, gone.id}


def test_who_speaks_since_for_somebody_who_came_with_the_other_keeps_them_together(
    office: Office, store: Store
) -> None:
    """Else an agent would speak in one dispute for a party of another."""
    into, gone = registered(office), registered(office, parties=[NEIGHBOUR, RESPONDENT])
    made = merge(into, gone, store)
    neighbour = db.session.scalars(sa.select(Party).where(Party.name == "孙五")).one()
    assert neighbour.dispute_id == into.id
    with transaction() as session:
        session.add(
            Party(
                dispute_id=into.id,
                position=9,
                role=PartyRole.AGENT,
                kind=PartyKind.PERSON,
                name="钱四",
                represents_id=neighbour.id,
            )
        )
        record(session, into.id, subject="dispute", action="correct", actor=None, now=MONDAY_9AM)
    with pytest.raises(Conflict, match="改动过并过来的当事人"):
        undo(into, made)


def test_they_are_not_parted_when_nobody_is_there_for_the_one(office: Office, store: Store) -> None:
    into = registered(office)
    gone = registered(office).until(S.MEDIATING)
    made = merge(into, gone, store)
    manager = office.actor(Role.SYSADMIN)
    users.disable(office.mediator.user_id, actor=manager, desk=office.desk, now=MONDAY_9AM)
    with pytest.raises(Conflict, match="已经停用，请先恢复"):
        undo(into, made)


def test_a_unit_that_was_asked_along_meanwhile_still_sees_what_it_was_asked_about(
    office: Office, store: Store
) -> None:
    office.actor(Role.LIAISON, "station")
    into, gone = registered(office).until(S.MEDIATING), registered(office).until(S.MEDIATING)
    (first,) = joint.asked(gone, "station")
    merge_id = merge(into, gone, store)
    (second,) = joint.asked(into, "station")  # it sees it already: its sight came along
    undo(into, merge_id)
    joint.answered(gone, first, "station")
    joint.answered(into, second, "station")
    found = db.session.scalars(sa.select(JointTask.state)).all()
    assert found == [JointState.DONE, JointState.DONE]
