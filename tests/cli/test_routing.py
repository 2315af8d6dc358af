from dataclasses import replace
from pathlib import Path

from config import routing
from config.settings import Settings
from service.cli.deployment import Deployment
from tests.cli.conftest import Kept, Run


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
