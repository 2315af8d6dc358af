"""Keys are changed while people work: nothing is lost, nothing stays behind, all is still found."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Event as Flag
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask

from config.key import Algorithm
from config.linkage import LinkageRegister
from config.mediator_word import Relation
from config.meeting import MeetingKind
from config.plan import EvidenceKind
from config.vocabulary import (
    DataRequestKind,
    IdentityCheck,
    LawsuitInstance,
    LawsuitProcedure,
    MatchReason,
    Role,
    Source,
    Step,
    TokenScope,
)
from models import Dispute, Event, Party, User, db, transaction
from service.errors import Conflict, KeyReused
from service.gateways import totp
from service.gateways.keyring import Keyring, algorithm_of, key_id, key_id_of
from service.operations import data_request, duplicate, ledger, second_factor, shift_note
from service.operations import draft as drafts
from service.operations import guidance as guidances
from service.operations import keyring as operations
from service.operations import lawsuit as lawsuits
from service.operations import linkage as linkages
from service.operations import mediator as mediators
from service.operations import meeting as meetings
from service.operations import plan_entry as entries
from service.operations import plan_entry_file as entry_files
from service.operations import platform as platforms
from service.operations import token as tokens
from service.operations.base import check_keys
from service.operations.data_request import RequestDraft
from service.operations.idempotency import Answer, Claim, once
from service.operations.lawsuit import LawsuitDraft
from service.operations.token import TokenDraft
from service.queries import consultation as consultation_queries
from service.queries import dispute_row
from service.queries import search as search_queries
from service.queries import token as token_queries
from service.queries.consultation import Filters as Asked
from service.queries.dispute_row import Filters
from service.queries.sealed import CHECKS, FIELDS, SEALED, Field, Sealed, name_of, place_in
from service.rules import access
from service.rules.access import Actor
from service.web.attachment import store
from tests.factories.consultation import asked
from tests.factories.dispute import APPLICANT, RESPONDENT, Handling, registered, visit
from tests.factories.file import PDF
from tests.factories.moment import MONDAY_9AM, MONDAY_10AM
from tests.factories.office import Office
from tests.factories.person import mobile
from tests.factories.suggestion import lettered

OLD, OLD_INDEX = b"d" * 32, b"i" * 32
NEW, NEW_INDEX = b"n" * 32, b"j" * 32
WORKBOOK = Path(__file__).parents[1] / "data" / "ledger.xlsx"
CLAIM = "0123456789abcdef0123456789abcdef"
PHONE = APPLICANT["phone"]
NUMBER = APPLICANT["id_number"]
LOADS = 60


def under(
    office: Office,
    data: tuple[bytes, ...] = (NEW, OLD),
    index: tuple[bytes, ...] = (OLD_INDEX,),
    algorithm: Algorithm = Algorithm.AES_256_GCM,
) -> Office:
    """The same office with other keys."""
    keyring = Keyring(data, index, algorithm=algorithm)
    return replace(office, desk=replace(office.desk, keyring=keyring))


def rotate(office: Office, **more: Any) -> operations.Rotated:
    return operations.rotate(desk=office.desk, now=MONDAY_10AM, **more)


def platform(office: Office) -> Actor:
    draft = TokenDraft(
        name="热线平台",
        source=Source.HOTLINE_12345,
        organisation=office.units["justice"],
        scopes=list(TokenScope),
    )
    made = tokens.make(draft, actor=office.actor(Role.SYSADMIN), desk=office.desk, now=MONDAY_9AM)
    program = token_queries.by_secret(made.secret, now=MONDAY_9AM)
    assert program is not None
    return program.caller.actor


def send(office: Office, actor: Actor) -> bool:
    """Whether the number of the platform had come before."""
    came = visit(source=Source.HOTLINE_12345, source_reference="R-1")
    return platforms.send(came, actor=actor, desk=office.desk, now=MONDAY_10AM).repeated


def claim(office: Office) -> bool:
    """Whether the answer to one request is the kept one."""
    told = Claim(office.window.user_id, "/x", CLAIM, '{"phone": "1"}')
    answer = Answer(201, "王小满".encode(), {})
    return once(told, lambda: answer, desk=office.desk, now=MONDAY_9AM).replayed


def lived(office: Office) -> None:
    """Something in every column that is sealed with the data key, and in most others."""
    check_keys(office.desk.keyring)
    registered(office, place={"village": "东街社区", "detail": "3 号"})
    hidden = Handling(office, registered(office, restricted=True).id)
    hidden.take(Step.VOID, {"reason": "登记错了"}, actor=office.director)
    ledger.take_in(
        WORKBOOK.read_bytes(), "a.xlsx", actor=office.director, desk=office.desk, now=MONDAY_9AM
    )
    asked(office)
    draft = LawsuitDraft(
        procedure=LawsuitProcedure.LITIGATION,
        instance=LawsuitInstance.FIRST,
        court="柳溪旗人民法院",
        case_number="（2026）内9999行初9001号",
        cause="行政处罚",
        act="限期拆除决定",
        plaintiffs=["乌云其木格"],
        organisation=office.units["station"],
        served_on=date(2026, 9, 1),
    )
    lawsuits.record(draft, actor=office.actor(Role.LEGAL), desk=office.desk, now=MONDAY_9AM)
    lettered(office, now=MONDAY_9AM).answered(now=MONDAY_9AM)
    drafts.save(CLAIM, [("a", "1")], actor=office.window, desk=office.desk, now=MONDAY_9AM)
    shift_note.hand_over("王小满再来", actor=office.window, desk=office.desk, now=MONDAY_9AM)
    assert claim(office) is False
    request = RequestDraft(
        kind=DataRequestKind.EXPLAIN,
        name="王小满",
        id_number=NUMBER,
        identity_check=IdentityCheck.CARD,
        received_on=date(2026, 1, 5),
        everything=True,
    )
    data_request.register(request, actor=office.window, desk=office.desk, now=MONDAY_9AM)
    entered(office)
    proved(office)
    linked(office)
    enrolled(office)
    sealed = office.desk.keyring.seal(b"19900000009", f"user.phone:{office.window.user_id}")
    with transaction() as session:
        session.get_one(User, office.window.user_id).phone_sealed = sealed


def entered(office: Office) -> None:
    """A mediator in the register, who is close to somebody."""
    told: dict[str, Any] = {"actor": office.director, "desk": office.desk, "now": MONDAY_9AM}
    row = {"organisation": office.units["committee"], "name": "赵调解", "address": "东街 9 号"}
    made = mediators.add(row | {"id_number": NUMBER, "phone": PHONE}, **told)
    relation = {"relation": Relation.RELATIVE, "name": "王小满", "id_number": NUMBER}
    mediators.declare(made, relation, **told)


def proved(office: Office) -> None:
    """A row of a register that names a citizen, and a file that shows what it says."""
    told: dict[str, Any] = {"actor": office.actor(Role.PLANNER), "desk": office.desk}
    row = {"title": "预算", "received_on": "2026-03-02", "applicant": "王小满"}
    row |= {"sort": "citizen", "way": "post"}
    draft = entries.EntryDraft(register="information-requests", values=row)
    made = entries.record(draft, now=MONDAY_9AM, **told)
    file = entry_files.EvidenceDraft(
        name="王小满.pdf", content=PDF, kind=EvidenceKind.PAPER, about="答复书"
    )
    at = (draft.register, made)
    with entry_files.taken_in(*at, file, store=store(), **told) as stored:
        entry_files.add(*at, stored, file, now=MONDAY_9AM, **told)


def linked(office: Office) -> None:
    """A committee that was guided, and a meeting that was called."""
    draft = guidances.GuidanceDraft(
        committee=office.units["committee"],
        guided_on=MONDAY_9AM.date(),
        guided_by="钱指导",
        topic="dossier",
        finding="回访缺签字",
    )
    justice = office.actor(Role.LIAISON, "justice")
    guidances.record(draft, actor=justice, desk=office.desk, now=MONDAY_9AM)
    called = meetings.MeetingDraft(
        kind=MeetingKind.JOINT,
        title="联席会议",
        held_at=MONDAY_9AM,
        place="会议室",
        members=[office.units["committee"]],
        items=[meetings.ItemDraft(words="欠薪怎么分工")],
    )
    meetings.call(called, actor=office.director, desk=office.desk, now=MONDAY_9AM)
    asked_of_us = linkages.LinkageDraft(
        register=LinkageRegister.ENFORCEMENT_CHECK,
        sort="complaint",
        asker="来信",
        title="处罚程序",
        words="没有告知听证权",
        received_on=MONDAY_9AM.date(),
    )
    linkages.record(asked_of_us, actor=office.director, desk=office.desk, now=MONDAY_9AM)


def enrolled(office: Office) -> list[str]:
    """The recovery codes of the leader, who enrols a second factor."""
    told: dict[str, Any] = {"actor": office.leader, "desk": office.desk, "now": MONDAY_9AM}
    begun = second_factor.begin(issuer="柳溪", **told)
    return second_factor.confirm(totp.code(begun.secret, MONDAY_9AM), token="", **told)


def put(dispute_id: UUID, **changed: Any) -> None:
    """Write into the row of a dispute what no operation would write there."""
    table = Dispute.__table__
    assert isinstance(table, sa.Table)
    with transaction() as session:
        session.execute(sa.update(table).where(table.c.id == dispute_id).values(changed))


def values(sealed: Sealed | Field) -> list[Any]:
    """What stands in a column, with what its place is told by and its owner's key."""
    db.session.rollback()
    columns = [*sealed.needs, sealed.column.label("value")]
    query = sa.select(*columns).where(sealed.column.is_not(None))
    if isinstance(sealed, Field):
        query = query.add_columns(
            sealed.owner.sealed_key.label("owner_key"), sealed.of.label("owner_id")
        )
        if sealed.owner is not sealed.column.class_:
            query = query.join(sealed.owner, sealed.owner.id == sealed.of)
    return list(db.session.execute(query))


def opened(keyring: Keyring) -> dict[str, int]:
    """How many values of each column open; every one has to."""
    counted = {}
    for sealed in (*SEALED, CHECKS):
        rows = values(sealed)
        for row in rows:
            keyring.open(row.value, place_in(row, sealed.place))
        counted[name_of(sealed.column)] = len(rows)
    for each in FIELDS:
        rows = values(each)
        for row in rows:
            key = keyring.field_key(row.owner_key, f"{each.owner.__tablename__}:{row.owner_id}")
            key.open(row.value, place_in(row, each.place))
        counted[name_of(each.column)] = len(rows)
    return counted


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_after_a_rotation_the_new_key_alone_opens_everything(
    office: Office, algorithm: Algorithm
) -> None:
    lived(office)
    before = opened(office.desk.keyring)
    assert [name_of(each.column) for each in SEALED if not before[name_of(each.column)]] == []
    both = under(office, algorithm=algorithm)
    done = rotate(both)
    assert done.resealed == {name: before[name] for name in done.resealed}
    assert set(done.resealed) == {name_of(each.column) for each in SEALED}
    assert (done.left, done.indexed, done.fields) == ({}, {}, {})
    assert operations.uses() == {key_id(NEW).hex(): sum(done.resealed.values()) + 2}
    alone = under(office, data=(NEW,), algorithm=algorithm)
    check_keys(alone.desk.keyring)
    assert opened(alone.desk.keyring) == before
    assert rotate(both).total == 0


@pytest.mark.usefixtures("inside")
def test_a_recovery_code_opens_under_new_keys_of_every_kind(office: Office) -> None:
    check_keys(office.desk.keyring)
    code, _, *_ = enrolled(office)
    rotate(under(office, index=(NEW_INDEX, OLD_INDEX)))
    alone = under(office, data=(NEW,), index=(NEW_INDEX,)).desk
    user_id = office.leader.user_id
    assert second_factor.use(user_id, code, desk=alone, now=MONDAY_10AM)
    assert not second_factor.use(user_id, code, desk=alone, now=MONDAY_10AM)


@pytest.mark.usefixtures("inside")
def test_the_old_key_alone_is_refused_and_the_missing_one_named(office: Office) -> None:
    lived(office)
    rotate(under(office))
    with pytest.raises(Conflict, match=f"FENGQIAO_DATA_KEY 里没有编号为 {key_id(NEW).hex()} 的"):
        check_keys(office.desk.keyring)


@pytest.mark.usefixtures("inside")
def test_a_missing_index_key_is_named(office: Office) -> None:
    check_keys(office.desk.keyring)
    with pytest.raises(
        Conflict, match=f"FENGQIAO_INDEX_KEY 里没有编号为 {key_id(OLD_INDEX).hex()}"
    ):
        check_keys(under(office, data=(OLD,), index=(NEW_INDEX,)).desk.keyring)


@pytest.mark.usefixtures("inside")
def test_a_rotation_is_written_down(office: Office) -> None:
    lived(office)
    done = rotate(under(office))
    kept = db.session.execute(
        sa.select(Event.action, Event.detail).where(Event.subject == "system").order_by(Event.id)
    ).all()
    told = {"key": key_id(NEW).hex(), "index_key": key_id(OLD_INDEX).hex(), "left": 0}
    told |= {"cipher": "aes-256-gcm"}
    assert [tuple(each) for each in kept] == [
        ("rotate_begin", told | {"count": 0}),
        ("rotate", told | {"count": done.total}),
    ]


@pytest.mark.usefixtures("inside")
def test_a_rotation_that_was_stopped_goes_on_where_it_was(office: Office) -> None:
    lived(office)
    before = opened(office.desk.keyring)
    stopped = RuntimeError("the machine went down")

    def stop(share: float) -> None:
        if share > 0.5:
            raise stopped

    both = under(office)
    with pytest.raises(RuntimeError):
        rotate(both, tell=stop)
    assert opened(both.desk.keyring) == before
    again = rotate(both).total
    assert 0 < again < sum(before[name_of(each.column)] for each in SEALED)
    assert opened(under(office, data=(NEW,)).desk.keyring) == before


def old_format(key: bytes, content: bytes, place: str) -> bytes:
    nonce = os.urandom(12)
    return b"\x01" + nonce + AESGCM(key).encrypt(nonce, content, place.encode())


@pytest.mark.usefixtures("inside")
def test_what_was_sealed_before_values_named_their_key_is_brought_along(office: Office) -> None:
    made = registered(office)
    key = office.desk.keyring.open(made.row.sealed_key, f"dispute:{made.id}")
    put(made.id, sealed_key=old_format(OLD, key, f"dispute:{made.id}"))
    assert operations.uses()[""] == 1
    rotate(under(office))
    assert key_id_of(made.row.sealed_key) == key_id(NEW).hex()
    assert (
        under(office, data=(NEW,)).desk.keyring.open(made.row.sealed_key, f"dispute:{made.id}")
        == key
    )


@pytest.mark.usefixtures("inside")
def test_fields_keep_their_algorithm_until_they_are_asked_for(office: Office) -> None:
    lived(office)
    before = opened(office.desk.keyring)
    chosen = under(office, data=(OLD,), algorithm=Algorithm.SM4_GCM)
    rotate(chosen)
    assert algorithms(FIELDS) == {Algorithm.AES_256_GCM}
    done = rotate(chosen, fields=True)
    fixed = {name_of(each.column) for each in FIELDS if each.fixed}
    inner = {name_of(each.column) for each in FIELDS}
    assert done.fields == {n: c for n, c in before.items() if c and n in inner - fixed}
    assert algorithms([*SEALED, *(each for each in FIELDS if not each.fixed)]) == {
        Algorithm.SM4_GCM
    }
    assert opened(office.desk.keyring) == before


def algorithms(columns: Any) -> set[Algorithm | None]:
    return {algorithm_of(row.value) for each in columns for row in values(each)}


@pytest.mark.usefixtures("inside")
def test_a_value_that_does_not_open_stays_and_is_told(office: Office) -> None:
    check_keys(office.desk.keyring)
    broken, whole = registered(office), registered(office)
    put(broken.id, sealed_key=office.desk.keyring.seal(b"x", "elsewhere"))
    done = rotate(under(office))
    assert (done.resealed["dispute.sealed_key"], done.left) == (1, {"dispute.sealed_key": 1})
    assert key_id_of(whole.row.sealed_key) == key_id(NEW).hex()
    check_keys(office.desk.keyring)  # as long as something needs it, the old key suffices to start


def found(office: Office, text: str) -> int:
    """How many disputes somebody who types this finds."""
    scope = access.scope(office.director, "dispute.list", office.desk.policy.access)
    page = dispute_row.page(
        Filters(q=text),
        scope=scope,
        today=MONDAY_10AM.date(),
        now=MONDAY_10AM,
        keyring=office.desk.keyring,
        limit=100,
    )
    return len(page.items)


def consulted(office: Office, text: str) -> int:
    scope = access.scope(office.director, "consultation.list", office.desk.policy.access)
    page = consultation_queries.page(Asked(q=text), scope=scope, desk=office.desk, now=MONDAY_10AM)
    return len(page.items)


def alike(office: Office) -> set[MatchReason]:
    """By what a visitor's numbers are recognised."""
    told = {"category": "neighbour", "narrative": "", "parties": [APPLICANT, RESPONDENT]}
    found = duplicate.check(told, actor=office.director, desk=office.desk, now=MONDAY_10AM)
    return {reason.code for each in found.items for reason in each.reasons}


def everything_found(office: Office, hotline: Actor) -> dict[str, Any]:
    """What every blind index finds."""
    owner = sa.select(sa.func.count()).select_from(Dispute)
    keyring = office.desk.keyring
    return {
        "id_number": db.session.scalar(owner.where(search_queries.with_identity(NUMBER, keyring))),
        "phone": found(office, PHONE),
        "tail": found(office, PHONE[-4:]),
        "asked_phone": consulted(office, "19900000001"),
        "asked_tail": consulted(office, "0001"),
        "asked_name": consulted(office, "赵小满"),
        "alike": alike(office),
        "sent": send(office, hotline),
    }


@pytest.mark.usefixtures("inside")
def test_everything_is_found_before_while_and_after_index_keys_change(office: Office) -> None:
    lived(office)
    hotline = platform(office)
    send(office, hotline)
    before = everything_found(office, hotline)
    assert before["sent"] is True
    assert MatchReason.ID_NUMBER in before["alike"]
    assert 0 not in [before[name] for name in ("id_number", "phone", "tail", "asked_phone")]
    assert 0 not in [before["asked_tail"], before["asked_name"]]
    both = under(office, data=(OLD,), index=(NEW_INDEX, OLD_INDEX))
    assert everything_found(both, hotline) == before
    done = rotate(both)
    assert done.left == {}
    assert set(done.indexed) == {"party", "dispute", "dispute_text.terms"}
    assert everything_found(both, hotline) == before
    alone = under(office, data=(OLD,), index=(NEW_INDEX,))
    check_keys(alone.desk.keyring)
    assert everything_found(alone, hotline) == before
    assert rotate(both).indexed == {}
    assert everything_found(office, hotline) != before  # the old key finds nothing any more


@pytest.mark.usefixtures("inside")
def test_an_imported_sheet_is_known_again_under_the_new_index_key(office: Office) -> None:
    lived(office)
    both = under(office, data=(OLD,), index=(NEW_INDEX, OLD_INDEX))
    rotate(both)
    alone = under(office, data=(OLD,), index=(NEW_INDEX,))
    count = sa.select(sa.func.count(Dispute.id))
    stored = db.session.scalar(count)
    ledger.take_in(
        WORKBOOK.read_bytes(), "b.xlsx", actor=office.director, desk=alone.desk, now=MONDAY_10AM
    )
    assert db.session.scalar(count) == stored


@pytest.mark.usefixtures("inside")
def test_a_request_is_known_again_as_long_as_its_key_is_there(office: Office) -> None:
    assert claim(office) is False
    assert claim(under(office, data=(OLD,), index=(NEW_INDEX, OLD_INDEX))) is True
    with pytest.raises(KeyReused):
        claim(under(office, data=(OLD,), index=(NEW_INDEX,)))


@pytest.mark.usefixtures("inside")
def test_an_index_made_of_something_unknown_is_left_and_told(office: Office) -> None:
    check_keys(office.desk.keyring)
    made = registered(office)
    put(made.id, fingerprint=b"f" * 16)
    done = rotate(under(office, data=(OLD,), index=(NEW_INDEX, OLD_INDEX)))
    assert done.left == {"dispute.fingerprint": 1}
    assert made.row.fingerprint == b"f" * 16


@dataclass(frozen=True)
class Day:
    """An ordinary day of an office, by turns, on some disputes that are there."""

    office: Office
    first: list[UUID]

    def write(self, turn: int) -> None:
        """Register, dispatch, answer a question."""
        one = APPLICANT | {"phone": mobile(turn % 50)}
        Handling(self.office, registered(self.office, parties=[one, RESPONDENT]).id).take(
            Step.DISPATCH
        )
        asked(self.office)

    def correct(self, turn: int) -> None:
        """Write in a row that is being sealed anew."""
        handling = Handling(self.office, self.first[turn % LOADS])
        if handling.row.organisation_id is None:
            handling.take(Step.DISPATCH)

    def read(self, turn: int) -> None:
        """Open what is sealed, and find by an index."""
        dispute = db.session.get_one(Dispute, self.first[turn % LOADS])
        keyring = self.office.desk.keyring
        key = keyring.field_key(dispute.sealed_key, f"dispute:{dispute.id}")
        for party in db.session.scalars(sa.select(Party).where(Party.dispute_id == dispute.id)):
            key.open_optional(party.phone_sealed, f"party.phone:{party.id}")
        assert search_count(self.office) >= LOADS


@pytest.mark.daily("postgresql")
def test_nobody_who_reads_or_writes_meanwhile_fails(office: Office, app: Flask) -> None:
    both = under(office, index=(NEW_INDEX, OLD_INDEX))
    with app.app_context():
        check_keys(office.desk.keyring)
        day = Day(both, [registered(office).id for _ in range(LOADS)])
        day.write(0)  # everybody is hired before they are asked for at once
    ended = Flag()

    def again_and_again(deed: Callable[[int], None]) -> int:
        done = 0
        while not ended.is_set():
            with app.app_context():
                deed(done)
            done += 1
        return done

    with ThreadPoolExecutor(3) as people, app.app_context():
        busy = [people.submit(again_and_again, deed) for deed in (day.write, day.correct, day.read)]
        try:
            left = [rotate(both).left for _ in range(2)]
        finally:
            ended.set()
        counts = [each.result() for each in busy]
        assert (min(counts) > 0, left) == (True, [{}, {}])
        alone = under(office, data=(NEW,), index=(NEW_INDEX,))
        check_keys(alone.desk.keyring)
        opened(alone.desk.keyring)
        assert search_count(alone) == LOADS + counts[0] + 1


def search_count(office: Office) -> int:
    """How many disputes the applicant's ID number finds."""
    known = search_queries.with_identity(NUMBER, office.desk.keyring)
    return db.session.scalar(sa.select(sa.func.count(Dispute.id)).where(known)) or 0
