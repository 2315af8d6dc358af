import json
from datetime import date
from pathlib import Path

from config import policy
from config.vocabulary import OrganisationKind, Role
from service.cli.deployment import Deployment
from service.operations import calendar as operations
from service.operations import organisation as organisations
from service.operations import user as users
from service.operations.organisation import OrganisationDraft
from service.operations.user import UserDraft
from service.queries import calendar as calendars
from service.queries.user import by_username
from service.rules.calendar_year import Off, YearDays, of_year
from tests.cli.conftest import Run
from tests.factories.moment import MONDAY_9AM

EXPLAIN = ("calendar", "explain", "--rule", "CONS.ACCEPT", "--from")


def test_a_due_date_is_explained_day_by_day(run: Run) -> None:
    done = run(*EXPLAIN, "2026-09-24", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "rule": "CONS.ACCEPT",
        "unit": "WD",
        "from": "2026-09-24",
        "in_force": True,
        "raw_due_on": "2026-10-12",
        "due_on": "2026-10-12",
        "provisional": False,
        "basis": [{"law": "消费者权益保护法", "article": "46", "grade": "A"}],
        "days": [
            *(
                {"date": f"2026-09-{day}", "kind": "holiday", "name": "中秋节"}
                for day in (25, 26, 27)
            ),
            *({"date": f"2026-09-{day}", "kind": "counted", "name": None} for day in (28, 29, 30)),
            *(
                {"date": f"2026-10-0{day}", "kind": "holiday", "name": "国庆节"}
                for day in range(1, 8)
            ),
            {"date": "2026-10-08", "kind": "counted", "name": None},
            {"date": "2026-10-09", "kind": "counted", "name": None},
            {"date": "2026-10-10", "kind": "makeup", "name": "国庆节"},
            {"date": "2026-10-11", "kind": "weekend", "name": "星期日"},
            {"date": "2026-10-12", "kind": "counted", "name": None},
        ],
    }


def test_without_json_it_is_a_table_for_people(run: Run) -> None:
    lines = run(*EXPLAIN, "2026-09-24").stdout.splitlines()
    assert lines[0].startswith("CONS.ACCEPT ")
    assert lines[2] == "2026-09-25 放假 中秋节"
    assert lines[-1] == "到期 2026-10-12"


def test_an_unknown_rule_is_refused_in_one_line(run: Run) -> None:
    done = run("calendar", "explain", "--rule", "NOPE", "--from", "2026-09-24", "--json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: 没有这条期限规则：NOPE\n"


def test_wrong_usage_exits_with_two(run: Run) -> None:
    assert run(*EXPLAIN, "yesterday").exit_code == 2
    assert run("calendar", "explain", "--rule", "CONS.ACCEPT").exit_code == 2
    assert run("calendar", "nonsense").exit_code == 2


def test_a_term_in_days_does_not_start_at_an_instant(run: Run) -> None:
    done = run(*EXPLAIN, "2026-09-24T08:00+08:00")
    assert (done.exit_code, done.stderr) == (1, "Error: CONS.ACCEPT 以日、月计，起算只写日期\n")


def test_an_instant_without_an_offset_is_the_offices_own(run: Run) -> None:
    hours = ("calendar", "explain", "--json", "--rule", "DV.ORDER.URG", "--from")
    for start in ("2026-11-22T01:00", "2026-11-22T01:00+08:00", "2026-11-21T17:00Z"):
        told = json.loads(run(*hours, start).stdout)
        assert (told["from"], told["due_on"]) == (
            "2026-11-22T01:00:00+08:00",
            "2026-11-23T01:00:00+08:00",
        )
        assert [each["date"] for each in told["days"]] == ["2026-11-23"]


def test_a_start_nobody_means_is_refused_in_chinese(run: Run) -> None:
    for start in ("9999-12-31", "0001-01-01", "0001-01-01T00:00+08:00"):
        done = run("calendar", "explain", "--rule", "LIT.OUTER.LAND", "--from", start)
        assert (done.exit_code, done.stdout, "年份不合理" in done.stderr) == (2, "", True)


def test_the_json_says_that_the_rule_is_not_in_force_then(run: Run) -> None:
    asked = ("calendar", "explain", "--json", "--rule", "CONS.MED", "--from")
    told = {day: json.loads(run(*asked, day).stdout) for day in ("2024-06-30", "2024-07-01")}
    assert [each["in_force"] for each in told.values()] == [False, True]


def test_the_table_says_whose_the_term_is_and_what_stands_behind_it(run: Run) -> None:
    lines = run("calendar", "explain", "--rule", "SEC.CASE", "--from", "2026-11-16").stdout
    assert lines.splitlines()[:2] == [
        "SEC.CASE 治安案件办案期限（法定期限）",
        "起算 2026-11-16，当日不计，30日",
    ]
    assert lines.splitlines()[-5:] == [
        "依据 公安机关办理行政案件程序规定 165、185（A 已核对法条原文）",
        "依据 治安管理处罚法（2025修订） 办案期限（C 待核实）",
        "延长 每次不超过30日，最多2次",
        "说明 2026年起自立案起算，可以延长两次，新法条文待核",
        "到期 2026-12-16",
    ]


def test_a_start_outside_the_rules_time_is_pointed_out(run: Run) -> None:
    lines = run("calendar", "explain", "--rule", "CONS.MED.OLD", "--from", "2024-07-01").stdout
    assert lines.splitlines()[-2] == "注意 起算日不在这条规则的适用期间（～2024-06-30）"


def test_a_date_that_others_state_is_not_counted(run: Run) -> None:
    done = run("calendar", "explain", "--rule", "OUT.12345", "--from", "2026-11-16", "--json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: OUT.12345 的到期日由交办单位写明，不能推算\n"


NOTICE = """国办发明电〔2026〕9号
元旦：1月1日（周五）至3日（周日）放假，共3天。
春节：2月5日（周五）至12日（周五）放假调休，共8天。2月13日（周六）、2月20日（周六）上班。
鼓励安排职工在除夕（2月4日）休息。
"""


def written(tmp_path: Path, text: str = NOTICE) -> str:
    file = tmp_path / "notice.txt"
    file.write_text(text, encoding="utf-8")
    return str(file)


def hired(deployment: Deployment, *roles: Role) -> None:
    with deployment.open() as desk:
        kind = OrganisationKind.GOVERNANCE_CENTRE
        unit = organisations.create(
            OrganisationDraft(kind=kind, name="柳溪镇综治中心", prefix="LXZ"),
            actor=None,
            now=MONDAY_9AM,
        )
        for role in roles:
            person = UserDraft(
                username=role.value, name="甲", organisation=unit, roles={role}, password=None
            )
            users.create(person, actor=None, desk=desk, now=MONDAY_9AM)


def test_a_notice_is_tried_before_anything_is_written(
    run: Run, deployment: Deployment, tmp_path: Path
) -> None:
    done = run("calendar", "import", written(tmp_path), "--year", "2027")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "放假 2027-01-01 到 2027-01-03 元旦",
        "放假 2027-02-05 到 2027-02-12 春节",
        "上班 2027-02-13 春节",
        "上班 2027-02-20 春节",
        "请核对：没有读懂：鼓励安排职工在除夕（2月4日）休息",
        "没有用到：国办发明电〔2026〕9号",
        "签发以后：推后 0，提前 0，不再暂定 0，变为暂定 0，个人信息申请 0",
        "这是试读，没有写入；加 --commit --by 用户名 存为草稿",
    ]
    with deployment.open():
        assert calendars.versions(2027) == []


def test_it_becomes_a_draft_of_somebody_who_may(
    run: Run, deployment: Deployment, tmp_path: Path
) -> None:
    hired(deployment, Role.PLANNER, Role.WINDOW)
    asked = ("calendar", "import", written(tmp_path), "--year", "2027", "--commit", "--json")
    told = json.loads(run(*asked, "--by", "planner").stdout)
    with deployment.open():
        [made] = calendars.versions(2027)
    assert (told["draft"], told["source"]) == (str(made.id), "国办发明电〔2026〕9号")
    assert (made.drafted_by, made.signed_at) == ("甲", None)
    assert run(*asked, "--by", "window").exit_code == 1
    assert run(*asked, "--by", "nobody").exit_code == 2


def test_days_that_cannot_be_so_are_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path, "元旦：1月1日放假。1月4日上班。")
    done = run("calendar", "import", file, "--year", "2027")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "2027-01-04 不是周末" in done.stderr


def test_a_date_is_explained_with_what_was_signed(run: Run, deployment: Deployment) -> None:
    hired(deployment, Role.PLANNER, Role.DIRECTOR)
    days = YearDays((Off("元旦", date(2027, 1, 1), date(2027, 1, 1)),), ())
    with deployment.open() as desk:
        planner, director = (by_username(name) for name in ("planner", "director"))
        assert planner is not None
        assert director is not None
        made = operations.draft(2027, days, "某号", actor=planner, desk=desk, now=MONDAY_9AM)
        operations.sign(made, version=1, actor=director, desk=desk, now=MONDAY_9AM)
    asked = ("calendar", "explain", "--rule", "CONS.ACCEPT", "--from", "2026-12-30", "--json")
    told = json.loads(run(*asked).stdout)
    assert (told["due_on"], told["provisional"]) == ("2027-01-11", False)


def test_a_list_too_long_for_any_year_is_refused_in_one_sentence(run: Run, tmp_path: Path) -> None:
    days = [
        {"name": f"假{n}", "date": f"2027-{n % 12 + 1:02}-{n % 28 + 1:02}", "isOffDay": True}
        for n in range(80)
    ]
    told = written(tmp_path, json.dumps({"year": 2027, "days": days}))
    done = run("calendar", "import", told, "--year", "2027")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: 放假最多 40 行\n"


def test_a_refusal_names_the_row_that_was_read_and_what_was_not(run: Run, tmp_path: Path) -> None:
    days = [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "春节", "date": "2027-01-01", "isOffDay": True},
        {"name": "春节", "date": "2027-01-01", "isOffDay": False},
        {"name": "长" * 21, "date": "2027-01-02", "isOffDay": True},
        {"name": "元旦", "date": "2026-01-01", "isOffDay": True},
    ]
    told = written(tmp_path, json.dumps({"year": 2026, "days": days}, ensure_ascii=False))
    done = run("calendar", "import", told, "--year", "2027")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "Error: 放假第 2 行（2027-01-01 春节）：与第 1 行的日期重叠；"
        "上班第 1 行（2027-01-01 春节）：与放假第 2 行矛盾：这一天写了放假；"
        "文件里写的是 2026 年，不是 2027 年；"
        f'没有读懂：{{"name": "{"长" * 21}", "date": "2027-01-02", "isOffDay": true}}；'
        "2026-01-01 不在 2027 年，没有列入：元旦\n"
    )


def test_a_notice_is_named_in_two_hundred_characters(
    run: Run, deployment: Deployment, tmp_path: Path
) -> None:
    hired(deployment, Role.PLANNER)
    asked = ("calendar", "import", written(tmp_path), "--year", "2027", "--commit")
    done = run(*asked, "--by", "planner", "--source", "长" * 201)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "依据太长，最多 200 个字" in done.stderr


def test_what_is_in_force_already_is_said_to_be_so(run: Run, tmp_path: Path) -> None:
    days = [{"name": "元旦", "date": f"2026-01-0{n}", "isOffDay": True} for n in (1, 2, 3)]
    told = written(tmp_path, json.dumps({"year": 2026, "days": days}, ensure_ascii=False))
    assert "日历相同" not in run("calendar", "import", told, "--year", "2026").stdout
    stands = of_year(policy.load().holidays, 2026)
    days = [
        {"name": each.name, "date": day.isoformat(), "isOffDay": True}
        for each in stands.off
        for day in each.days()
    ]
    days += [
        {"name": each.name, "date": each.on.isoformat(), "isOffDay": False} for each in stands.work
    ]
    told = written(tmp_path, json.dumps({"year": 2026, "days": days}, ensure_ascii=False))
    last = run("calendar", "import", told, "--year", "2026").stdout.splitlines()[-1]
    assert last == "与现行的 2026 年日历相同，不用再签发"
