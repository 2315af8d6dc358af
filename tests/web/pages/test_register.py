"""The visit register and the log of a day at the browser."""

from collections.abc import Callable
from datetime import datetime, timedelta

from config.vocabulary import Source, Step
from models import Consultation, transaction
from service.queries import register as queries
from service.rules.access import Actor
from tests.factories.consultation import asked
from tests.factories.dispute import Handling, every
from tests.factories.office import Office
from tests.factories.visitor import Visitor

Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]


def test_an_empty_day_says_so(office: Office, visit: Visit) -> None:
    clerk = visit(office.window)
    assert "这一天还没有人来访" in clerk.get("/register").text
    assert "这一天没有接待" in clerk.get("/register/day").text


def test_the_register_shows_masked_visitors_and_struck_mistakes(
    office: Office, visit: Visit, case: Case, now: datetime
) -> None:
    with office.app.app_context():
        asked(office, now=now)
        case().take(Step.VOID, {"reason": "登记时选错了人"}, now=now)
    case(restricted=True)
    page = visit(office.director).get("/register")
    for told in ("赵**", "王**", "受限", "咨询", "登记有误：登记时选错了人"):
        assert told in page.text
    assert "王小满" not in page.html
    assert "赵小满" not in page.html
    assert "<del>王**</del>" in page.html


def test_matters_of_one_visit_share_their_place(
    office: Office, visit: Visit, now: datetime
) -> None:
    matters = [{"category": "neighbour", "facts": {}}, {"category": "debt", "facts": {}}]
    with office.app.app_context():
        every(office, now=now, matters=matters)
    page = visit(office.window).get("/register")
    assert "共1批、2 行" in page.text
    assert page.text.count("同上") == 2


def test_days_that_cannot_be_are_told_at_the_field(office: Office, visit: Visit) -> None:
    clerk = visit(office.window)
    for query, field in (
        ({"from": "2026-01-01", "to": "2026-03-01"}, "f-to-error"),
        ({"from": "x"}, "f-from-error"),
    ):
        page = clerk.get("/register", **query)
        assert page.status == 422
        assert f'id="{field}"' in page.html
    assert clerk.get("/register/day", date="x").status == 422


def test_a_unit_looks_at_no_other_s_register(office: Office, visit: Visit, case: Case) -> None:
    number = case_number(office, case)
    page = visit(office.liaison).get("/register", organisation=str(office.units["centre"]))
    assert number not in page.text


def case_number(office: Office, case: Case) -> str:
    """The number of a fresh dispute of the window."""
    with office.app.app_context():
        return str(case().row.number)


def test_a_view_that_is_cut_says_so(office: Office, visit: Visit, now: datetime) -> None:
    clerk = office.window
    with office.app.app_context(), transaction() as session:
        session.add_all(
            Consultation(
                number=f"LXZZX-{place}",
                sealed_key=b"-",
                asked_at=now,
                asked_on=office.desk.today(now),
                registered_by=clerk.user_id,
                organisation_id=clerk.organisation_id,
                source=Source.PHONE,
                question="问路",
                answer="指路",
            )
            for place in range(queries.MOST + 1)
        )
    page = visit(clerk).get("/register")
    assert "共有 501 行，这里只列了前 500 行" in page.text
    assert page.text.count("问路") == queries.MOST


def test_the_log_counts_and_lists_what_is_left(
    office: Office, visit: Visit, case: Case, now: datetime
) -> None:
    number = case_number(office, case)
    with office.app.app_context():
        asked(office, now=now)
    clerk = visit(office.window)
    clerk.fill(clerk.get("/shift"), "/shift", words="复印纸快用完了")
    page = clerk.get("/register/day")
    for told in (
        "接待合计一批来访说几件事的，只算一批2批次",
        "咨询不计入纠纷1件",
        number,
        "复印纸",
    ):
        assert told in page.text
    assert f"{number}　" in page.html.partition('id="d-came"')[2].partition("</section>")[
        0
    ].replace("</a>", "")
    yesterday = (office.desk.today(now) - timedelta(days=1)).isoformat()
    assert f"/register/day?date={yesterday}" in page.links
