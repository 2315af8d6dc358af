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
