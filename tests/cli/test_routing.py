import json
from dataclasses import replace
from pathlib import Path

from config import routing
from config.settings import Settings
from service.cli.deployment import Deployment
from tests.cli.conftest import Kept, Run
from tests.factories.dispute import registered
from tests.factories.moment import MONDAY_10AM
from tests.factories.office import Office
from tests.factories.rulebook import FIRM, SHIPPED, changed


def test_the_shipped_rules_are_fit_to_be_used(run: Run) -> None:
    done = run("routing", "check")
    assert (done.exit_code, done.stderr) == (0, "")


def test_rules_without_their_last_one_are_refused_in_one_line(
    run: Run, deployment: Deployment, settings: Settings, tmp_path: Path
) -> None:
    text = Path(routing.__file__).with_name("routing.toml").read_text(encoding="utf-8")
    last, after = text.rindex("[[rule]]"), text.index("[visit]")
    (tmp_path / "routing.toml").write_text(text[:last] + text[after:], encoding="utf-8")
    own = Deployment(deployment.create_app, Kept(replace(settings, config_dir=tmp_path)))
    done = run("routing", "check", obj=own)
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)


def test_a_file_that_is_no_rulebook_is_refused_in_one_line(
    run: Run, deployment: Deployment, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "routing.toml").write_text("version = ", encoding="utf-8")
    own = Deployment(deployment.create_app, Kept(replace(settings, config_dir=tmp_path)))
    done = run("routing", "check", obj=own)
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)


def test_the_suggestions_are_measured_apart_on_what_nobody_looked_at(
    run: Run, tmp_path: Path
) -> None:
    asked = ["借条", "离婚", "物业费", "拖欠工资"]
    rows = [{"text": text, "category": "debt", "also": [], "clear": True} for text in asked]
    file = tmp_path / "asked.json"
    file.write_text(json.dumps(rows), encoding="utf-8")
    done = run("routing", "measure-categories", str(file))
    assert (done.exit_code, done.stderr) == (0, "")
    apart, tuned = done.stdout.split("### 调词时看过的三分之二")
    assert "| 合计 | 1 | 0（0.00） | 0（0.00） |" in apart
    assert "| 债务 | 物业 | 1 |" in apart
    assert "| 债务 | 3 | 1（0.33） | 1（0.33） |" in tuned
    told = json.loads(run("routing", "measure-categories", str(file), "--json").stdout)
    assert told["held_out"]["whole"] == {"count": 1, "first": 0, "among": 0}
    assert told["tuned"]["by_category"] == {"debt": {"count": 3, "first": 1, "among": 1}}


def test_a_file_that_is_no_list_of_questions_is_refused_in_one_line(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "asked.json"
    for text in ("{", "[1]", '[{"text": "借条"}]'):
        file.write_text(text, encoding="utf-8")
        done = run("routing", "measure-categories", str(file))
        assert (done.exit_code, done.stderr) == (1, "Error: asked.json 不是问题清单\n")


def test_a_file_of_ones_own_is_checked(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "draft.toml"
    file.write_text(changed("debt", FIRM), encoding="utf-8")
    done = run("routing", "check", str(file))
    assert (done.exit_code, done.stderr) == (0, "")
    shadowing = ('pending_at = "court"', 'pending_at = ["court", "arbitration"]')
    file.write_text(changed("pending.court", shadowing), encoding="utf-8")
    refused = run("routing", "check", str(file))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "pending.arbitration 永远轮不到" in refused.stderr


def test_a_replay_is_one_object_and_nothing_else(run: Run, office: Office, tmp_path: Path) -> None:
    with office.app.app_context():
        handled = registered(office, category="debt")
        registered(office, now=MONDAY_10AM)
        number = handled.row.number
    file = tmp_path / "draft.toml"
    file.write_text(changed("debt", FIRM), encoding="utf-8")
    done = run("routing", "replay", str(file), "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert (told["compared"], told["changed"]) == (2, 1)
    assert [(each["count"], each["to"]) for each in told["moves"]] == [(1, "yes/people/law_firm")]
    assert [each["number"] for each in told["disputes"]] == [number]
    assert set(told) >= {"compared", "changed", "moves", "disputes"}
    spoken = run("routing", "replay", str(file), "--last", "1").stdout
    assert spoken == "同第 1 版比较了 1 件，去向不同的 0 件\n"
    file.write_text(SHIPPED, encoding="utf-8")
    assert json.loads(run("routing", "replay", str(file), "--json").stdout)["changed"] == 0


def test_a_file_that_cannot_be_replayed_is_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "draft.toml"
    faulty = changed("debt", ('lead = "people_mediation_committee"', 'lead = "nobody"'))
    for content in (b"version = ", b"\xff\xfe", faulty.encode(), b'version = 1\ntitle = "x"\n'):
        file.write_bytes(content)
        done = run("routing", "replay", str(file), "--json")
        assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert run("routing", "replay", str(tmp_path / "none.toml")).exit_code == 2
    assert run("routing", "replay", str(file), "--last", "0").exit_code == 2
