"""What else the trail of the demo tells: who signed in, who looked, what was shown and why."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from service.cli.demo.office import Account, back
from service.cli.demo.world import Life, World
from service.errors import SignInRefused
from service.operations import audit as operations
from service.operations import reveal, sign_in
from service.rules.origin import Origin

SEED: Final = 20260720
# whose computer stands where; the addresses are of a block for documentation
PLACES: Final = {
    "window": Origin("192.0.2.11", "Chrome · Windows"),
    "mediator": Origin("192.0.2.24", "360 浏览器 · Windows"),
    "director": Origin("192.0.2.12", "Firefox · 统信"),
}
# who had which field of which dispute in hand shown, and how many days ago
SHOWN: Final = (
    ("mediator", "neighbour", "applicant.id_number", 6),
    ("director", "debt", "applicant.phone", 2),
    ("mediator", "debt", "applicant.id_number", 1),
)


def lives(world: World, accounts: Sequence[Account], now: datetime) -> Iterator[Life]:
    """Looks and reveals of the last days, signing in of the last hours."""
    rng = Random(SEED)  # noqa: S311 -- the same made-up days every time
    yield _looked(world, rng, now)
    yield _shown(world, rng, now)
    passwords = {each.username: each.password for each in accounts}
    yield _came(world, passwords, now)


def _looked(world: World, rng: Random, now: datetime) -> Life:
    for at in sorted(back(now, ago, world.desk, rng) for ago in (5, 3, 2, 1)):
        yield at
        for username in ("mediator", "director"):
            actor = replace(world.staff.actors[username], address=PLACES[username].address)
            for case in (world.in_hand["neighbour"], world.in_hand["debt"]):
                operations.looked(case.id, actor=actor, desk=world.desk, now=at)


def _shown(world: World, rng: Random, now: datetime) -> Life:
    """One field at a time, each for its reason."""
    times = sorted(back(now, each[-1], world.desk, rng) for each in SHOWN)
    told = zip(SHOWN, world.town.words["reveal_reasons"], times, strict=True)
    for (username, category, field, _), reason, at in told:
        yield at
        actor = replace(world.staff.actors[username], address=PLACES[username].address)
        case = world.in_hand[category]
        reveal.reveal(case.id, field, reason, actor=actor, desk=world.desk, now=at)


def _came(world: World, passwords: dict[str, str], now: datetime) -> Life:
    """Everybody signs in, the clerk after a slip of the hand."""
    yield (at := now - timedelta(minutes=25))
    with suppress(SignInRefused):
        sign_in.sign_in("window", "", origin=PLACES["window"], desk=world.desk, now=at)
    for username, origin in PLACES.items():
        yield (at := at + timedelta(minutes=1))
        sign_in.sign_in(username, passwords[username], origin=origin, desk=world.desk, now=at)
