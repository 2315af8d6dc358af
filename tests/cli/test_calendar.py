import json

from tests.cli.conftest import Run

EXPLAIN = ("calendar", "explain", "--rule", "CONS.ACCEPT", "--from")


def test_a_due_date_is_explained_day_by_day(run: Run) -> None:
    done = run(*EXPLAIN, "2026-09-24", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "rule": "CONS.ACCEPT",
        "unit": "WD",
        "from": "2026-09-24",
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
