"""督办 on pages: rows are ticked, ordered, replied to, judged and printed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from config.vocabulary import DisputeStatus, Role, SupervisionKind
from models import Dispute, LedgerBatch, transaction
from service.operations import supervision as operations
from service.operations.supervision import Order
from service.rules.access import Actor
from service.rules.calendar import Week
from tests.factories.clock import asked, decided
from tests.factories.dispute import APPLICANT, NARRATIVE, Handling
from tests.factories.office import Office
from tests.factories.visitor import Visitor

Visit = Callable[[Actor], Visitor]
Case = Callable[..., Handling]
WORDS = "请三日内与双方见面，把进展报上来"
REPLY = "已约双方本周五到所里谈"
S = DisputeStatus


@pytest.fixture
def made(office: Office, now: datetime) -> Callable[..., str]:
    """Orders one about a dispute; the address of its page."""

    def order(
        handling: Handling,
        kind: SupervisionKind = SupervisionKind.ORDER,
        *,
        by: Actor | None = None,
    ) -> str:
        with office.app.app_context():
            found = operations.order(
                [handling.id],
                Order(kind=kind, words=WORDS),
                actor=by or office.leader,
                desk=office.desk,
                now=now,
            )
        return f"/supervisions/{found[0]}"

    return order


def test_rows_are_ticked_in_a_list_and_ordered_together(
    office: Office, visit: Visit, case: Case
) -> None:
    first, second = case(S.MEDIATING), case(S.DISPATCHED)
    waits = case()
    leader = visit(office.leader)
    listed = leader.get("/disputes")
    assert (str(first.id) in listed.html, str(waits.id) in listed.html) == (True, False)
    page = leader.get(f"/supervisions/new?dispute={first.id}&dispute={second.id}")
    assert page.html.count(" checked") == 2
    bare = leader.fill(page, "/supervisions/new")
    assert (bare.status, "请选择督办方式" in bare.text, "请写明要求" in bare.text) == (
        422,
        True,
        True,
    )
    done = leader.fill(bare, "/supervisions/new", kind="order", words=WORDS)
    assert (done.status, done.location) == (303, "/supervisions")
    text = leader.follow(done).text
    assert "已下达督办单 2 件" in text
    assert "青龙督〔2026〕2号" in text or "2号" in text


def test_what_is_paused_is_not_shown_as_late(
    office: Office, visit: Visit, case: Case, made: Callable[..., str], now: datetime
) -> None:
    handling = case(S.MEDIATING)
    with office.app.app_context():
        decided(handling, asked(handling, now=now), now=now)
    leader = visit(office.leader)
    for path in (f"/supervisions/new?dispute={handling.id}", made(handling)):
        assert "暂停计时" in leader.get(path).text


def test_one_ordered_twice_by_a_second_click_is_ordered_once(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, leader = case(S.MEDIATING), visit(office.leader)
    page = leader.get(f"/supervisions/new?dispute={handling.id}")
    told = {"kind": "order", "words": WORDS}
    first = leader.fill(page, "/supervisions/new", **told)
    assert leader.fill(page, "/supervisions/new", **told).location == first.location
    assert leader.get("/supervisions").html.count("data-row-link") == 1


def test_what_nobody_has_in_hand_is_said_at_the_rows(
    office: Office, visit: Visit, case: Case
) -> None:
    handling, leader = case(), visit(office.leader)
    page = leader.get(f"/supervisions/new?dispute={handling.id}")
    assert "没有单位在办，不能督办" in page.text
    done = leader.fill(
        page, "/supervisions/new", disputes=str(handling.id), kind="urge", words="快"
    )
    assert (done.status, "还没有分派，没有承办单位可以督办" in done.text) == (422, True)
    nothing = leader.get("/supervisions/new?dispute=x")
    assert (nothing.status, "还没有选纠纷" in nothing.text) == (200, True)


def test_who_unticks_everything_keeps_the_rows_and_the_words(
    office: Office, visit: Visit, case: Case
) -> None:
    first, second, leader = case(S.MEDIATING), case(S.MEDIATING), visit(office.leader)
    page = leader.get(f"/supervisions/new?dispute={first.id}&dispute={second.id}")
    told = {"kind": "order", "words": WORDS}
    bare = leader.fill(page, "/supervisions/new", disputes=[], **told)
    values = bare.form("/supervisions/new").values
    assert (bare.status, "请选择 1 到 50 件纠纷" in bare.text) == (422, True)
    assert (values["words"], values["kind"], values.getlist("disputes")) == (WORDS, "order", [])
    assert f'value="{first.id}"' in bare.html
    done = leader.fill(bare, "/supervisions/new", disputes=str(second.id))
    assert "已下达督办单 1 件" in leader.follow(done).text


def test_an_office_of_an_old_ledger_is_a_word_that_cannot_be_pressed(
    office: Office, visit: Visit, case: Case, now: datetime
) -> None:
    handling = case(S.MEDIATING)
    with office.app.app_context(), transaction() as session:
        batch = LedgerBatch(
            file_name="旧台账.xlsx", file_hash="0" * 64, row_count=1, imported_at=now
        )
        session.add(batch)
        session.flush()
        row = session.get_one(Dispute, handling.id)
        row.organisation_id, row.office_text, row.batch_id = None, "东街司法所", batch.id
    today = office.desk.today(now)
    for path in ("/disputes", f"/figures/disputes_received?from={today}&to={today + timedelta(1)}"):
        page = visit(office.director).get(path)
        assert ("东街司法所" in page.text, str(handling.id) in page.html) == (
            True,
            path == "/disputes",
        )
        assert f'name="dispute" value="{handling.id}"' not in page.html


def test_a_leader_gets_there_from_the_rows_behind_a_figure(
    office: Office, visit: Visit, case: Case, now: datetime
) -> None:
    handling = case(S.MEDIATING)
    today = office.desk.today(now)
    span = f"from={today}&to={today + timedelta(days=1)}"
    page = visit(office.leader).get(f"/figures/disputes_received?{span}")
    assert f'value="{handling.id}"' in page.html
    assert "督办勾选的" in page.text
    assert "督办勾选的" not in visit(office.liaison).get("/disputes").text


def test_it_is_ordered_from_every_list_that_shows_disputes(
    office: Office, visit: Visit, case: Case, now: datetime
) -> None:
    handling, late = case(S.MEDIATING), now + timedelta(days=60)
    with office.app.app_context():
        number = handling.row.number
    today = office.desk.today(now)
    span = f"from={today}&to={today + timedelta(days=1)}"
    lists = [
        "/",
        "/disputes",
        f"/search?q={number[:-1]}",
        f"/weekly/{Week.of(late.date()).previous()}",
        f"/figures/disputes_received?{span}",
    ]
    ticked = f'name="dispute" value="{handling.id}"'
    with time_machine.travel(late, tick=False):
        for who, seen in ((office.director, [*lists, "/outside-entries"]), (office.leader, lists)):
            pages = {path: visit(who).get(path) for path in seen}
            assert [path for path in seen if ticked not in pages[path].html] == []
        assert ticked not in visit(office.mediator).get("/").html


def test_a_reply_goes_back_and_is_taken(
    office: Office, visit: Visit, case: Case, made: Callable[..., str]
) -> None:
    path = made(case(S.MEDIATING))
    leader, mediator = visit(office.leader), visit(office.mediator)
    page = mediator.get(path)
    assert WORDS in page.text
    bare = mediator.fill(page, f"{path}/answer")
    assert (bare.status, "请填写答复" in bare.text) == (422, True)
    assert mediator.fill(page, f"{path}/answer", answer__words=REPLY).location == path
    judged = leader.get(path)
    assert REPLY in judged.text
    assert leader.fill(judged, f"{path}/send-back", back__words="没有写日期").status == 303
    again = mediator.get(path)
    assert ("没有写日期" in again.text, "重新答复" in again.text) == (True, True)
    mediator.fill(again, f"{path}/answer", answer__words=REPLY)
    assert leader.fill(leader.get(path), f"{path}/finish").status == 303
    over = leader.get(path)
    assert ("已结束" in over.text, f"{path}/finish" in over.html) == (True, False)


def test_it_stands_on_the_page_of_its_dispute(
    office: Office, visit: Visit, case: Case, made: Callable[..., str]
) -> None:
    handling = case(S.MEDIATING)
    path = made(handling)
    for who in (office.director, office.mediator, office.liaison):
        page = visit(who).get(f"/disputes/{handling.id}")
        assert path in page.links
    order = f"/supervisions/new?dispute={handling.id}"
    assert order in visit(office.director).get(f"/disputes/{handling.id}").links
    assert order not in visit(office.mediator).get(f"/disputes/{handling.id}").links


def test_an_inbox_leads_to_what_is_to_be_done(
    office: Office, visit: Visit, case: Case, made: Callable[..., str]
) -> None:
    assert office.mediator.name
    handling = case(S.MEDIATING)
    path = made(handling)
    mediator, leader = visit(office.mediator), visit(office.leader)
    inbox = mediator.get("/inbox")
    assert "被督办，待回复" in inbox.text
    opened = next(
        mediator.fill(inbox, form.action)
        for form in inbox.forms
        if form.action.endswith("/open") and "督办" in inbox.text
    )
    assert opened.status == 303
    mediator.fill(mediator.get(path), f"{path}/answer", answer__words=REPLY)
    told = leader.get("/inbox")
    assert "督办已回复，待确认" in told.text
    form = next(each for each in told.forms if each.action.endswith("/open"))
    assert leader.fill(told, form.action).location == path


@pytest.mark.parametrize(
    "printed",
    [
        (SupervisionKind.ORDER, "督办单"),
        (SupervisionKind.LISTED, "挂牌督办通知书"),
        (SupervisionKind.CIRCULAR, "督办情况通报"),
        (SupervisionKind.TALK, "约谈通知书"),
    ],
)
def test_a_paper_is_printed_with_its_number_and_its_words(
    office: Office,
    visit: Visit,
    case: Case,
    made: Callable[..., str],
    printed: tuple[SupervisionKind, str],
) -> None:
    handling, (kind, name) = case(S.MEDIATING), printed
    path = made(handling, kind)
    page = visit(office.leader).get(f"{path}/paper")
    assert page.status == 200
    for said in (name, "〔2026〕1号", WORDS, "内容校验码", "柳溪镇人民调解委员会"):
        assert said in page.text
    for hidden in (NARRATIVE, APPLICANT["name"], "黄牌", "红牌"):
        assert hidden not in page.text
    course = visit(office.director).get(f"/disputes/{handling.id}").text
    assert "打开文书打印" in course


def test_an_urge_has_no_paper_and_words_have_few_readers(
    office: Office, visit: Visit, case: Case, made: Callable[..., str]
) -> None:
    assert (
        visit(office.leader).get(f"{made(case(S.MEDIATING), SupervisionKind.URGE)}/paper").status
        == 404
    )
    path = made(case(S.MEDIATING, restricted=True))
    second = office.actor(Role.LEADER, name="second")
    for who in (second, office.director):
        visitor = visit(who)
        page = visitor.get(path)
        assert (page.status, WORDS in page.text, "受限" in page.text) == (200, False, True)
        assert visitor.get(f"{path}/paper").status == 404
    assert visit(office.liaison).get(path).status == 404
    paper = visit(office.leader).get(f"{path}/paper")
    assert (paper.status, "邻里" in paper.text) == (200, False)


def test_the_list_has_tabs_with_counts_and_narrows(
    office: Office, visit: Visit, case: Case, made: Callable[..., str]
) -> None:
    made(case(S.MEDIATING))
    made(case(S.MEDIATING), SupervisionKind.URGE)
    leader = visit(office.leader)
    page = leader.get("/supervisions")
    assert [link for link in page.links if "state=" in link] == [
        "/supervisions?state=late",
        "/supervisions?state=open",
        "/supervisions?state=answered",
        "/supervisions?state=ended",
    ]
    assert page.html.count("data-row-link") == 2
    assert leader.get("/supervisions?state=open").html.count("data-row-link") == 1
    assert leader.get("/supervisions?kind=urge").html.count("data-row-link") == 1
    unit = office.units["station"]
    assert "data-row-link" not in leader.get(f"/supervisions?organisation={unit}").html
    assert leader.get("/supervisions?state=nonsense").location == "/supervisions"
    assert leader.get("/supervisions?cursor=x").location == "/supervisions"


def test_no_other_role_comes_in(
    office: Office, visit: Visit, case: Case, made: Callable[..., str]
) -> None:
    path = made(case(S.MEDIATING))
    for role in (Role.WINDOW, Role.LEGAL, Role.PLANNER, Role.AUDITOR, Role.SYSADMIN):
        visitor = visit(office.actor(role))
        assert [visitor.get(each).status for each in ("/supervisions", path)] == [403, 403]
    stranger = visit(office.actor(Role.LIAISON, "station"))
    nowhere = f"/supervisions/{UUID(int=1)}"
    assert [stranger.get(path).status, stranger.get(nowhere).status] == [404, 404]
