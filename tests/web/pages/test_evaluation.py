"""年度考核 on pages: a scheme drafted and published, a unit's working, an objection answered."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask

from config.vocabulary import Role
from service.rules.access import Actor
from tests.factories.evaluation import YEAR, lived
from tests.factories.town import Town
from tests.factories.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Visit = Callable[[Actor], Visitor]
HOME = f"/evaluations/{YEAR}"
NEW = f"{HOME}/scheme/new"
ONLY_KNOWN = {  # a scheme of two figures that are counted today
    "indicators.0.name": "调解成功率",
    "indicators.0.metric": "mediation_success_rate",
    "indicators.0.weight": "60",
    "indicators.0.way": "share",
    "indicators.0.target": "0.9",
    "indicators.1.name": "重复来访",
    "indicators.1.metric": "repeated_visits",
    "indicators.1.weight": "40",
    "indicators.1.way": "steps",
    "indicators.1.better": "less",
    "indicators.1.steps": "0 得 1；3 得 0.5",
    "vetoes.0.name": "被诉太多",
    "vetoes.0.metric": "lawsuits_filed",
    "vetoes.0.over": "0",
}
EMPTY = {
    f"indicators.{place}.{name}": ""
    for place in range(2, 14)
    for name in ("name", "metric", "weight")
}


def test_a_year_is_appraised_on_pages(app: Flask, visit: Visit) -> None:  # noqa: PLR0915 -- one year, from its scheme to an answer
    with app.app_context():
        town = Town()
        lived(town)
        people = {role: town.user(role) for role in (Role.PLANNER, Role.LEADER, Role.DIRECTOR)}
        liaison = town.user(Role.LIAISON, town.station)
    planner, leader, director = (visit(people[each]) for each in people)
    station = visit(liaison)
    shipped = planner.get(f"{HOME}/scheme")
    assert "这一年还没有方案" in shipped.text
    form = planner.get(NEW)
    assert form.form(NEW).values["indicators.0.metric"] == "suggestion_reply_rate"
    wrong = planner.fill(form, NEW, **(ONLY_KNOWN | EMPTY | {"indicators.0.weight": "50"}))
    assert (wrong.status, "各项权重合计是 90，应当是 100" in wrong.text) == (422, True)
    assert wrong.form(NEW).values["indicators.1.steps"] == "0 得 1；3 得 0.5"
    done = planner.fill(wrong, NEW, **(ONLY_KNOWN | EMPTY))
    assert (done.status, done.location) == (303, f"{HOME}/scheme")
    mine = planner.get(f"{HOME}/scheme")
    assert "撤回草稿" in mine.text
    assert "发布方案" not in mine.text
    waits = leader.get(f"{HOME}/scheme")
    publish = next(each.action for each in waits.forms if each.action.endswith("/publish"))
    assert "不高于 0 件得 100%；不高于 3 件得 50%；其余不得分" in waits.text
    assert leader.fill(waits, urlsplit(publish).path).status == 303
    live = director.get(HOME)
    assert "实时计算，数字会变" in live.text
    assert "一票否决“被诉太多”：有一件即否决，实际 1 件" in live.text
    director.fill(live, f"{HOME}/announce")
    shown = director.get(HOME)
    assert "公示，异议期到" in shown.text
    one = f"{HOME}/units/{town.station}"
    assert visit(liaison).get(f"{HOME}/units/{town.committee}").status == 404
    working = station.get(one)
    assert all(each in working.text for each in ("0÷2＝0%", "按比例", "总分 40.00"))
    assert any("mediation_success_rate" in each for each in working.links)
    bare = station.fill(working, f"{one}/objections", code="", words="")
    assert (bare.status, "请写异议的理由" in bare.text) == (422, True)
    words = "有一件是市里的机关"
    objected = station.fill(bare, f"{one}/objections", code="veto_lawsuits_filed", words=words)
    assert (objected.status, words in station.follow(objected).text) == (303, True)
    assert "有 1 项考核异议等您答复。" in leader.get("/").text
    assert leader.get("/evaluations").location == HOME
    listed = leader.get(f"{HOME}/objections")
    decide = next(each for each in listed.links if each.endswith("/decide"))
    answered = leader.fill(
        leader.get(decide), decide, upheld="yes", reason="核对过，不是派出所的案子"
    )
    assert answered.status == 303
    assert "核对过" in station.get(one).text
    waits = leader.get(HOME)
    assert "过了这一天才能定稿" in waits.text
    token = station.get(HOME).form("/sign-out").values["csrf_token"]
    assert station.post(f"{HOME}/freeze", {"csrf_token": token}).status == 403
    token = waits.form("/sign-out").values["csrf_token"]
    assert leader.post(f"{HOME}/freeze", {"csrf_token": token}).status == 422
    for kind in ("xlsx", "docx"):
        assert station.get(f"{HOME}/files/{kind}").status == 200
