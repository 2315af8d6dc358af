"""A version of the routing rules is written by one, published by another, and governs its days."""

from datetime import date

import pytest
import sqlalchemy as sa

from config import routing
from config.vocabulary import OrganisationKind, RulebookState
from models import AuditEntry, Route, RulebookVersion, db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from service.operations import dispute as disputes
from service.operations import route as routes
from service.operations import rulebook as operations
from service.operations.rulebook import Change
from service.queries import rulebook as queries
from service.queries.rulebook import VersionView
from service.rules.routing import RoutingRequest
from tests.factories.dispute import visit
from tests.factories.moment import MONDAY, MONDAY_9AM, MONDAY_10AM, TUESDAY_9AM
from tests.factories.office import Office
from tests.factories.rulebook import (
    FIRM,
    SHIPPED,
    TUESDAY,
    WEDNESDAY,
    changed,
    drafted,
    published,
    second_director,
)

pytestmark = pytest.mark.usefixtures("inside")
TO_FIRM = changed("debt", FIRM)


def view(office: Office, number: int) -> VersionView:
    return queries.one(number, office.desk.policy.rulebook)


def lead(office: Office, registered_on: date | None, today: date = MONDAY) -> tuple[str, int]:
    request = RoutingRequest("debt", registered_on=registered_on)
    answer = routes.answer(request, office.desk, today=today)
    return answer.lead, answer.rule.version


def test_a_draft_begins_as_the_version_in_force_and_changes_nothing(office: Office) -> None:
    number = drafted(office)
    draft = view(office, number)
    assert (number, draft.state, draft.based_on) == (2, RulebookState.CHECKED, 1)
    book = queries.book(number, office.desk.policy.rulebook)
    assert [rule.id for rule in book.rules] == [rule.id for rule in routing.load().rules]
    assert lead(office, TUESDAY) == ("people_mediation_committee", 1)


def test_the_version_in_force_on_the_day_of_registering_decides(office: Office) -> None:
    assert published(office, TO_FIRM, TUESDAY) == 2
    assert lead(office, MONDAY, today=WEDNESDAY) == ("people_mediation_committee", 1)
    assert lead(office, TUESDAY) == ("law_firm", 2)
    assert lead(office, None, today=MONDAY) == ("people_mediation_committee", 1)
    assert lead(office, None, today=WEDNESDAY) == ("law_firm", 2)


def test_a_route_keeps_its_version_and_a_stored_dispute_the_rules_of_its_day(
    office: Office,
) -> None:
    published(office, TO_FIRM, TUESDAY)
    made = [
        disputes.register(visit(category="debt"), actor=office.window, desk=office.desk, now=now)
        for now in (MONDAY_10AM, TUESDAY_9AM)
    ]
    asked = sa.select(Route.rule_version, Route.lead).order_by(Route.routed_at)
    assert [tuple(row) for row in db.session.execute(asked)] == [
        ("1", OrganisationKind.PEOPLE_MEDIATION_COMMITTEE),
        ("2", OrganisationKind.LAW_FIRM),
    ]
    assert len(made) == 2


def test_nobody_publishes_what_they_wrote(office: Office) -> None:
    number = drafted(office, TO_FIRM)
    with pytest.raises(Conflict, match="别人发布"):
        operations.publish(
            number, TUESDAY, version=1, actor=office.director, desk=office.desk, now=MONDAY_10AM
        )
    assert lead(office, TUESDAY) == ("people_mediation_committee", 1)


def test_who_changed_a_word_of_a_draft_does_not_publish_it_either(office: Office) -> None:
    number, other = drafted(office), second_director(office)
    operations.revise(
        number,
        Change(content=TO_FIRM),
        version=1,
        actor=other,
        desk=office.desk,
        now=MONDAY_9AM,
    )
    for actor in (other, office.director):
        with pytest.raises(Conflict, match="别人发布"):
            operations.publish(
                number, TUESDAY, version=2, actor=actor, desk=office.desk, now=MONDAY_10AM
            )


def test_who_may_not_write_or_publish_is_refused(office: Office) -> None:
    with pytest.raises(Forbidden):
        operations.draft(Change(), actor=office.window, desk=office.desk, now=MONDAY_9AM)
    number = drafted(office)
    with pytest.raises(Forbidden):
        operations.publish(
            number, TUESDAY, version=1, actor=office.leader, desk=office.desk, now=MONDAY_10AM
        )


def test_a_draft_that_shadows_a_rule_names_it_and_is_not_published(office: Office) -> None:
    shadowing = changed(
        "pending.court", ('pending_at = "court"', 'pending_at = ["court", "arbitration"]')
    )
    number = drafted(office, shadowing)
    assert view(office, number).state is RulebookState.DRAFT
    found = operations.check(
        number, version=1, actor=office.director, desk=office.desk, now=MONDAY_9AM
    )
    assert [(each.rule, each.field, each.said) for each in found] == [
        ("pending.arbitration", "when", "永远轮不到")
    ]
    with pytest.raises(Invalid) as refused:
        operations.publish(
            number,
            TUESDAY,
            version=1,
            actor=second_director(office),
            desk=office.desk,
            now=MONDAY_10AM,
        )
    assert refused.value.fields == {"content": ["规则 pending.arbitration 永远轮不到"]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("version = ", "不是分流规则的写法"),
        ('version = 1\ntitle = "无"\n', "缺少"),
        (SHIPPED.replace('accept = "yes"', 'accept = "maybe"', 1), "maybe"),
        (SHIPPED + "\n[more]\nx = 1.5\n", "不能有这样的值"),
    ],
)
def test_a_text_that_is_no_rulebook_is_refused(office: Office, content: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        drafted(office, content)
    assert list(refused.value.fields) == ["content"]
    assert said in refused.value.fields["content"][0]


def test_a_version_is_in_force_from_tomorrow_at_the_earliest(office: Office) -> None:
    number, other = drafted(office, TO_FIRM), second_director(office)
    with pytest.raises(Invalid) as refused:
        operations.publish(
            number, MONDAY, version=1, actor=other, desk=office.desk, now=MONDAY_10AM
        )
    assert list(refused.value.fields) == ["in_force_from"]


def test_a_draft_of_an_older_version_does_not_undo_the_newest(office: Office) -> None:
    late = drafted(office)
    published(office, TO_FIRM, WEDNESDAY)
    with pytest.raises(Conflict, match="第 3 版"):
        operations.publish(
            late,
            WEDNESDAY,
            version=1,
            actor=second_director(office),
            desk=office.desk,
            now=MONDAY_10AM,
        )
    newer = drafted(office)
    assert view(office, newer).based_on == 3
    with pytest.raises(Invalid, match="有误") as refused:
        operations.publish(
            newer,
            TUESDAY,
            version=1,
            actor=second_director(office),
            desk=office.desk,
            now=MONDAY_10AM,
        )
    assert "不能早于第 3 版" in refused.value.fields["in_force_from"][0]


def test_what_was_looked_at_is_what_is_published(office: Office) -> None:
    number = drafted(office)
    operations.revise(
        number,
        Change(title="新的一版", note="债务交律师"),
        version=1,
        actor=office.director,
        desk=office.desk,
        now=MONDAY_9AM,
    )
    with pytest.raises(Stale):
        operations.publish(
            number,
            TUESDAY,
            version=1,
            actor=second_director(office),
            desk=office.desk,
            now=MONDAY_10AM,
        )
    told = view(office, number)
    assert (told.title, told.note, told.version) == ("新的一版", "债务交律师", 2)


def test_a_published_version_is_taken_back_until_its_day(office: Office) -> None:
    number = published(office, TO_FIRM, TUESDAY)
    other = second_director(office)
    version = view(office, number).version
    with pytest.raises(Conflict, match="已经生效"):
        operations.withdraw(number, version=version, actor=other, desk=office.desk, now=TUESDAY_9AM)
    operations.withdraw(number, version=version, actor=other, desk=office.desk, now=MONDAY_10AM)
    assert lead(office, TUESDAY) == ("people_mediation_committee", 1)
    assert view(office, number).state is RulebookState.WITHDRAWN
    assert drafted(office) == 3


def test_what_is_published_is_not_changed_any_more(office: Office) -> None:
    number = published(office, TO_FIRM)
    for gone in (number, 1):
        with pytest.raises(Conflict, match="另拟"):
            operations.revise(
                gone,
                Change(title="别的"),
                version=2,
                actor=office.director,
                desk=office.desk,
                now=MONDAY_10AM,
            )
    with pytest.raises(NotFound):
        queries.one(99, office.desk.policy.rulebook)


def test_every_deed_stands_in_the_trail(office: Office) -> None:
    number = published(office, TO_FIRM)
    asked = (
        sa.select(AuditEntry.action, AuditEntry.detail)
        .where(AuditEntry.subject == "routing")
        .order_by(AuditEntry.seq)
    )
    assert [tuple(row) for row in db.session.execute(asked)] == [
        ("routing.draft", {"number": number, "based_on": 1}),
        ("routing.publish", {"number": number, "in_force_from": "2026-11-03"}),
    ]


def test_a_version_another_process_published_is_known_to_the_next_request(
    office: Office,
) -> None:
    number = drafted(office, TO_FIRM)
    other = second_director(office)
    assert lead(office, TUESDAY) == ("people_mediation_committee", 1)
    db.session.remove()  # the request is over
    engine = sa.create_engine(db.engine.url)
    with engine.begin() as connection:
        connection.execute(
            sa.update(RulebookVersion.__table__)  # type: ignore[arg-type]  # the bare table
            .where(RulebookVersion.number == number)
            .values(
                state=RulebookState.PUBLISHED,
                in_force_from=TUESDAY,
                published_by=other.user_id,
                published_at=MONDAY_10AM,
                version=2,
            )
        )
    engine.dispose()
    assert lead(office, TUESDAY) == ("law_firm", 2)


def test_a_publication_that_failed_is_not_remembered(office: Office) -> None:
    number = drafted(office, TO_FIRM)
    other = second_director(office)

    def publish_and_fail() -> None:
        with transaction():
            operations.publish(
                number, TUESDAY, version=1, actor=other, desk=office.desk, now=MONDAY_10AM
            )
            assert lead(office, TUESDAY) == ("law_firm", 2)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        publish_and_fail()
    db.session.remove()
    assert lead(office, TUESDAY) == ("people_mediation_committee", 1)


def test_a_version_is_parsed_once(office: Office) -> None:
    published(office, TO_FIRM)
    first = office.desk.rulebooks.on(TUESDAY)
    db.session.remove()
    assert office.desk.rulebooks.on(TUESDAY) is first
