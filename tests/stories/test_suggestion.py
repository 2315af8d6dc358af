"""A letter 检察建议 from the day it came to the look back, by program and on pages."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import docx as reader
import sqlalchemy as sa
from werkzeug.test import TestResponse

from config.suggestion import Adoption, SuggestionKind
from config.suggestion import SuggestionStep as T
from config.vocabulary import Role
from models import AuditEntry, SuggestionDemand, db
from service.clock import utc_now
from service.queries import lawsuit as lawsuits
from service.reports import docx
from service.web import show
from tests.factories import file
from tests.factories.lawsuit import sheepfold
from tests.factories.office import Office
from tests.factories.program import Program, of_role, program
from tests.factories.suggestion import DISPATCHED, MEASURE, TEXTS, lettered
from tests.factories.visitor import Page, Visitor

ALL = "/api/v1/suggestions"
ONE_DAY = timedelta(days=1)


def step(who: Program, one: str, word: str, body: Any = None) -> TestResponse:
    """A step on the version that is shown now."""
    tag = who.get(one).headers.get("ETag", '"1"')
    return who.post(f"{one}/steps/{word}", body or {}, version=tag)


def taken(who: Program, one: str, word: str, body: Any = None) -> dict[str, Any]:
    """What is shown after a step that was taken."""
    answer = step(who, one, word, body)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.get_json()
    return shown


def answered(who: Program, one: str, numbers: tuple[int, ...] = (1, 2)) -> None:
    for number in numbers:
        told = {"number": number, "measure": "已清运并立牌", "adopted": "yes", "owner": "王站长"}
        taken(who, one, "answer_demand", told)


def test_it_is_answered_sent_back_answered_again_accepted_and_looked_at_again(  # noqa: PLR0915 -- one letter from its arrival to its end
    office: Office,
) -> None:
    today = office.desk.today(utc_now())
    came = today - timedelta(days=40)
    legal, director = of_role(office, Role.LEGAL, "justice"), program(office, office.director)
    unit, other = program(office, office.liaison), of_role(office, Role.LIAISON, "station")
    body: dict[str, Any] = {
        "kind": "procuratorial_public_interest",
        "issuer": "柳溪旗人民检察院",
        "document_number": "柳检行公建〔2026〕3号",
        "title": "河道垃圾治理",
        "received_on": came.isoformat(),
        "organisation": str(office.units["station"]),
        "demands": [{"number": n, "text": each} for n, each in enumerate(TEXTS, 1)],
    }
    assert legal.post(ALL, body).status_code == 400  # no Idempotency-Key
    assert director.post(ALL, body, key=uuid4().hex).status_code == 403
    for wrong, field in (
        ({"received_on": (today + ONE_DAY).isoformat()}, "received_on"),
        ({"stated_due_on": (came - ONE_DAY).isoformat()}, "stated_due_on"),
        ({"demands": []}, "demands"),
        ({"demands": [{"number": 1, "text": "甲"}] * 2}, "demands.1.number"),
        ({"organisation": str(uuid4())}, "organisation"),
        ({"kind": "letter"}, "kind"),
        ({"colour": "red"}, "colour"),
    ):
        refused = legal.post(ALL, body | wrong, key=uuid4().hex)
        assert (refused.status_code, list(refused.get_json()["errors"])) == (422, [field])
    made = legal.post(ALL, body, key=uuid4().hex)
    shown = made.get_json()
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    one = made.headers["Location"]
    assert (shown["status"], shown["round"], shown["rule"]) == ("received", 1, "PROC.PIL")
    assert (shown["provisional"], shown["overdue"], shown["first_replied_on"]) == (
        False,
        False,
        None,
    )
    assert legal.get(one).get_json() == shown
    twice = legal.post(ALL, body, key=uuid4().hex)
    assert list(twice.get_json()["errors"]) == ["document_number"]
    # the unit it is turned over to sees it, and the one it left does not any more
    assert (unit.get(one).status_code, other.get(one).status_code) == (404, 200)
    moved = taken(director, one, "assign", {"organisation": str(office.units["committee"])})
    assert (moved["status"], moved["organisation"]["id"]) == (
        "assigned",
        str(office.units["committee"]),
    )
    assert (unit.get(one).status_code, other.get(one).status_code) == (200, 404)
    for part in ("demands", "replies"):
        hidden, nowhere = (other.get(f"{each}/{part}") for each in (one, f"{ALL}/{uuid4()}"))
        assert hidden.status_code == nowhere.status_code == 404
        assert hidden.get_json()["detail"] == nowhere.get_json()["detail"]
    # every demand first, each as somebody of the unit says it
    assert step(director, one, "approve").status_code == 409
    no = {"number": 1, "measure": "不清", "adopted": "no"}
    assert list(step(unit, one, "answer_demand", no).get_json()["errors"]) == ["reason"]
    wrong_number = {"number": 9, "measure": "清", "adopted": "yes"}
    assert list(step(unit, one, "answer_demand", wrong_number).get_json()["errors"]) == ["number"]
    answered(unit, one)
    assert [each["adopted"] for each in unit.get(f"{one}/demands").get_json()["items"]] == [
        "yes",
        "yes",
    ]
    # it counts when it went out, and goes out once somebody else approved it as it reads
    sent = {
        "dispatched_on": (today - timedelta(days=20)).isoformat(),
        "method": "邮政特快专递",
        "document_number": "柳政函〔2026〕7号",
    }
    assert step(legal, one, "dispatch", sent).status_code == 409
    assert step(unit, one, "approve").status_code == 403
    assert taken(director, one, "approve")["replies"][0]["text"].count("采纳") == 2
    answered(legal, one, (2,))  # an answer takes the approval back
    assert step(legal, one, "dispatch", sent).status_code == 409
    taken(director, one, "approve")
    early = sent | {"dispatched_on": (came - ONE_DAY).isoformat()}
    assert list(step(legal, one, "dispatch", early).get_json()["errors"]) == ["dispatched_on"]
    replied = taken(legal, one, "dispatch", sent)
    assert (replied["status"], replied["first_replied_on"], replied["late"]) == (
        "replied",
        sent["dispatched_on"],
        False,
    )
    # sent back: a round of its own, whose term the issuer states; the first reply stays
    assert step(unit, one, "send_back", {}).status_code == 403
    back = {"received_on": (today - timedelta(days=15)).isoformat(), "reason": "还有两处没有清"}
    shown = taken(legal, one, "send_back", back)
    assert (shown["status"], shown["round"], shown["provisional"]) == ("returned", 2, True)
    assert (shown["first_replied_on"], shown["replied_on"]) == (sent["dispatched_on"], None)
    stated = (today + timedelta(days=10)).isoformat()
    shown = taken(legal, one, "confirm_due", {"due_on": stated})
    assert (shown["due_on"], shown["provisional"]) == (stated, False)
    assert "confirm_due" not in shown["steps"]
    assert step(director, one, "approve").status_code == 409  # nothing was answered anew
    answered(unit, one, (1,))
    taken(director, one, "approve")
    again = sent | {"dispatched_on": today.isoformat(), "document_number": "柳政函〔2026〕9号"}
    shown = taken(legal, one, "dispatch", again)
    assert [each["dispatched_on"] for each in unit.get(f"{one}/replies").get_json()["items"]] == [
        sent["dispatched_on"],
        today.isoformat(),
    ]
    shown = taken(legal, one, "accept", {"accepted_on": today.isoformat()})
    assert shown["status"] == "accepted"
    looked = {"looked_on": today.isoformat(), "holds": True, "words": "没有反弹"}
    assert taken(legal, one, "look_back", looked)["looks"][0]["holds"] is True
    shown = taken(legal, one, "close")
    assert (shown["status"], shown["ended_as"], shown["steps"]) == ("closed", "done", ["look_back"])
    assert step(legal, one, "sue", {"filed_on": today.isoformat()}).status_code == 409
    listed = legal.get(ALL, query_string={"status": "closed", "count": "true"}).get_json()
    assert ([each["id"] for each in listed["items"]], listed["total"]) == ([shown["id"]], 1)
    assert unit.get(ALL, query_string={"overdue": "true"}).get_json()["items"] == []
    assert "清运" not in legal.get(ALL).text


def filled(
    who: Visitor, page: Page, address: str, fields: dict[str, Any], number: str = ""
) -> Page:
    """A form of a page sent with some fields changed, and where it led when it was taken."""
    found = next(
        each
        for each in page.forms
        if each.action == address and each.values.get("number", "") == number
    )
    for name, value in fields.items():
        found.values[name] = value
    answer = who.post(address, found.values)
    return who.follow(answer) if answer.status == 303 else answer


def test_on_pages_it_is_recorded_answered_approved_and_sent_with_its_papers(
    office: Office,
) -> None:
    today = office.desk.today(utc_now())
    legal, director, unit = (
        Visitor(office.app, each)
        for each in (office.actor(Role.LEGAL, "justice"), office.director, office.liaison)
    )
    told = {
        "kind": "judicial_governance",
        "issuer": "柳溪旗人民法院",
        "document_number": "（2026）柳法建3号",
        "title": "流转合同签订不规范",
        "received_on": (today - 30 * ONE_DAY).isoformat(),
        "organisation": str(office.units["committee"]),
    }
    new = "/suggestions/new"
    refused = filled(legal, legal.get(new), new, told)
    assert (refused.status, "请写 1 到 50 条建议" in refused.text) == (422, True)
    demands = {"demands.0.text": "清理已签的合同", "demands.1.text": "做一份范本"}
    page = filled(legal, refused, new, demands)
    assert "流转合同签订不规范" in page.title, page.text
    assert "来函没有写明期限" in page.text, page.text
    one = next(each for each in page.forms if each.action.endswith("/files")).action[
        : -len("/files")
    ]

    def take(who: Visitor, step: str, fields: dict[str, str], number: str = "") -> Page:
        named = {f"{step}{number}.{name}": value for name, value in fields.items()}
        return filled(who, who.get(one), f"{one}/steps/{step}", named, number)

    stated = today + 10 * ONE_DAY
    assert "来函或者文书写明" in take(legal, "confirm_due", {"due_on": stated.isoformat()}).text
    wrong = take(unit, "answer_demand", {"adopted": "no", "measure": "不清"}, "1")
    assert wrong.status == 422
    assert "不采纳的，请写明理由" in wrong.text
    assert "不清" in wrong.html
    for number in ("1", "2"):
        told = {"adopted": "yes", "measure": "已清理", "reason": "", "due_on": stated.isoformat()}
        assert take(unit, "answer_demand", told, number).status == 200
    assert director.get(f"{one}/reply/2").status == 404
    assert "草稿" in director.get(f"{one}/reply/1").text
    assert "还没有寄出" in take(director, "approve", {}).text
    sent = {"dispatched_on": today.isoformat(), "method": "直接送达", "document_number": "柳函1号"}
    assert "柳函1号" in take(legal, "dispatch", sent).text
    tomorrow = {"done_on": (today + ONE_DAY).isoformat()}
    assert "完成日期不能晚于今天" in take(unit, "finish_demand", tomorrow, "1").text
    done = take(unit, "finish_demand", {"done_on": today.isoformat()}, "1")
    assert ("登记第 1 条整改完成" in done.text, "登记第 2 条整改完成" in done.text) == (False, True)
    with office.app.app_context():
        demand = db.session.scalar(sa.select(SuggestionDemand.id).limit(1))
    assert unit.get(f"/demands/{demand}").location == one
    paper = unit.get(f"{one}/reply/1")
    assert ("柳溪旗人民法院" in paper.text, paper.text.count("已清理")) == (True, 2)
    # its original comes as a file, which who may read the letter may open
    original = {"upload.paper": "original", "upload.file": (BytesIO(file.PDF), "原件.pdf")}
    added = filled(unit, unit.get(one), f"{one}/files", original)
    assert "原件.pdf" in added.text
    link = next(each for each in added.links if "/files/" in each)
    assert legal.download(link).data == file.PDF
    assert filled(unit, unit.get(one), f"{one}/files", {}).status == 422
    stranger = Visitor(office.app, office.actor(Role.LIAISON, "station"))
    foreign = (one, link, f"{one}/reply/1", f"/demands/{demand}")
    assert [stranger.get(each).status for each in foreign] == [404] * 4
    # the register and its figures; every number opens its rows
    assert "流转合同签订不规范" in legal.get("/suggestions?status=replied").text
    assert legal.get("/suggestions?overdue=true&status=x").status == 303
    figures = legal.get("/suggestions/figures")
    assert "办复率" in figures.text
    opened = [legal.get(e).status for e in figures.links if e.startswith("/figures/suggestion")]
    assert (len(opened) >= 8, set(opened)) == (True, {200})


def lines(who: Visitor, path: str) -> list[str]:
    """What a Word file says, line by line, the cells of its table last, then its foot."""
    answer = who.download(f"{path}/docx")
    assert (answer.status_code, answer.mimetype) == (200, docx.MEDIA)
    found = reader.Document(BytesIO(answer.data))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    foot = found.sections[0].footer.paragraphs[0].text
    return [each.text for each in found.paragraphs if each.text] + cells + [foot]


def test_the_reply_is_a_draft_until_approved_and_stays_as_it_went_out(office: Office) -> None:
    now = utc_now()
    today = office.desk.today(now)
    unit = Visitor(office.app, office.liaison)
    with office.app.app_context():
        letter = lettered(office, now=now, received_on=today - 9 * ONE_DAY)
        told = {"number": 1, "measure": MEASURE, "adopted": Adoption.YES, "owner": "王站长"}
        letter.take(T.ANSWER_DEMAND, told | {"due_on": today + ONE_DAY}, now=now)
        number = letter.row.document_number
        name = letter.row.organisation.name
    one = f"/suggestions/{letter.id}"
    path = f"{one}/reply/1"
    draft = lines(unit, path)
    assert draft[0] == "草稿：还没有审核，不能寄出"
    assert draft[-1].startswith("草稿：还没有审核，不能寄出　内容校验码（SHA-256）")
    assert draft[-2] == f"{TEXTS[1]}\n（还没有答复）"
    proof = {"upload.paper": "proof", "upload.demand": "1"}
    given = {"upload.file": (BytesIO(file.PDF), "清运照片.pdf")}
    assert filled(unit, unit.get(one), f"{one}/files", proof | given).status == 200
    with office.app.app_context():
        told = {"number": 2, "measure": "立牌", "adopted": Adoption.PARTLY, "done_on": today}
        letter.take(T.ANSWER_DEMAND, told, now=now)
        letter.take(T.APPROVE, now=now, actor=office.director)
        letter.take(T.DISPATCH, DISPATCHED | {"dispatched_on": today}, now=now)
    day = f"{today.year}年{today.month}月{today.day}日"
    came, due = (show.day(today + n * ONE_DAY, year=0) for n in (-9, 1))
    planned = f"完成时间：计划{due}前完成"
    sent = lines(unit, path)
    assert sent[:-1] == [
        name,
        "柳政函〔2026〕7号",
        "关于河道垃圾治理的复函",
        "柳溪旗人民检察院：",
        f"贵院《检察建议书》（{number}）已于{came}收悉。现将办理情况函复如下：",
        "特此函复。",
        name,
        day,
        "（盖章）",
        "第 1 条",
        "\n".join(
            (TEXTS[0], f"采纳。{MEASURE}", "责任人：王站长", planned, "佐证材料：清运照片.pdf")
        ),
        "第 2 条",
        f"{TEXTS[1]}\n部分采纳。立牌\n完成时间：已于{day}完成",
    ]
    assert sent[-1].startswith("内容校验码（SHA-256）")
    # another unit answers the next round otherwise: what went out is what it was
    with office.app.app_context():
        letter.sent_back(today, now=now)
        letter.take(T.ASSIGN, {"organisation": office.units["station"]}, now=now)
        letter.answered(now=now)
    legal = Visitor(office.app, letter.legal)
    assert lines(legal, path) == sent
    again = lines(legal, f"{one}/reply/2")
    assert (again[0], again[3]) == (draft[0], "关于河道垃圾治理的再次复函")
    assert f"收悉，退回的意见已于{day}收悉。现将再次办理情况函复如下：" in again[5]
    assert unit.download(f"{path}/docx").status_code == 404  # it is theirs no more
    assert legal.download(f"{one}/reply/3/docx").status_code == 404
    with office.app.app_context():
        noted = db.session.execute(
            sa.select(AuditEntry.action, AuditEntry.detail).where(
                AuditEntry.subject_id == letter.id, AuditEntry.action == "suggestion.download"
            )
        ).all()
    assert [each.detail["ordinal"] for each in noted] == ["1", "1", "1", "2"]


def test_what_was_mistyped_is_corrected_by_program_and_on_its_page(office: Office) -> None:
    now = utc_now()
    today = office.desk.today(now)
    with office.app.app_context():
        letter = lettered(office, now=now, received_on=today - 9 * ONE_DAY)
        number = letter.row.document_number
    one, page = f"{ALL}/{letter.id}", f"/suggestions/{letter.id}/correct"
    legal = program(office, letter.legal)
    right = {"issuer": "柳溪旗检察院", "reason": "机关名称写错"}
    assert legal.patch(one, right).status_code == 428
    assert program(office, office.director).patch(one, right, version='"1"').status_code == 403
    assert legal.patch(one, {"reason": "没有改什么"}, version='"1"').status_code == 422
    assert list(legal.patch(one, {"urgent": True}, version='"1"').get_json()["errors"]) == [
        "reason"
    ]
    made = legal.patch(one, right, version='"1"')
    assert (made.status_code, made.get_json()["issuer"]) == (200, "柳溪旗检察院")
    stale = legal.patch(one, right | {"issuer": "旗检察院"}, version='"1"')
    assert (stale.status_code, stale.get_json()["changed"]) == (412, ["issuer"])
    visitor = Visitor(office.app, letter.legal)
    assert page in visitor.get(f"/suggestions/{letter.id}").links
    form = visitor.get(page)
    stands = next(each.values for each in form.forms if each.action == page)
    assert (stands["document_number"], stands["issuer"]) == (number, "柳溪旗检察院")
    missing = filled(visitor, form, page, {"issuer": "", "reason": ""})
    assert (missing.status, missing.text.count("请填写")) == (422, 4)
    stated = (today + 5 * ONE_DAY).isoformat()
    told = {"issuer": "柳溪旗人民检察院", "stated_due_on": stated, "urgent": "true"}
    shown = filled(visitor, missing, page, told | {"reason": "照原件改"})
    assert "更正建议书的登记" in shown.text
    assert "发文机关（原来是柳溪旗检察院，改为柳溪旗人民检察院）" in shown.text
    assert f"来函写明的回复期限（原来是没有写，改为{show.iso_day(stated)}）" in shown.text
    assert "照原件改" in shown.text
    assert legal.get(one).get_json()["due_on"] == stated
    with office.app.app_context():
        letter.replied(today, now=now)
    assert page not in visitor.get(f"/suggestions/{letter.id}").links
    assert "复函已经寄出" in visitor.get(page).text
    refused = legal.patch(one, right, version=legal.get(one).headers["ETag"])
    assert (refused.status_code, refused.get_json()["detail"]) == (
        409,
        "复函已经寄出，来函的登记不能再更正",
    )
    assert Visitor(office.app, office.director).get(page).status == 403


def test_a_suit_names_the_letter_it_came_after_to_who_may_read_that(office: Office) -> None:
    case = sheepfold(office)
    now = datetime(2026, 12, 5, 2, 0, tzinfo=UTC)
    with office.app.app_context():
        letter = lettered(office, now=now)
        filed = {"filed_on": date(2026, 10, 20), "lawsuit": "（2026）内9999行初9007号"}
        letter.take(T.SUE, filed, now=now)
        row = letter.row
        told = {
            "id": str(row.id),
            "number": row.number,
            "kind": "procuratorial_public_interest",
            "issuer": row.issuer,
            "document_number": row.document_number,
        }
    legal, unit = program(office, letter.legal), program(office, office.liaison)
    path = f"/api/v1/lawsuits/{case}"
    assert legal.get(path).get_json()["suggestions"] == [told]
    assert legal.get(f"{ALL}/{letter.id}").get_json()["lawsuit"]["id"] == str(case)
    seen = unit.get(f"{ALL}/{letter.id}").get_json()
    assert (seen["sued_on"], seen["lawsuit"]) == ("2026-10-20", None)
    page = Visitor(office.app, office.director).get(f"/lawsuits/{case}")
    assert f"/suggestions/{letter.id}" in page.links
    assert f"公益诉讼诉前检察建议 {told['document_number']}" in page.text
    assert (
        f"/lawsuits/{case}"
        not in Visitor(office.app, office.liaison).get(f"/suggestions/{letter.id}").links
    )
    # who reads the suits of another town than the letter's sees no letter at all
    near = replace(office.director, town=frozenset({office.units["station"]}))
    with office.app.app_context():
        shown = lawsuits.one(case, actor=near, desk=office.desk, now=now)
    assert shown.suggestions == []


def test_the_given_letters_are_due_to_the_day_in_the_api_and_on_pages(office: Office) -> None:
    """L2 and L3: recorded, and answered a day late, by a clock that is set to December."""
    now = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
    judicial: dict[str, Any] = {
        "kind": SuggestionKind.JUDICIAL_GOVERNANCE,
        "received_on": date(2026, 10, 31),
    }
    urgent: dict[str, Any] = {"received_on": date(2026, 11, 16), "urgent": True}
    with office.app.app_context():
        late = lettered(office, now=now).replied(date(2026, 12, 1), now=now)
        made = {
            late.id: ("2026-11-30", False, True),
            lettered(office, now=now, **urgent).id: ("2026-12-01", False, False),
            lettered(office, now=now, **judicial).id: ("2026-12-31", True, False),
            lettered(office, now=now, **judicial, stated_due_on=date(2026, 11, 30)).id: (
                "2026-11-30",
                False,
                False,
            ),
        }
    legal = office.actor(Role.LEGAL, "justice")
    caller, visitor = program(office, legal), Visitor(office.app, legal)
    for each, told in made.items():
        shown = caller.get(f"{ALL}/{each}").get_json()
        assert (shown["due_on"], shown["provisional"], shown["late"]) == told
        page = visitor.get(f"/suggestions/{each}").text
        due = date.fromisoformat(told[0])
        assert f"{due.month}月{due.day}日" in page
        assert ("有一轮逾期" in page, "（暂定）" in page) == (told[2], told[1])
