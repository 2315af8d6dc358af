"""The policy: shipped tables, any of which a file of the deployment replaces."""

from datetime import timedelta
from pathlib import Path
from tomllib import TOMLDecodeError

import pytest

from config import policy
from config.vocabulary import Channel, Role


def test_the_shipped_policy_has_the_numbers_of_the_contract() -> None:
    shipped = policy.load()
    given = (
        shipped.sign_in.idle,
        shipped.sign_in.absolute,
        shipped.sign_in.session_count,
        shipped.sign_in.failure_count,
        shipped.sign_in.lock,
        shipped.idempotency_kept,
    )
    assert given == (
        timedelta(minutes=30),
        timedelta(hours=12),
        3,
        5,
        timedelta(minutes=15),
        timedelta(days=7),
    )


def test_every_term_that_binds_is_a_clock_we_know() -> None:
    shipped = policy.load()
    named = {*shipped.handling.clocks, *shipped.handling.defaults.values()}
    assert {rule for rule in named if rule not in shipped.clocks} == set()
    assert set(shipped.handling.defaults) == set(Channel) - {Channel.NONE}


def test_a_file_of_the_deployment_replaces_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "access.toml").write_text('version = 7\n[window]\n"x.y" = ["all"]\n')
    own = policy.load(tmp_path)
    assert own.access.version == 7
    assert own.access.actions == {"x.y"}
    assert own.access.reach(Role.DIRECTOR, "dispute.read") == frozenset()
    assert own.rulebook.version == policy.load().rulebook.version


def test_a_broken_file_of_the_deployment_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "access.toml").write_text("version = [")
    with pytest.raises(TOMLDecodeError):
        policy.load(tmp_path)
