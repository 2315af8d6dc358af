"""Every route for every subject about everything: theirs opens, all else is as if it were not."""

import json
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from config.settings import Settings
from config.vocabulary import Role
from jobs.runner import run_due
from models import OutboxMessage, db
from service.app import create_app
from service.rules import access
from service.rules.access import Actor
from tests.databases import DatabaseKinds
from tests.factories.dispute import registered
from tests.factories.matrix import EARLIER, NOW, Subject, Thing, World, built
from tests.factories.matrix.upkeep import renew
from tests.factories.office import Office, opened
from tests.factories.question.answer import NOTHING_THERE, REFUSED, plain, stored
from tests.factories.question.asker import Asker
from tests.factories.question.due import Due
from tests.factories.question.route import Route, routes, unknown
from tests.factories.surface import ZIP, Answer, hits, said

SEED = 20261104
SAMPLE = {"sqlite": 900, "postgresql": 400}  # the deep test asks everything on both
# these end the session that asks, or change who signs in: asked by nobody who still has to ask
ENDING = {
    "sign_in.leave": "ends the session that asks",
    "api-sign-in.sign_out": "ends the session that asks",
    "user_session.end_others": "ends other sessions of who asks",
    "user.end_sessions": "may end the session of who asks later",
    "api-user.end_sessions": "the same",
    "setup.finish": "closes the setup for good",
}


@dataclass
class Asked:
    """What a walk found."""

    combinations: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    leaks: Counter[str] = field(default_factory=Counter)
    unjudged: Counter[str] = field(default_factory=Counter)


# what the parts are taken from that do not belong to the first thing of an address
ANOTHERS = ("another organisation's", "another organisation's, restricted")
Combination = tuple[Subject, Route, Thing | None, Thing | None]


@dataclass
class Kept:
    """A world as it was when it was built: its rows, its files, and what it gave out."""

    world: World
    rows: str
    files: Path
    dice: tuple[Any, ...]
    people: int
    hired: dict[str, Actor]


@pytest.fixture(scope="module")
def _worlds(
    _databases: DatabaseKinds,
) -> Iterator[dict[str, Kept]]:
    kept: dict[str, Kept] = {}
    yield kept
    for kind, each in kept.items():
        _databases[kind].drop(each.rows)


@pytest.fixture
def world(
    app: Flask,
    settings: Settings,
    database: str,
    tmp_path_factory: pytest.TempPathFactory,
    _databases: DatabaseKinds,
    _worlds: dict[str, Kept],
) -> Iterator[World]:
    """A copy of a world that is built once on each kind of database: that takes longest."""
    given = _databases[database]
    with time_machine.travel(NOW, tick=False):
        if database not in _worlds:
            with app.app_context():
                made = built(opened(app), seed=SEED)
                db.session.remove()
                db.engine.dispose()
            files = tmp_path_factory.mktemp("world") / "files"
            shutil.copytree(settings.data_dir, files)
            rows = given.twin(settings.database_url)
            dice, hired = made.dice.getstate(), dict(made.office.people)
            _worlds[database] = Kept(made, rows, files, dice, made.people, hired)
        else:
            given.put(_worlds[database].rows, settings.database_url)
            shutil.copytree(_worlds[database].files, settings.data_dir, dirs_exist_ok=True)
        kept = _worlds[database]
        kept.world.dice.setstate(kept.dice)
        office = replace(kept.world.office, app=app, people=dict(kept.hired))
        yield replace(kept.world, office=office, people=kept.people)


def combinations(world: World) -> Iterator[Combination]:
    """Subject, route, thing; and a second thing whose parts hang on the first one's address."""
    for route in routes(world.office.app):
        nouns = route.nouns
        if route.endpoint in ENDING:
            continue
        if not nouns:
            yield from ((each, route, None, None) for each in world.subjects)
            continue
        parts = set(nouns[1:])
        things = [each for each in world.of(nouns[0]) if parts <= set(each.parts)]
        yield from ((who, route, it, None) for who, it in product(world.subjects, things))
        if len(nouns) > 1:
            other = next(each for each in things if each.relation in ANOTHERS)
            yield from ((who, route, it, other) for who, it in product(world.subjects, things))


def foreign(asker: Asker, subject: Subject) -> dict[str, str]:
    """What must come before this subject's eyes nowhere: what is looked for, and whose it is."""
    return {
        text: f"{thing.noun} {thing.relation}: {place}"
        for thing in asker.world.things
        for place, text in thing.canaries.items()
        if not asker.reads(subject.actor, thing, place)
    }


def judge(asker: Asker, asked: Asked, combination: Combination, needles: dict[str, str]) -> Answer:
    """Ask, and write down what is wrong with the answer."""
    subject, route, thing, crossed = combination
    due = asker.due(subject, route, thing)
    if crossed is not None and due is Due.OPEN and crossed is not thing:
        due = Due.SEEN
    address = asker.address(route, thing, crossed=crossed)
    answer = asker.ask(subject, route, address)
    asked.combinations[due.value] += 1
    where = f"{route.name} | {subject.name} | {thing and thing.relation}{' x' if crossed else ''}"
    for hit in hits(answer, needles):
        asked.leaks[f"{where} -> {hit}"] += 1
    problem = wrong(asker, combination, due, answer, address)
    if problem:
        asked.wrong.append(f"{where}: {due.value}, {problem}")
    if due in (Due.HIDDEN, Due.SEEN) and answer.status == 422:
        asked.unjudged[route.name] += 1
    if route.method != "GET" and answer.status < 400:
        asker.forget(subject)
    return answer


def wrong(  # noqa: PLR0911 -- one answer for each that is due
    asker: Asker, combination: Combination, due: Due, answer: Answer, address: str
) -> str | None:
    """What is wrong with an answer, if anything."""
    subject, route, _, _ = combination
    status = answer.status
    if status >= 500:
        return f"{status}"
    if due is Due.STRANGER:
        right = (401,) if route.is_api else (303,) if route.method == "GET" else (303, 400)
        return None if status in right else f"{status}"
    if due is Due.FORBIDDEN:
        return None if status == 403 else f"{status}"
    if due is Due.SEEN:
        return None if status >= 400 else f"{status}"
    if due is Due.HIDDEN:
        return _differs(asker, subject, route, answer, address)
    missing = status == 404 and route.endpoint in NOTHING_THERE
    refused = status == 403 and route.endpoint in REFUSED
    if due is Due.OPEN and status in (401, 403, 404) and not missing and not refused:
        return f"{status}"
    return None


def _differs(
    asker: Asker, subject: Subject, route: Route, answer: Answer, address: str
) -> str | None:
    nowhere = asker.address(route, None)
    control = asker.ask(subject, route, nowhere)
    if plain(answer, address) != plain(control, nowhere):
        return f"{answer.status} is not as what does not exist ({control.status})"
    return None if answer.status in (404, 422) else f"{answer.status}"


def sampled(asker: Asker, *, size: int | None) -> list[Combination]:
    """All combinations, or some: mostly those in which a thing decides, not the function alone."""
    every = list(combinations(asker.world))
    if size is None:
        return every
    dice = random.Random(SEED)
    plain_ = {Due.STRANGER, Due.FORBIDDEN, Due.ANYBODY}
    alone: list[Combination] = []
    decided: list[Combination] = []
    for each in every:
        (alone if asker.due(*each[:3]) in plain_ else decided).append(each)
    few = size // 4
    return dice.sample(decided, size - few) + dice.sample(alone, few)


def walk(world: World, *, size: int | None) -> Asked:
    """The denied first, then what is theirs; nothing may have changed between."""
    asker, asked = Asker(world), Asked()
    needles = {each.name: foreign(asker, each) for each in world.subjects}
    chosen = sampled(asker, size=size)
    denied = {Due.HIDDEN, Due.FORBIDDEN, Due.STRANGER, Due.SEEN}
    first = [each for each in chosen if asker.due(*each[:3]) in denied or each[1].method == "GET"]
    writes = [each for each in first if each[1].method != "GET"]
    reads = [each for each in first if each[1].method == "GET"]
    for each in reads:
        judge(asker, asked, each, needles[each[0].name])
    for subject in world.subjects:
        before = stored(world.office.app)
        for each in writes:
            if each[0] is subject:
                judge(asker, asked, each, needles[subject.name])
        after = stored(world.office.app)
        changed = [name for name in before if before[name] != after[name]]
        if changed:
            asked.wrong.append(f"denied writes of {subject.name} changed {changed}")
    done = set(map(id, first))
    theirs = [each for each in chosen if id(each) not in done]
    for each in theirs:
        if each[2] is not None:
            renew(world, each[2])
        judge(asker, asked, each, needles[each[0].name])
    return asked


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_route_is_derived_or_listed(world: World) -> None:
    lost = {route.name: unknown(world, route) for route in routes(world.office.app)}
    assert {name: parts for name, parts in lost.items() if parts} == {}


def told(asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    """Say how many combinations ran and every one that went wrong, whatever becomes of the test."""
    kinds = ", ".join(f"{name} {count}" for name, count in sorted(asked.combinations.items()))
    with capsys.disabled():
        print(f"\n{asked.combinations.total()} combinations, seed {SEED}: {kinds}")
        print(f"{len(asked.leaks)} leaks, {len(asked.wrong)} wrong answers")
        print("\n".join(sorted({*asked.leaks, *asked.wrong})))


def test_what_is_not_theirs_is_as_if_it_were_not(
    world: World, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = walk(world, size=SAMPLE[database])
    told(asked, capsys)
    assert (sorted(asked.wrong), sorted(asked.leaks)) == ([], [])


@pytest.mark.deep
def test_the_whole_product(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    asked = walk(world, size=None)
    told(asked, capsys)
    assert (sorted(asked.wrong), sorted(asked.leaks)) == ([], [])


def unsaid(text: str, word: str) -> str:
    """A text without what was asked, however it repeats it."""
    for way in (quote(quote(word)), quote(word), word, json.dumps(word)[1:-1]):
        text = text.replace(way, "?")
    return text


@pytest.mark.daily("sqlite")
def test_what_is_looked_for_finds_nothing_foreign(
    world: World, record_property: Callable[[str, object], None]
) -> None:
    """Whoever types a foreign word, name or number is told what they are told of any other."""
    asker, told, count = Asker(world), [], 0
    dice = random.Random(SEED)
    doors = {each.name: each for each in routes(world.office.app)}
    for subject in world.subjects:
        things = [each for each in world.disputes() if not asker.reads(subject.actor, each)]
        for thing in dice.sample(things, min(4, len(things))):
            place = dice.choice(["narrative", "0 name", "1 address", "minutes", "content", "terms"])
            if place not in thing.canaries:
                continue
            word, control = thing.canaries[place], world.word(len(thing.canaries[place]))
            for path in SEARCHES:
                answers = [
                    plain(asker.ask(subject, doors[f"GET {path}"], path, q=each, **more), path)
                    for each in (word, control)
                    for more in [{"count": "true"} if path.startswith("/api") else {}]
                ]
                count += 1
                found, nothing = (
                    unsaid(str(answer), each)
                    for answer, each in zip(answers, (word, control), strict=True)
                )
                if found != nothing:
                    told.append(f"{path} | {subject.name} | {thing.relation}: {place}")
    record_property("searches", count)
    assert told == []
    assert count >= 200


@pytest.mark.daily("postgresql")
def test_duplicates_tell_number_unit_and_reason_of_what_is_foreign(world: World) -> None:
    """And of what is restricted nothing at all."""
    asker = Asker(world)
    door = next(each for each in routes(world.office.app) if each.name == "POST /api/v1/duplicates")
    wrong_: list[str] = []
    for subject in (each for each in world.subjects if each.actor and not each.is_program):
        if subject.actor is None or not access.may(subject.actor, "duplicate.check", asker.policy):
            continue
        for thing in (each for each in world.disputes() if "0 phone" in each.canaries):
            if asker.reads(subject.actor, thing):
                continue
            known = {name: thing.canaries[f"0 {name}"] for name in ("name", "id_number", "phone")}
            party = {"role": "applicant", "kind": "person"} | known
            body = {"category": "neighbour", "parties": [party]}
            answer = asker.post(subject, door, body)
            said_ = f"{subject.name} | {thing.relation}"
            others = {
                text: place for place, text in thing.canaries.items() if text not in known.values()
            }
            wrong_ += [f"{said_} -> {hit}" for hit in hits(answer, others)]
            if answer.status == 200 and asker.standing(thing).restricted:
                wrong_ += [f"{said_}: told"] if thing.number in answer.text else []
            rows = json.loads(answer.body).get("items", []) if answer.status == 200 else []
            shown = [row for row in rows if row["number"] == thing.number]
            told = {name for row in shown for name, value in row.items() if value is not None}
            if not told <= {"number", "organisation", "reasons"}:
                wrong_.append(f"{said_} shows {sorted(told)}")
    assert wrong_ == []


@pytest.mark.daily("sqlite")
def test_no_mail_carries_anything_of_anybody(world: World) -> None:
    """The letters of a week, as they wait and as they lie in the folder."""
    app = world.office.app
    with app.app_context():
        done = run_due(app, NOW + timedelta(days=7))
        waiting = [each.content for each in db.session.scalars(sa.select(OutboxMessage))]
    assert [each.job for each in done if each.error] == []
    folder = app.extensions["settings"].data_dir
    files = [path.read_bytes() for path in folder.rglob("*.eml")]
    assert len(files) > 0
    needles = {
        text: f"{it.relation}: {n}" for it in world.things for n, text in it.canaries.items()
    }
    parts = [
        part.get_payload(decode=True) or b""
        for raw in (*files, *waiting)
        for part in message_from_bytes(raw).walk()
    ]
    every = [Answer(200, (), bytes(each)) for each in (*files, *waiting, *parts)]
    assert {hit for each in every for hit in hits(each, needles)} == set()


SECRETS = 50
SEARCHES = ("/api/v1/disputes", "/api/v1/consultations", "/search", "/disputes", "/consultations")
QUERIES: tuple[dict[str, str], ...] = (
    {},
    {"count": "true", "limit": "200"},
    {"limit": "2"},
    {"q": "东街"},
    {"status": "registered"},
    {"sort": "oldest"},
    {"from": "2026-11-01", "to": "2026-11-30"},
)
B = ("window", "mediator", "liaison")


@pytest.mark.parametrize("who", [B[2:], pytest.param(B[:2], marks=pytest.mark.deep)])
@pytest.mark.daily("sqlite")
def test_what_b_sees_does_not_depend_on_what_a_keeps(
    world: World,
    settings: Settings,
    database: str,
    database_url: str,
    _databases: DatabaseKinds,  # noqa: PT019 -- the fixture's value makes the twin
    record_property: Callable[[str, object], None],
    *,
    who: tuple[str, ...],
) -> None:
    """The same requests to two deployments; in the second the station has secrets more."""
    app = world.office.app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    other = create_app(replace(settings, database_url=_databases[database].twin(database_url)))
    with other.app_context():
        office = replace(world.office, app=other, desk=other.extensions["fengqiao"])
        for number in range(SECRETS):
            _secret(world, office, number)
    second = replace(world, office=office)
    answers = [_replayed(each, who) for each in (world, second)]
    with other.app_context():
        db.engine.dispose()
    record_property("replayed", len(answers[0]))
    changed = [name for name in answers[0] if answers[0][name] != answers[1].get(name)]
    assert [(name, answers[0][name], answers[1].get(name)) for name in changed[:1]] == []
    assert changed == []
    assert len(answers[0]) >= 100 * len(who)


def _secret(world: World, office: Office, number: int) -> None:
    """A dispute at the station; every second one restricted, and of people whom B knows too."""
    known = next(each for each in world.disputes() if each.relation == "assigned to me").canaries
    restricted = number % 2 == 0
    same = {name: known[f"0 {name}"] for name in ("name", "id_number", "phone")}
    party = {"role": "applicant", "kind": "person"} | (same if restricted else world.person())
    registered(
        office,
        actor=office.actor(Role.LIAISON, "station"),
        now=EARLIER,
        narrative=f"东街{world.word(8)}",
        parties=[party],
        restricted=restricted,
    )


def unzipped(answer: Answer) -> Answer:
    """A workbook as what stands in it: when it was packed is nobody's secret."""
    if not answer.body.startswith(ZIP):
        return answer
    return replace(answer, headers=(), body="\0".join(said(answer.body)).encode())


def _replayed(world: World, who: tuple[str, ...]) -> dict[str, object]:
    """What every reading route answers them, by subject and address."""
    asker = Asker(world)
    found: dict[str, object] = {}
    dice = random.Random(SEED)
    for route in routes(world.office.app):
        if route.method != "GET" or route.endpoint in RUNNING:
            continue
        for subject in (each for each in world.subjects if each.name in who):
            things = world.of(route.nouns[0]) if route.nouns else [None]
            for thing in dice.sample(things, min(2, len(things))):
                address = asker.address(route, thing) if thing else asker.address(route, None)
                for query in QUERIES if route.endpoint.endswith(".listed") else QUERIES[:1]:
                    answer = asker.ask(subject, route, address, **query)
                    told = plain(unzipped(answer), address)
                    about = f"{thing.noun} {thing.relation}" if thing else ""
                    found[f"{subject.name} {route.name} {about} {query}"] = told
    return found


# what tells how the service runs, of no dispute
RUNNING = {
    "api-audit.listed": "the trail's running number counts everybody's deeds",
    "audit.mine": "the same",
    "health.metrics": "counts of the running process",
    "health.ready": "free disk",
}
