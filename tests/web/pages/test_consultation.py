"""A question at the window, at the browser."""

from collections.abc import Callable

import pytest

from config.vocabulary import Role
from service.clock import utc_now
from service.rules.access import Actor
from service.rules.calendar import Week
from tests.factories.consultation import ANSWER, QUESTION, asked
from tests.factories.office import Office
from tests.factories.visitor import Page, Visitor
from tests.statements import statements

NEW = "/consultations/new"


@pytest.fixture
def clerk(office: Office, visit: Callable[[Actor], Visitor]) -> Visitor:
    return visit(office.window)


def record(clerk: Visitor, page: Page | None = None, **changes: str | list[str]) -> Page:
    told: dict[str, str | list[str]] = {"question": QUESTION, "answer": ANSWER}
    return clerk.fill(page or clerk.get(NEW), NEW, **(told | changes))


def test_question_and_answer_suffice(clerk: Visitor) -> None:
    page = clerk.follow(record(clerk))
    assert "已登记咨询" in page.text
    assert QUESTION in page.text
    assert NEW in page.links


def test_sent_twice_it_is_recorded_once(clerk: Visitor) -> None:
    form = clerk.get(NEW)
    assert record(clerk, form).location == record(clerk, form).location
    assert "共 1 条" in clerk.get("/consultations").text
    again = record(clerk, form, answer="另一个回答")
    assert "刚才已经登记过了" in again.text


def test_where_somebody_was_sent_is_kept_and_a_wrong_phone_told(clerk: Visitor) -> None:
    doors = ["justice_office", "police_station"]
    wrong = record(clerk, guided_to=doors, phone="12")
    assert wrong.status == 422
    assert 'id="f-phone-error"' in wrong.html
    page = clerk.follow(clerk.fill(wrong, NEW, phone="19900000001", name="赵小满"))
    for told in ("司法所、派出所", "赵小满", "19900000001"):
        assert told in page.text


def test_empty_it_says_what_is_missing(clerk: Visitor) -> None:
    page = record(clerk, question="", answer="")
    assert page.status == 422
    for field in ("question", "answer"):
        assert f'id="f-{field}-error"' in page.html


def test_it_leads_to_a_dispute_that_begins_with_it(clerk: Visitor) -> None:
    made = record(clerk).location
    consultation_id = made.rpartition("/")[2]
    assert f"/disputes/new?consultation={consultation_id}" in clerk.get(made).links


def test_a_director_corrects_it_and_what_is_masked_stays(
    clerk: Visitor, office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    made = record(clerk, name="赵小满", phone="19900000001", category="housing").location
    director = visit(office.director)
    path = f"{made}/correct"
    form = director.get(path)
    assert form.form(path).values["name"] == "赵**"
    page = director.follow(director.fill(form, path, answer="到法庭问", category=""))
    assert "已更正" in page.text
    shown = clerk.get(made)
    for told in ("到法庭问", "赵小满", "19900000001"):
        assert told in shown.text
    assert "住房" not in shown.text


def test_who_corrects_second_is_told_and_keeps_their_words(clerk: Visitor) -> None:
    path = f"{record(clerk).location}/correct"
    form = clerk.get(path)
    clerk.fill(form, path, answer="到法庭问")
    page = clerk.fill(form, path, answer="到村委会问")
    assert page.status == 412
    assert page.form(path).values["answer"] == "到村委会问"
    assert "别人刚刚修改过" in page.text


def test_a_colleague_is_offered_no_correction_and_refused_one(
    clerk: Visitor, office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    made = record(clerk, name="赵小满").location
    colleague = visit(office.actor(Role.WINDOW, name="second"))
    page = colleague.get(made)
    assert "赵**" in page.text
    assert f"{made}/correct" not in page.links
    assert colleague.get(f"{made}/correct").status == 403


def test_the_list_is_narrowed_and_drops_what_it_cannot_read(clerk: Visitor) -> None:
    record(clerk)
    assert QUESTION in clerk.get("/consultations", q="押金").text
    assert "没有符合条件的咨询" in clerk.get("/consultations", q="土地").text
    assert clerk.get("/consultations", source="pigeon", q="x").location == "/consultations?q=x"


def test_the_week_counts_it_apart_and_opens_its_rows(
    clerk: Visitor, office: Office, visit: Callable[[Actor], Visitor]
) -> None:
    record(clerk)
    director = visit(office.director)
    today = office.app.extensions["fengqiao"].today(utc_now())
    week = director.get(f"/weekly/{Week.of(today)}")
    assert "（不计入纠纷）" in week.text
    (rows,) = [link for link in week.links if link.startswith("/figures/consultations")]
    page = director.get(rows)
    assert "ZX" in page.text
    assert QUESTION not in page.text


def test_a_long_list_is_counted_only_for_who_asks(office: Office, clerk: Visitor) -> None:
    with office.app.app_context():
        for _ in range(3):
            asked(office)
    assert "共 3 条" in clerk.get("/consultations").text
    with statements() as plain:
        page = clerk.get("/consultations", limit="2")
    assert "本页 2 条" in page.text
    assert not any("count(*)" in each and "FROM consultation" in each for each in plain)
    counted = next(link for link in page.links if "count=true" in link)
    assert "共 3 条" in clerk.get(counted).text


AFRAID = "丈夫打我，还拿刀说要杀了我"


def test_danger_in_the_question_is_hinted_at_and_stops_nothing(clerk: Visitor) -> None:
    panel = clerk.fill(clerk.get(NEW), "/consultations/new", question=AFRAID, answer="")
    assert "听起来有危险：" in panel.text
    assert "“拿刀”" in panel.text
    page = clerk.follow(record(clerk, question=AFRAID))
    assert ("已登记咨询" in page.text, "听起来有危险：" in page.text) == (True, True)
    calm = clerk.follow(record(clerk))
    assert "听起来有危险" not in calm.text


def test_the_live_hint_is_a_fragment(clerk: Visitor) -> None:
    token = clerk.get(NEW).form(NEW).values["csrf_token"]
    told = clerk.post("/consultations/signs", {"question": AFRAID, "csrf_token": token})
    assert (told.status, "听起来有危险" in told.text, told.headings) == (200, True, [])
    quiet = clerk.post("/consultations/signs", {"question": "租房押金", "csrf_token": token})
    assert "听起来有危险" not in quiet.text


def test_what_was_typed_goes_on_as_a_dispute_without_a_word_in_the_address(
    clerk: Visitor,
) -> None:
    values = clerk.get(NEW).form(NEW).values.copy()
    for name, text in {"question": AFRAID, "name": "赵小满", "phone": "19900000001"}.items():
        values[name] = text
    sent = clerk.post("/consultations/as-dispute", values)
    assert (sent.status, sent.location.startswith("/disputes/new?draft=")) == (303, True)
    assert len(sent.location) == len("/disputes/new?draft=") + 32
    form = clerk.follow(sent).form("/disputes/new")
    told = {name: form.values[name] for name in ("narrative", "parties.0.name", "parties.0.phone")}
    assert told == {
        "narrative": AFRAID,
        "parties.0.name": "赵小满",
        "parties.0.phone": "19900000001",
    }
    assert "共 0 条" in clerk.get("/consultations").text


def test_one_form_sent_on_twice_makes_one_draft(clerk: Visitor) -> None:
    first, second = (clerk.get(NEW).form(NEW).values | {"question": AFRAID} for _ in range(2))
    sent = [clerk.post("/consultations/as-dispute", each).location for each in (first, first)]
    assert sent[0] == sent[1]
    assert clerk.post("/consultations/as-dispute", second).location != sent[0]
    assert "有 2 份没登记完的" in clerk.get("/disputes/new").text
