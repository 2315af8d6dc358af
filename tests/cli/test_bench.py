"""`fengqiao bench`: every kind of work measured on a database of its own, which is gone after."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result

from config.settings import Settings
from service.cli.bench import measure
from service.cli.bench.measure import Times

Run = Callable[..., Result]
MEASURED = [
    "list",
    "list_window",
    "list_liaison",
    "list_leader",
    "list_director",
    "list_director_deep",
    "open",
    "search_name",
    "search_word",
    "search_town_rare",
    "search_town_common",
    "routing_preview",
    "routing_preview_200_rules",
    "duplicates",
    "weekly_figures",
    "weekly_export_xlsx",
    "create",
    "ledger_import_30_rows",
]
WITHOUT_COUNTERPART = (
    "list_window",
    "routing_preview",
    "routing_preview_200_rules",
    "weekly_export_xlsx",
)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_every_kind_of_work_is_measured_and_the_live_database_is_left_alone(
    run: Run, settings: Settings, database: str
) -> None:
    given = ["--database", settings.database_url] if database == "postgresql" else []
    told = run("bench", "--size", "30", "--runs", "1", "--json", *given)
    assert told.exit_code == 0, told.output
    answer = json.loads(told.stdout)
    assert (answer["database"], answer["rows"]) == (database, 30)
    assert [line["name"] for line in answer["operations"]] == MEASURED
    for line in answer["operations"]:
        assert line["p99_ms"] >= line["p50_ms"] > 0
        assert (line["bare_sql_p50_ms"] is None) == (line["name"] in WITHOUT_COUNTERPART)
    assert answer["peak_mib"] > 0
    engine = sa.create_engine(settings.database_url)
    with engine.connect() as live:
        assert live.scalar(sa.text("SELECT count(*) FROM dispute")) == 0
    engine.dispose()


def test_people_read_a_table(run: Run) -> None:
    told = run("bench", "--size", "5", "--runs", "1")
    assert told.exit_code == 0, told.output
    lines = told.stdout.splitlines()
    assert lines[0].endswith("，sqlite，5 件")
    assert [line.split()[0] for line in lines[2:6]] == MEASURED[:4]
    assert "正在造测试数据" in told.stderr


def test_percentiles_are_runs_that_happened() -> None:
    times = Times([0.001 * n for n in range(1, 101)], cpu=0.0005)
    assert times.percentile(0.5) == pytest.approx(51)
    assert times.percentile(0.99) == pytest.approx(100)
    line = measure.told("x", times, Times([0.002], cpu=0.0))
    assert (line["p50_ms"], line["bare_sql_p50_ms"], line["ratio"]) == (51.0, 2.0, 25.5)
    assert line["cpu_ms"] == 0.5
    assert measure.told("x", times, None)["ratio"] is None


def test_a_folder_of_its_own_is_gone_after(run: Run, settings: Settings) -> None:
    before = sorted(Path(settings.data_dir).glob("**/*"))
    assert run("bench", "--size", "0").exit_code == 2
    assert sorted(Path(settings.data_dir).glob("**/*")) == before
