"""What must not be so where real people are served, each told in one line of its own."""

from dataclasses import replace

import pytest

from service.rules.start import Machine, Store, guesses, problems

SAFE = Machine(
    debug=False,
    testing=False,
    cookie_secure=True,
    free_share=0.05,
    anchor_writable=True,
    demo=False,
)


def test_a_safe_deployment_has_no_problems() -> None:
    assert problems(SAFE, Store()) == []


@pytest.mark.parametrize(
    ("machine", "store", "named"),
    [
        (replace(SAFE, debug=True), Store(), "FLASK_DEBUG"),
        (replace(SAFE, testing=True), Store(), "TESTING"),
        (replace(SAFE, cookie_secure=False), Store(), "FENGQIAO_COOKIE_SECURE"),
        (replace(SAFE, free_share=0.0499), Store(), "FENGQIAO_DATA_DIR"),
        (replace(SAFE, anchor_writable=False), Store(), "FENGQIAO_ANCHOR_PATH"),
        (replace(SAFE, demo=True), Store(), "accounts.json"),
        (SAFE, Store(superuser=True), "超级用户"),
        (SAFE, Store(passes_by=True), "BYPASSRLS"),
        (SAFE, Store(inherits=True), "NOINHERIT"),
        (SAFE, Store(owner=True), "FENGQIAO_OWNER_DATABASE_URL"),
        (SAFE, Store(guessable=["admin"]), "账户 admin"),
    ],
)
def test_each_unsafe_thing_is_told_in_one_line(machine: Machine, store: Store, named: str) -> None:
    (told,) = problems(machine, store)
    assert (named in told, "\n" in told) == (True, False)


def test_everything_is_told_at_once() -> None:
    worst = Machine(
        debug=True,
        testing=True,
        cookie_secure=False,
        free_share=0.0,
        anchor_writable=False,
        demo=True,
    )
    store = Store(
        superuser=True, passes_by=True, inherits=True, owner=True, guessable=["admin", "root"]
    )
    assert len(problems(worst, store)) == 12


def test_an_account_is_tried_with_its_own_name() -> None:
    assert {"", "director", "rotcerid", "director123"} <= set(guesses("director"))
