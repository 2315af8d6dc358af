"""府检府院联动: every register to its last day, who may say what, who sees nothing."""

from datetime import date
from io import BytesIO
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
import sqlalchemy as sa

from config.vocabulary import ClockEnd, LawsuitInstance, LawsuitProcedure, Role
from models import Clock, Linkage, LinkageStep, db, wall
from service.operations import lawsuit as lawsuits
from service.operations.lawsuit import LawsuitDraft
from service.queries import sight
from tests.factories.moment import MONDAY, MONDAY_9AM
from tests.factories.office import Office
from tests.factories.program import Program, of_role, program
from tests.factories.visitor import Visitor

ALL, SEALED = "/api/v1/linkages", "/api/v1/referrals"
WORDS = "鑫淼焱垚三户"
Shown = dict[str, Any]


@pytest.fixture
def legal(office: Office) -> Program:
    """Who keeps the registers."""
    return of_role(office, Role.LEGAL)


def written(caller: Program, folder: str = ALL, **told: Any) -> Shown:
    """A row as the door showed it."""
    made = caller.post(folder, told, key=uuid4().hex)
    assert made.status_code == 201, made.text
    assert made.headers["Location"].startswith(folder)
    shown: Shown = made.get_json()
    return shown


def said(caller: Program, shown: Shown, folder: str = ALL, **told: Any) -> Any:
    """The answer to what was said of its next stage."""
    address = f"{folder}/{shown['row']['id']}"
    tag = caller.get(address).headers.get("ETag", '"1"')
    return caller.post(f"{address}/stages", told, version=tag)


def running(office: Office) -> list[tuple[str, date]]:
    """The clocks that run: rule and day."""
    with office.app.app_context(), sight.whole("jobs"):
        found = db.session.scalars(sa.select(Clock).where(Clock.stopped_at.is_(None)))
        return [(each.rule, each.due_on) for each in found]


def test_the_court_asks_for_help_and_the_unit_says_when_and_how(
    office: Office, legal: Program
) -> None:
    police, other = (of_role(office, Role.LIAISON, each) for each in ("station", "justice"))
    leader = of_role(office, Role.LEADER)
    told = {
        "register": "court_aid",
        "sort": "service",
        "asker": "某旗人民法院",
        "sign": "（2026）内0525民初1号",
        "title": "协助送达起诉状",
        "words": WORDS,
        "received_on": "2026-11-02",
        "due_on": "2026-11-09",
        "organisation": str(office.units["station"]),
    }
    assert legal.post(ALL, told).status_code == 400  # no Idempotency-Key
    assert police.post(ALL, told, key=uuid4().hex).status_code == 403
    wrong = legal.post(ALL, told | {"due_on": None, "sort": "x"}, key=uuid4().hex)
    assert (wrong.status_code, set(wrong.get_json()["errors"])) == (422, {"due_on", "sort"})
    shown = written(legal, **told)
    row, address = shown["row"], f"{ALL}/{shown['row']['id']}"
    assert row["number"].startswith("LXZXZ")
    assert (row["stage"], row["late"], shown["words"]) == ("filed", True, WORDS)
    # another unit's is as if it were not; the leader has the row and not the words
    assert (other.get(address).status_code, other.get(ALL).get_json()["items"]) == (404, [])
    assert (
        other.post(
            f"{address}/stages", {"stage": "done", "on": "2026-11-06"}, version='"1"'
        ).status_code
        == 404
    )
    assert leader.get(address).status_code == 403
    assert [each["number"] for each in leader.get(ALL).get_json()["items"]] == [row["number"]]
    counts = {each["register"]: each for each in leader.get(f"{ALL}/counts").get_json()["items"]}
    assert (counts["court_aid"]["open"], counts["court_aid"]["late"]) == (1, 1)
    # the unit says it was done; that it was called back only who keeps the register says
    assert [each["stage"] for each in police.get(address).get_json()["open"]] == ["done", "failed"]
    back = said(police, shown, stage="ended", on="2026-11-06", words="撤回")
    assert back.status_code == 403
    bare = said(police, shown, stage="done", on="2026-11-06")
    assert (bare.status_code, list(bare.get_json()["errors"])) == (422, ["words"])
    assert (
        police.post(f"{address}/stages", {"stage": "done", "on": "2026-11-06"}).status_code == 428
    )
    done = said(police, shown, stage="done", on="2026-11-10", words="三户都签收了").get_json()
    assert (done["row"]["ended_on"], done["row"]["late"], done["open"]) == ("2026-11-10", True, [])
    assert [each["words"] for each in done["stages"]] == [None, "三户都签收了"]
    assert said(legal, shown, stage="failed", on="2026-11-10", words="没有").status_code == 409
    boxes = {
        box: len(legal.get(ALL, query_string={"box": box}).get_json()["items"])
        for box in ("open", "due", "late", "done")
    }
    assert boxes == {"open": 0, "due": 0, "late": 0, "done": 1}
    with office.app.app_context(), sight.whole("jobs"):
        clock = db.session.scalars(sa.select(Clock)).one()
        assert (clock.rule, clock.stated, clock.due_on) == ("AID.DUE", True, date(2026, 11, 9))
        assert (clock.ended, clock.stopped_on) == (ClockEnd.MET, date(2026, 11, 10))
        assert clock.organisation_id == office.units["station"]
        sealed = [
            *db.session.scalars(sa.select(Linkage.words_sealed)),
            *db.session.scalars(sa.select(LinkageStep.words_sealed)),
        ]
        assert not any(each and WORDS.encode() in each for each in sealed)


def test_public_interest_is_one_chain_from_filing_to_the_suit_and_its_end(
    office: Office, legal: Program
) -> None:
    case = "（2026）内0525行初7号"
    with office.app.app_context():
        lawsuits.record(
            LawsuitDraft(
                procedure=LawsuitProcedure.LITIGATION,
                instance=LawsuitInstance.FIRST,
                court="某旗人民法院",
                cause="不履行法定职责",
                act="没有清理河道",
                plaintiffs=["某旗人民检察院"],
                organisation=office.units["station"],
                served_on=MONDAY,
                case_number=case,
            ),
            actor=office.actor(Role.LEGAL),
            desk=office.desk,
            now=MONDAY_9AM,
        )
    shown = written(
        legal,
        register="oversight",
        sort="public_interest",
        asker="某旗人民检察院",
        sign="某检行公立〔2026〕1号",
        title="河道垃圾",
        words="河滩有建筑垃圾约二十方",
        received_on="2026-08-03",
        organisation=str(office.units["station"]),
    )
    for stage, on, more in (
        ("consulted", "2026-08-10", {"words": "双方到场看过"}),
        ("suggested", "2026-08-20", {"paper": "某检行公建〔2026〕1号"}),
        ("rectified", "2026-10-10", {"words": "清走一半"}),
        ("followed", "2026-10-20", {"words": "检察院回看，还有一半"}),
        ("sued", "2026-11-02", {"lawsuit": case}),
    ):
        answer = said(legal, shown, stage=stage, on=on, **more)
        assert answer.status_code == 200, answer.text
    early = said(legal, shown, stage="ended", on="2026-11-01", words="判决履行完毕")
    assert (early.status_code, list(early.get_json()["errors"])) == (422, ["on"])
    sent = {
        "kind": "procuratorial_public_interest",
        "issuer": "某旗人民检察院",
        "document_number": "某检行公建〔2026〕1号",
        "title": "清理河滩建筑垃圾",
        "received_on": "2026-08-20",
        "organisation": str(office.units["station"]),
        "demands": [{"number": 1, "text": "清走建筑垃圾"}],
    }
    letter = legal.post("/api/v1/suggestions", sent, key=uuid4().hex).get_json()["id"]
    row = shown["row"]["id"]
    told = legal.get(f"{ALL}/{row}").get_json()
    assert [each["id"] for each in told["letters"]] == [letter]
    pages = Visitor(office.app, office.actor(Role.LEGAL))
    ways = [f"/suggestions/{letter}", f"/lawsuits/{told['lawsuit']['id']}"]
    assert [f"/linkages/{row}" in pages.get(each).links for each in ways] == [True, True]
    assert set(ways) <= set(pages.get(f"/linkages/{row}").links)
    stranger = Visitor(office.app, office.actor(Role.LIAISON, "station"))
    assert f"/linkages/{row}" in stranger.get(ways[0]).links
    ended = said(legal, shown, stage="ended", on="2026-11-10", words="判决履行完毕").get_json()
    assert ended["lawsuit"]["case_number"] == case
    assert [each["stage"] for each in ended["stages"]] == [
        "filed",
        "consulted",
        "suggested",
        "rectified",
        "followed",
        "sued",
        "ended",
    ]
    assert (ended["row"]["ended_on"], ended["row"]["due_on"]) == ("2026-11-10", None)
    unknown = written(
        legal,
        register="oversight",
        sort="litigation",
        asker="某检",
        title="另一件",
        words="监督",
        received_on="2026-08-03",
    )
    said(legal, unknown, stage="suggested", on="2026-08-04", paper="某检〔2026〕2号")
    missing = said(legal, unknown, stage="sued", on="2026-08-05", lawsuit="没有的案号")
    assert list(missing.get_json()["errors"]) == ["lawsuit"]


def test_a_clause_comes_round_and_a_late_round_stays_late(office: Office, legal: Program) -> None:
    shown = written(
        legal,
        register="obligation",
        sort="clause",
        asker="府院联动机制实施意见",
        sign="第三条",
        title="每季度会商一次",
        words="镇政府和法庭每季度会商一次",
        received_on="2026-01-01",
        due_on="2026-03-31",
        period="quarterly",
        organisation=str(office.units["justice"]),
    )
    justice = of_role(office, Role.LIAISON, "justice")
    first = said(justice, shown, stage="done", on="2026-04-02", words="纪要一号").get_json()
    second = said(justice, shown, stage="done", on="2026-06-30", words="纪要二号").get_json()
    assert (first["row"]["due_on"], first["row"]["stage"]) == ("2026-06-30", "filed")
    assert second["row"]["due_on"] == "2026-09-30"
    assert [(each["due_on"], each["late"]) for each in second["stages"][1:]] == [
        ("2026-03-31", True),
        ("2026-06-30", False),
    ]
    assert running(office) == [("LINK.DUE", date(2026, 9, 30))]
    ended = said(
        legal, shown, stage="ended", on="2026-07-01", words="机制修订，并入另一条"
    ).get_json()
    assert (ended["row"]["stage"], ended["open"]) == ("ended", [])
    assert running(office) == []


def test_a_transfer_keeps_number_kind_receipt_and_feedback_and_is_there_for_its_people_alone(
    office: Office, legal: Program
) -> None:
    told = {"sort": "duty_violation", "asker": "某旗纪委监委", "received_on": "2026-11-02"}
    refused = legal.post(SEALED, told | {"words": "线索内容"}, key=uuid4().hex)
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["words"])
    shown = written(legal, SEALED, **told)
    address = f"{SEALED}/{shown['row']['id']}"
    director, leader = of_role(office, Role.DIRECTOR), of_role(office, Role.LEADER)
    colleague = program(office, office.actor(Role.LEGAL, "justice"))
    liaison = of_role(office, Role.LIAISON, "station")
    none = director.get(f"{SEALED}/{uuid4()}")
    for other in (director, leader, colleague):
        hidden = other.get(address)
        assert hidden.status_code == 404
        assert hidden.get_json()["detail"] == none.get_json()["detail"]
        assert other.get(SEALED, query_string={"count": "true"}).get_json()["total"] == 0
    assert (
        said(director, shown, SEALED, stage="received", on="2026-11-03", paper="一号").status_code
        == 404
    )
    assert director.get(f"{ALL}/{shown['row']['id']}").status_code == 404
    assert liaison.get(address).status_code == 403
    # how many there are is told to who counts, and to nobody else
    counted = {
        each["register"]: each["total"] for each in leader.get(f"{ALL}/counts").get_json()["items"]
    }
    assert counted["referral"] == 1
    assert "referral" not in legal.get(f"{ALL}/counts").get_data(as_text=True)
    # who sees it lets somebody else see it; not anybody
    name = f"{address}/names"
    assert legal.post(name, {"user": str(office.window.user_id)}).status_code == 422
    assert director.post(name, {"user": str(office.director.user_id)}).status_code == 404
    assert legal.post(name, {"user": str(office.director.user_id)}).status_code == 200
    assert legal.post(name, {"user": str(office.director.user_id)}).status_code == 409
    assert director.get(address).get_json()["row"]["number"] == shown["row"]["number"]
    received = said(director, shown, SEALED, stage="received", on="2026-11-03", paper="回执一号")
    assert received.status_code == 200, received.text
    fed = said(legal, shown, SEALED, stage="fed_back", on="2026-11-20", paper="反馈一号").get_json()
    assert [each["paper"] for each in fed["stages"]] == [None, "回执一号", "反馈一号"]
    assert fed["words"] is None


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_second_wall_hides_what_is_sealed(office: Office, legal: Program) -> None:
    told = {"sort": "discipline", "asker": "某旗纪委监委", "received_on": "2026-11-02"}
    written(legal, SEALED, **told)
    policy = office.desk.policy.access
    with office.app.app_context():
        for who, rows in ((office.actor(Role.LEGAL), 1), (office.director, 0), (office.leader, 0)):
            with wall.seeing(sight.of(who, policy, MONDAY_9AM)):
                for table in (Linkage, LinkageStep):
                    found = db.session.scalar(sa.select(sa.func.count()).select_from(table))
                    assert found == rows, (who.roles, table)


def test_what_somebody_interfered_is_kept_with_its_number_and_never_changed(
    office: Office, legal: Program
) -> None:
    shown = written(
        legal,
        SEALED,
        register="interference",
        sort="call",
        asker="某旗人民法院",
        sign="（2026）内0525行初7号",
        received_on="2026-11-02",
        words=WORDS,
        readers=[str(office.leader.user_id)],
    )
    assert (shown["row"]["title"], shown["words"], shown["open"]) == (None, WORDS, [])
    assert said(legal, shown, SEALED, stage="ended", on="2026-11-03").status_code == 409
    leader, director = of_role(office, Role.LEADER), of_role(office, Role.DIRECTOR)
    address = f"{SEALED}/{shown['row']['id']}"
    assert leader.get(address).get_json()["words"] == WORDS
    assert director.get(address).status_code == 404
    assert (
        leader.post(f"{address}/names", {"user": str(office.director.user_id)}).status_code == 403
    )


def test_a_check_is_talked_over_more_than_once(office: Office, legal: Program) -> None:
    shown = written(
        legal,
        register="enforcement_check",
        sort="inspection",
        asker="司法所抽查",
        title="处罚程序",
        words="没有告知听证权",
        received_on="2026-11-02",
        due_on="2026-12-02",
    )
    assert running(office) == [("CHECK.DUE", date(2026, 12, 2))]
    for stage in ("consulted", "consulted", "rectified", "ended"):
        answer = said(legal, shown, stage=stage, on="2026-11-03", words="记下")
        assert answer.status_code == 200, answer.text
    assert running(office) == []
    with office.app.app_context():
        assert db.session.scalar(sa.select(Clock.ended)) is ClockEnd.MET
    asked = written(
        legal,
        register="inquiry",
        sort="files",
        asker="某旗人民检察院",
        title="调三册案卷",
        words="调阅",
        received_on="2026-11-02",
        due_on="2026-11-06",
    )
    assert (
        said(legal, asked, stage="done", on="2026-11-06", words="已送去").get_json()["row"]["late"]
        is False
    )


def sheet_of(rows: list[list[str]]) -> bytes:
    """A workbook as the court might send it."""
    book, made = openpyxl.Workbook(), BytesIO()
    book[book.sheetnames[0]].append(["数据交换说明"])  # the cover
    sheet = book.create_sheet("数据交换")
    for row in rows:
        sheet.append(row)
    book.save(made)
    return made.getvalue()


def test_the_sheet_goes_out_comes_back_and_every_difference_is_explained(
    office: Office, legal: Program
) -> None:
    with office.app.app_context():
        for number in range(1, 4):
            lawsuits.record(
                LawsuitDraft(
                    procedure=LawsuitProcedure.LITIGATION,
                    instance=LawsuitInstance.FIRST,
                    court="某旗人民法院",
                    cause="行政处罚",
                    act="罚款决定",
                    plaintiffs=["赵一"],
                    organisation=office.units["station"],
                    served_on=MONDAY,
                    case_number=f"（2026）内0525行初{number}号",
                ),
                actor=office.actor(Role.LEGAL),
                desk=office.desk,
                now=MONDAY_9AM,
            )
    folder = "/api/v1/exchanges"
    assert of_role(office, Role.LEADER).get(folder).status_code == 403
    out = legal.get(f"{folder}/sheet")
    book = openpyxl.load_workbook(BytesIO(out.get_data()))
    rows = [
        [str(cell or "") for cell in row] for row in book["数据交换"].iter_rows(values_only=True)
    ]
    assert rows[0] == ["案号", "法院", "我方编号", "状态"]
    assert [row[3] for row in rows[1:]] == ["审理中"] * 3
    # back with other brackets, another state, one of theirs, one that is wrong; one of ours lacks
    rows[1][0] = rows[1][0].replace("（", "(").replace("）", ")")
    back = [
        rows[0],
        rows[1],
        [*rows[2][:3], "已裁判"],
        ["（2026）内0525行初99号", "", "", "审理中"],
        ["", "某旗人民法院", "", "审理中"],
        ["（2026）内0525行初98号", "", "", "结了"],
        rows[1],
    ]

    def sent(content: bytes) -> Any:
        data = {"file": (BytesIO(content), "a.xlsx")}
        return legal.send("POST", folder, key=uuid4().hex, data=data)

    assert sent(b"x").status_code == 422
    assert list(sent(sheet_of([["甲", "乙"]])).get_json()["errors"]) == ["file"]
    answer = sent(sheet_of(back))
    assert answer.status_code == 201, answer.text
    found = answer.get_json()
    assert found["sheet"]["counts"] == {
        "same": 1,
        "differs": 1,
        "unknown": 1,
        "missing": 1,
        "wrong": 3,
    }
    assert [each["place"] for each in found["rows"] if each["verdict"] == "wrong"] == [5, 6, 7]
    address, tag = f"{folder}/{found['sheet']['id']}", answer.headers["ETag"]
    asked = [e["ordinal"] for e in found["rows"] if e["verdict"] not in ("same", "wrong")]
    bare = legal.post(f"{address}/keep", {}, version=tag)
    assert set(bare.get_json()["errors"]) == {f"reasons.{each}" for each in asked}
    reasons = [{"ordinal": each, "reason": "court_ahead"} for each in asked]
    kept = legal.post(f"{address}/keep", {"reasons": reasons}, version=tag)
    assert (kept.status_code, kept.get_json()["sheet"]["state"]) == (200, "kept")
    assert legal.post(f"{address}/keep", {"reasons": reasons}, version='"2"').status_code == 409
    # nothing of ours was changed by it; the same sheet may come again, and be put aside
    assert {e["status"] for e in legal.get("/api/v1/lawsuits").get_json()["items"]} == {"pending"}
    again = sent(sheet_of(back[:2]))
    aside = legal.post(
        f"{folder}/{again.get_json()['sheet']['id']}/drop", version=again.headers["ETag"]
    )
    assert aside.get_json()["sheet"]["state"] == "dropped"
