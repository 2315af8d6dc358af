"""府检府院联动 on pages: written, said, listed by what is due; the sealed ones for their people."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import openpyxl

from config.linkage import LinkageRegister
from config.vocabulary import Role
from service.rules.access import Actor
from tests.factories.office import Office
from tests.factories.visitor import Visitor

Visit = Callable[[Actor], Visitor]


def test_what_is_asked_is_written_listed_when_it_is_due_and_answered(
    office: Office, visit: Visit, now: datetime
) -> None:
    legal, police = visit(office.actor(Role.LEGAL)), visit(office.actor(Role.LIAISON, "station"))
    today = now.astimezone(office.desk.zone).date()
    for each in office.desk.policy.linkages.those(sealed=False):
        assert legal.get(f"/linkages/new?register={each.id}").status == 200
    new = legal.get("/linkages/new?register=inquiry")
    bare = legal.fill(new, "/linkages/new")
    assert (bare.status, "请填写日期" in bare.text) == (422, True)
    told = {
        "sort": "files",
        "title": "调三册案卷",
        "asker": "某旗人民检察院",
        "received_on": today.isoformat(),
        "organisation": str(office.units["station"]),
        "words": "调阅今年的三册",
    }
    refused = legal.fill(bare, "/linkages/new", **told)
    assert (refused.status, "请填写来文写明的期限" in refused.text) == (422, True)
    assert "调三册案卷" in refused.html
    told["due_on"] = (today + timedelta(days=3)).isoformat()
    made = legal.fill(refused, "/linkages/new", **told)
    assert made.status == 303
    one = str(made.location)
    assert "府检府院联动有 1 件超期或者七天内到期" in legal.get("/").text
    assert "调三册案卷" in police.get("/linkages?box=soon").text
    assert "调三册案卷" not in visit(office.actor(Role.LIAISON, "justice")).get("/linkages").text
    page = police.get(one)
    assert ("已答复" in page.text, "对方撤回" in page.text) == (True, False)
    wrong = police.fill(page, f"{one}/stages", stage="done", on=today.isoformat())
    assert (wrong.status, "请写明怎么办的" in wrong.text) == (422, True)
    done = police.fill(wrong, f"{one}/stages", stage="done", on=today.isoformat(), words="送去了")
    assert (done.status, "送去了" in police.follow(done).text) == (303, True)
    assert "七天内到期" not in legal.get("/").text
    leader = visit(office.leader).get("/linkages")
    assert ("调三册案卷" in leader.text, f'href="{one}"' in leader.html) == (True, False)


def test_a_sealed_row_has_pages_for_its_people_alone(
    office: Office, visit: Visit, now: datetime
) -> None:
    legal, director = visit(office.actor(Role.LEGAL)), visit(office.director)
    today = now.astimezone(office.desk.zone).date().isoformat()
    new = legal.get("/referrals/new?register=referral")
    assert 'name="words"' not in new.html
    told = {"sort": "discipline", "asker": "某旗纪委监委", "received_on": today}
    made = legal.fill(new, "/referrals/new", **told)
    one = str(made.location)
    shown = legal.get(one)
    assert director.get(one).status == director.get(f"/referrals/{office.units['centre']}").status
    assert director.get(one).status == 404
    number = shown.title
    assert number not in director.get("/referrals").text
    counted = director.get("/linkages").text
    assert "移送纪检监察" in counted
    named = legal.fill(shown, f"{one}/names", user=str(office.director.user_id))
    assert (named.status, director.get(one).status) == (303, 200)
    said = director.fill(
        director.get(one), f"{one}/stages", stage="received", on=today, paper="回执一号"
    )
    assert (said.status, "回执一号" in legal.get(one).text) == (303, True)
    for register in LinkageRegister:
        asked = legal.get(f"/referrals/new?register={register}")
        assert asked.status == 200


def test_the_sheet_of_the_court_is_explained_on_its_page(office: Office, visit: Visit) -> None:
    legal = visit(office.actor(Role.LEGAL))
    out = legal.get("/exchanges/sheet")
    assert out.status == 200
    book, made = openpyxl.Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["案号", "法院", "我方编号", "状态"])
    sheet.append(["（2026）内0525行初9号", "某旗人民法院", "", "审理中"])
    book.save(made)
    page = legal.get("/exchanges")
    assert legal.fill(page, "/exchanges").status == 422
    values: dict[str, Any] = dict(page.form("/exchanges").values)
    sent = legal.post("/exchanges", values | {"file": (BytesIO(made.getvalue()), "a.xlsx")})
    assert sent.status == 303, sent.text
    one = str(sent.location)
    bare = legal.fill(legal.get(one), f"{one}/keep")
    assert (bare.status, "请说明为什么不一致" in bare.text) == (422, True)
    kept = legal.fill(bare, f"{one}/keep", **{"reasons.1": "not_ours"})
    assert (kept.status, "不是本镇的案件" in legal.follow(kept).text) == (303, True)
