"""The table of rights: its roles and reaches are known, and some rights go to nobody together."""

from pathlib import Path

import pytest

from config import access
from config.access import Reach
from config.vocabulary import Role

POLICY = access.load()


def holders(action: str) -> set[str]:
    """The roles that have a right."""
    return {role.value for role in Role if POLICY.reach(role, action)}


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        ("dispute.register", {"window", "mediator", "liaison", "director", "platform"}),
        ("dispute.read", {"window", "mediator", "liaison", "director", "platform"}),
        ("dispute.list", {"window", "mediator", "liaison", "director", "leader", "platform"}),
        ("dispute.dispatch", {"director", "mediator"}),
        ("dispute.accept", {"mediator", "liaison"}),
        ("dispute.agree", {"mediator"}),
        ("dispute.fail", {"mediator", "director"}),
        ("dispute.close", {"mediator", "director"}),
        ("dispute.reopen", {"director"}),
        ("dispute.archive", {"director"}),
        ("ledger.commit", {"director"}),
        ("lawsuit.record", {"legal"}),
        ("suggestion.record", {"legal"}),
        ("suggestion.correct", {"legal"}),
        ("suggestion.read", {"legal", "liaison", "director", "leader"}),
        ("suggestion.answer_demand", {"legal", "liaison"}),
        ("suggestion.finish_demand", {"legal", "liaison"}),
        ("suggestion.approve", {"director", "leader"}),
        ("suggestion.dispatch", {"legal"}),
        ("report.publish", {"director"}),
        ("user.create", {"sysadmin"}),
        ("user.reset", {"sysadmin"}),
        ("user.disable", {"sysadmin"}),
        ("organisation.manage", {"director", "sysadmin"}),
        ("setup.run", {"sysadmin"}),
        ("user.list", {"sysadmin", "secadmin"}),
        ("user.grant", {"secadmin"}),
        ("grant.decide", {"sysadmin", "secadmin"}),
    ],
)
def test_a_right_is_held_by(action: str, roles: set[str]) -> None:
    assert holders(action) == roles


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR, Role.PLANNER])
def test_who_keeps_the_system_reads_no_dispute(role: Role) -> None:
    rights = POLICY.rights[role]
    assert [action for action in rights if action.startswith(("dispute.", "lawsuit."))] == []


def test_a_leader_has_brief_rows_and_nothing_of_a_dispute_besides() -> None:
    rights = POLICY.rights[Role.LEADER]
    of_disputes = {action: reach for action, reach in rights.items() if "dispute" in action}
    assert of_disputes == {"dispute.list": {Reach.BRIEF}}


def test_every_role_has_a_row() -> None:
    assert set(POLICY.rights) == set(Role)


def test_what_is_absent_is_denied() -> None:
    assert POLICY.reach(Role.DIRECTOR, "dispute.burn") == frozenset()


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ('[boss]\n"dispute.read" = ["town"]', "boss"),
        ('[director]\n"dispute.read" = ["everything"]', "everything"),
    ],
)
def test_a_word_nobody_knows_stops_the_start(tmp_path: Path, row: str, word: str) -> None:
    path = tmp_path / "access.toml"
    path.write_text(f"version = 1\n{row}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=word):
        access.load(path)
