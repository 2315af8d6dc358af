"""Finding: by anything somebody may know, on every page of the answer, never beyond the scope."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, Role
from models import Dispute, Party, db, transaction
from service.queries import dispute_row, search, sight
from service.queries.dispute_row import Filters
from service.rules import access
from service.rules.access import Actor
from service.rules.search import Part
from tests.factories.dispute import APPLICANT, RESPONDENT, registered
from tests.factories.moment import MONDAY, MONDAY_9AM, MONDAY_10AM
from tests.factories.office import Office
from tests.factories.person import mobile
from tests.statements import owning, plans

pytestmark = pytest.mark.usefixtures("inside")


def found(
    office: Office, q: str, actor: Actor | None = None, parts: frozenset[Part] = search.EVERYWHERE
) -> list[int]:
    """The last digits of the numbers found, newest first; the total has to say the same."""
    scope = access.scope(actor or office.director, "dispute.list", office.desk.policy.access)
    page = dispute_row.page(
        Filters(q=q, parts=parts),
        scope=scope,
        today=MONDAY,
        now=MONDAY_10AM,
        keyring=office.desk.keyring,
        count=True,
    )
    assert page.total == len(page.items)
    return [int(row.number[-2:]) for row in page.items]


def people(applicant: str, respondent: str = "李大有") -> list[dict[str, str]]:
    return [APPLICANT | {"name": applicant}, RESPONDENT | {"name": respondent}]


@pytest.fixture(params=["walked", "by the index"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Either way of finding has to find the same."""
    monkeypatch.setattr(search, "WALKS", (400,) if request.param == "walked" else ())
    monkeypatch.setattr(search, "RARE", -1 if request.param == "walked" else 1_000)
    return str(request.param)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    ("q", "numbers"),
    [
        ("LXZ2026-0000", [3, 2, 1]),
        ("lxz2026-00002", [2]),
        ("王小满", [1]),
        ("小满", [1]),
        ("满", [1]),
        ("\U0002c029", [2]),
        ("苏和", [3]),
        ("巴特・苏和", [3]),
        ("草场边界", [3]),
        ("草场", [3]),
        ("ＡＢＣ", [2]),
        ("abc公司", [2]),
        ("3500元", [2]),
        ("3500", [2]),
        ("00元", [2]),
        ("50元", []),
        ("草边", []),  # its characters stand there, not side by side
        ("场边界院", []),
        ("漏", []),  # a single character is sought in names only
        ("滴水 小满", [1]),
        ("滴水 苏和", []),
        ("wxm", [1]),
        ("WX", [1]),
        ("xm", []),  # initials are found from their beginning
        ("btsh", [3]),
        ("sxl", [2]),
        ("sxy", [2]),  # 单小乐 is heard in two ways
        ("%", []),
        ("__", []),
        ('"小满"', [1]),
        ("0001", [1]),
        ("0009", [2]),
        (mobile(9), [2]),
        (f"{mobile(9)[:3]} {mobile(9)[3:7]} {mobile(9)[7:]}", [2]),
        (mobile(8), []),
    ],
)
def test_what_is_known_of_a_dispute_finds_it(office: Office, q: str, numbers: list[int]) -> None:
    registered(office, narrative="院墙滴水，墙根泡软")
    registered(
        office,
        now=MONDAY_9AM + timedelta(minutes=1),
        narrative="ABC公司欠款３５００元，一直不还",
        parties=[
            {**APPLICANT, "name": "单小乐", "phone": mobile(9)},
            {**RESPONDENT, "name": "\U0002c029厂", "phone": None},
        ],
    )
    registered(
        office,
        now=MONDAY_9AM + timedelta(minutes=2),
        narrative="为草场边界，邻里不和",
        parties=[
            {**APPLICANT, "name": "巴特·苏和", "phone": None},
            {**RESPONDENT, "phone": None},
        ],
    )
    if q == '"小满"':  # quotes are signs like others: the text has none
        numbers = []
    assert found(office, q) == numbers


@pytest.mark.usefixtures("way")
def test_a_part_is_searched_alone(office: Office) -> None:
    registered(office, narrative="说是王小满家的狗咬了人", parties=people("赵铁柱"))
    registered(office, now=MONDAY_9AM + timedelta(minutes=1))
    assert found(office, "小满") == [2, 1]
    assert found(office, "小满", parts=frozenset({Part.PARTY})) == [2]
    assert found(office, "小满", parts=frozenset({Part.NARRATIVE})) == [1]
    assert found(office, "小满", parts=frozenset({Part.PHONE, Part.NUMBER})) == []


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("sort", ["newest", "oldest", "due"])
def test_pages_of_what_is_found_show_every_row_once_in_order(office: Office, sort: str) -> None:
    for minute in range(6):
        names = people("王小满" if minute % 2 else "赵铁柱")
        registered(office, now=MONDAY_9AM + timedelta(minutes=minute // 2), parties=names).until(
            DisputeStatus.ACCEPTED, now=MONDAY_9AM + timedelta(minutes=minute)
        )
    scope = access.scope(office.director, "dispute.list", office.desk.policy.access)
    seen, cursor = [], None
    while True:
        page = dispute_row.page(
            Filters(q="小满", sort=sort),
            scope=scope,
            today=MONDAY,
            now=MONDAY_10AM,
            limit=2,
            cursor=cursor,
        )
        seen += [int(row.number[-1]) for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == [2, 4, 6]
    if sort != "due":
        assert seen == sorted(seen, reverse=sort == "newest")


def test_a_common_word_is_walked_and_a_rare_one_behind_many_is_found(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "WALKS", (2, 3))
    monkeypatch.setattr(search, "RARE", -1)
    registered(office, parties=people("龘一"))
    for minute in range(1, 6):
        registered(office, now=MONDAY_9AM + timedelta(minutes=minute))
    assert found(office, "龘") == [1]
    assert found(office, "院墙") == [6, 5, 4, 3, 2, 1]


@pytest.mark.plans
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_behind_the_wall_a_rare_word_is_found_by_the_index_of_words(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "WALKS", ())
    registered(office, parties=people("龘一"))
    seen: list[list[int]] = []
    with db.engine.begin() as connection:  # with so few rows it would do
        owning(connection)
        other = "ALTER TABLE dispute_text DROP CONSTRAINT uq_dispute_text_dispute_id"
        connection.execute(sa.text(other))
    with sight.seeing(office.director, office.desk.policy.access, MONDAY_10AM):
        ways = ("seqscan", "indexscan")  # an index of words has no other way than the bitmap
        asked = plans(lambda: seen.append(found(office, "龘一")), without=ways)
    assert seen == [[1]]
    assert "ix_dispute_text_terms" in "".join(asked)


@pytest.mark.usefixtures("way")
def test_who_sees_a_restricted_dispute_sealed_finds_it_by_its_number_alone(office: Office) -> None:
    registered(office, restricted=True)
    for q in ("王小满", "满", "wxm", "院墙", "0001", mobile(1)):
        assert found(office, q) == []
    assert found(office, "LXZ2026-00001") == [1]


@pytest.mark.usefixtures("way")
def test_nobody_finds_what_is_not_theirs(office: Office) -> None:
    registered(office, restricted=True)
    registered(office).until(DisputeStatus.MEDIATING)
    registered(office).until(DisputeStatus.CLOSED)
    strangers = (
        office.actor(Role.MEDIATOR, "justice"),
        office.actor(Role.LIAISON, "station"),
        office.actor(Role.WINDOW, "centre", name="second"),
        office.actor(Role.LEGAL),
        office.actor(Role.SYSADMIN),
    )
    for stranger in strangers:
        for q in ("王小满", "小满", "wxm", "院墙", "LXZ2026", "0001", mobile(1)):
            assert found(office, q, stranger) == []
    for q in ("王小满", "wxm", "院墙", "0001", mobile(1)):
        assert found(office, q, office.leader) == []
        assert sorted(found(office, q, office.mediator)) == [2, 3]
    assert sorted(found(office, "LXZ2026", office.leader)) == [1, 2, 3]


def test_others_with_the_same_id_number_are_told_by_number_and_unit(office: Office) -> None:
    registered(office).until(DisputeStatus.MEDIATING)
    registered(office, restricted=True)
    registered(office, actor=office.mediator)
    scope = access.scope(
        office.actor(Role.MEDIATOR, "justice"), "dispute.list", office.desk.policy.access
    )
    told = search.elsewhere(
        str(APPLICANT["id_number"]),
        scope=scope,
        now=MONDAY_10AM,
        keyring=office.desk.keyring,
        limit=10,
    )
    assert sorted((each.number, each.organisation) for each in told) == [
        ("LXZ2026-00001", "柳溪镇人民调解委员会"),
        ("LXZ2026-00003", None),
    ]


def test_a_name_sealed_in_the_rows_is_in_no_table(office: Office) -> None:
    handling = registered(office, restricted=True)
    with transaction():
        assert db.session.get_one(Dispute, handling.id).narrative is None
        assert [each.name for each in db.session.query(Party)] == [None, None]
    assert found(office, "王小满") == []
