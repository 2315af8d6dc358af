"""What is personal is shown in clear to nobody but whom the policy names, on whatever surface."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from config.vocabulary import Role
from models import AuditEntry, db
from tests.factories.office import Office
from tests.factories.person import resident_id
from tests.factories.program import DISPUTES, Program, dispatched, of_role, program
from tests.factories.surface import read_through
from tests.factories.visitor import Visitor

WHERE = "供销社后院"  # where it happened is what somebody has to go to
CANARIES = {
    "name": "白桦生",
    "other name": "阿古拉木",
    "id_number": resident_id(77),
    "other id_number": resident_id(78),
    "phone": "19900000777",
    "other phone": "19900000778",
    "address": "柳溪镇桦树巷七十七号",
    "other address": "柳溪镇柞树巷七十八号",
    "interpreter": "其其格玛",
}
APPLICANT = {
    "role": "applicant",
    "kind": "person",
    "name": CANARIES["name"],
    "id_number": CANARIES["id_number"],
    "phone": CANARIES["phone"],
    "address": CANARIES["address"],
}
RESPONDENT = {
    "role": "respondent",
    "kind": "person",
    "name": CANARIES["other name"],
    "id_number": CANARIES["other id_number"],
    "phone": CANARIES["other phone"],
    "address": CANARIES["other address"],
    "language": "mn",
}
# level 3: who mediates it; ID numbers stay masked for them too
LEVEL_3 = set(CANARIES) - {"id_number", "other id_number"}
# papers addressed to the applicant name them in full, and say so in the trail (ADR 11)
ADDRESSED = re.compile(r"^/disputes/[^/]+/(papers?|materials?|decline)", re.ASCII)
UNITS = {Role.MEDIATOR: "committee", Role.LIAISON: "committee"}
FOREIGN = {Role.LEADER, Role.AUDITOR, Role.LEGAL, Role.PLANNER, Role.SYSADMIN, Role.SECADMIN}


@dataclass(frozen=True)
class Case:
    """The dispute everybody looks at."""

    id: str
    number: str
    parties: list[str]


def told(office: Office) -> Case:
    """A dispute with a canary at every place that is personal, at a unit with a mediator."""
    clerk, director = of_role(office, Role.WINDOW), of_role(office, Role.DIRECTOR)
    dispute_id = dispatched(
        office,
        clerk,
        director,
        parties=[APPLICANT, RESPONDENT],
        place={"village": "东街社区", "detail": WHERE},
        interpreter=CANARIES["interpreter"],
    )
    shown = director.get(f"{DISPUTES}/{dispute_id}").get_json()
    return Case(dispute_id, shown["number"], [each["id"] for each in shown["parties"]])


def addresses(office: Office, case: Case) -> Iterator[str]:
    """Everything that can be read, with the dispute where one is asked for."""
    for rule in office.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.arguments - {"dispute_id"}:
            continue
        yield rule.rule.replace("<uuid:dispute_id>", case.id)


def clear(body: str) -> set[str]:
    """The canaries that stand in clear in an answer: text, attributes, scripts alike."""
    return {name for name, canary in CANARIES.items() if canary in body}


def leaks(office: Office, case: Case, role: Role) -> tuple[set[tuple[str, str]], int]:
    """Where `role` finds a canary in clear, by page and by program, and how much was looked at."""
    actor = office.actor(role, UNITS.get(role, "centre"))
    browser, caller = Visitor(office.app, actor), program(office, actor)
    found, looked_at = set(), 0
    for address in addresses(office, case):
        if address.startswith("/api/"):
            bodies = [read_through(caller.get(address).get_data())]
        else:
            bodies = [browser.get(address).html]
        bodies += [answer.text for answer in _asked(caller, address, case)]
        looked_at += len(bodies)
        found |= {(name, address) for body in bodies for name in clear(body)}
    return found, looked_at


def _asked(caller: Program, address: str, case: Case) -> list[TestResponse]:
    """The same list sought by what is typed: what is found is told no clearer than it stands."""
    if address != DISPUTES:
        return []
    return [
        caller.get(address, query_string={"q": each})
        for each in (CANARIES["name"][:2], case.number, "碾坊")
    ]


@pytest.mark.parametrize("role", [Role.WINDOW, Role.LIAISON, Role.DIRECTOR, *sorted(FOREIGN)])
@pytest.mark.daily("sqlite")
def test_nobody_but_its_mediator_sees_anything_in_clear(office: Office, role: Role) -> None:
    case = told(office)
    found, looked_at = leaks(office, case, role)
    assert {each for each in found if not ADDRESSED.match(each[1])} == set()
    assert {name for name, _ in found} <= {"name"}
    assert looked_at > 60


def test_its_mediator_sees_all_but_the_id_numbers(office: Office) -> None:
    case = told(office)
    found, _ = leaks(office, case, Role.MEDIATOR)
    assert {name for name, _ in found} == LEVEL_3
    assert all(case.id in address or name in LEVEL_3 for name, address in found)


def test_duplicates_and_searches_say_no_more(office: Office) -> None:
    case = told(office)
    clerk = of_role(office, Role.LIAISON)
    asked = {
        "category": "neighbour",
        "parties": [{"role": "applicant", "name": "甲", "phone": CANARIES["phone"]}],
    }
    answer = clerk.post("/api/v1/duplicates", asked)
    assert case.number in answer.text
    assert clear(answer.text) <= {"phone"}  # what was asked about itself
    assert clear(answer.text.replace(CANARIES["phone"], "")) == set()
    browser = Visitor(office.app, office.director)
    page = browser.get("/disputes")
    for sought in (CANARIES["name"], CANARIES["phone"], CANARIES["id_number"]):
        form = next(each for each in page.forms if "q" in each.values)
        values = form.values.copy()
        values["q"] = sought
        said = browser.post(form.action, values)
        said = browser.follow(said) if said.status == 303 else said
        assert clear(said.html.replace(sought, "")) == set()


def test_what_a_correction_answers_is_masked_too(office: Office) -> None:
    case = told(office)
    director = of_role(office, Role.DIRECTOR)
    tag = director.get(f"{DISPUTES}/{case.id}").headers["ETag"]
    known = {"id": case.parties[0], "phone": CANARIES["phone"]}
    other = {"id": case.parties[1], "address": "柳溪镇新街"}
    changes = {"parties": [known, other]}
    answer = director.patch(f"{DISPUTES}/{case.id}", changes, version=tag)
    assert (answer.status_code, clear(answer.text)) == (200, set())


def test_a_correction_that_leaves_what_is_masked_alone_keeps_it(office: Office) -> None:
    case = told(office)
    browser, director = Visitor(office.app, office.director), of_role(office, Role.DIRECTOR)
    path = f"/disputes/{case.id}/correct"
    page = browser.get(path)
    assert browser.fill(page, path, amount="700", reason="补记涉及的金额").status == 303
    mediator = of_role(office, Role.MEDIATOR, "committee")
    shown = mediator.get(f"{DISPUTES}/{case.id}").get_json()
    assert shown["amount"] == "700"
    assert clear(str(shown)) == LEVEL_3
    page = browser.get(path)
    gone = {"place.detail": "", "no_interpreter": "true", "reason": "写错了地方"}
    assert browser.post(path, {**page.form(path).values.to_dict(), **gone}).status == 303
    after = director.get(f"{DISPUTES}/{case.id}").get_json()
    assert (after["place"], after["interpreter"]) == ({"village": "东街社区", "detail": None}, None)


def test_one_reveal_shows_one_field_and_no_other(office: Office) -> None:
    case = told(office)
    browser = Visitor(office.app, office.director)
    path = f"/disputes/{case.id}/reveal"
    page = browser.get(path, field="parties.1.phone")
    assert clear(page.html) == set()
    shown = browser.fill(page, path, reason="通知明天来调解")
    assert (shown.status, clear(shown.html)) == (200, {"other phone"})
    assert 'http-equiv="refresh" content="60;' in shown.html
    refused = browser.fill(page, path, reason="看看")
    assert (refused.status, clear(refused.html)) == (422, set())
    nothing = browser.get(path, field=f"{uuid4()}.phone")
    assert (nothing.status, clear(nothing.html)) == (200, set())


def test_what_a_correction_page_shows_its_mediator_in_clear_is_written_down(office: Office) -> None:
    case = told(office)
    actor = office.mediator
    page = Visitor(office.app, actor).get(f"/disputes/{case.id}/correct")
    assert clear(page.html) == LEVEL_3
    with office.app.app_context():
        looks = sa.select(AuditEntry.fields).where(
            AuditEntry.action == "dispute.look", AuditEntry.actor_id == actor.user_id
        )
        fields = db.session.scalars(looks.order_by(AuditEntry.seq.desc())).first()
    assert fields == sorted(
        ["interpreter", "place.detail"]
        + [f"parties.{n}.{name}" for n in (0, 1) for name in ("address", "name", "phone")]
    )
