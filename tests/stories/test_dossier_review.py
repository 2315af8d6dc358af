"""A review of dossiers from the draw to the repair, and who may read what it found."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from config.vocabulary import DisputeStatus, Role
from models import DossierReview, DossierSample, db
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.operations import dossier_review as operations
from service.queries import dossier_review as queries
from service.rules import dossier_review as rules
from service.rules.access import Actor
from tests.factories.dispute import registered
from tests.factories.office import Office
from tests.factories.visitor import Visitor

WORDS = "犇羴鱻骉"


def told(office: Office, actor: Actor | None = None) -> dict[str, Any]:
    return {"actor": actor or office.director, "desk": office.desk, "now": datetime.now(UTC)}


def drawn(office: Office) -> tuple[Any, list[Any]]:
    """A draw of two from three closed disputes, inside an app context."""
    for _ in range(3):
        registered(office, now=datetime.now(UTC)).until(DisputeStatus.CLOSED, now=datetime.now(UTC))
    registered(office, now=datetime.now(UTC))
    today = office.desk.today(datetime.now(UTC))
    made = operations.draw(today, today, 2, **told(office))
    return made, queries.samples(made, **told(office))


@pytest.mark.usefixtures("inside")
def test_a_draw_is_repeated_by_its_seed_scored_sealed_and_remedied(office: Office) -> None:
    made, samples = drawn(office)
    row = db.session.get_one(DossierReview, made)
    today = office.desk.today(datetime.now(UTC))
    population = queries.population(today, today, most=99, **told(office))
    assert (row.population, len(samples)) == (3, 2)
    assert rules.draw(population, 2, row.seed) == [each.dispute_id for each in samples]
    answers = dict.fromkeys(office.desk.policy.members.items, "yes") | {"record": "no"}
    first = samples[0].id
    with pytest.raises(Invalid) as refusal:
        operations.score(first, answers, {}, **told(office))
    assert list(refusal.value.fields) == ["findings.record"]
    with pytest.raises(Conflict):
        operations.remedy(first, **told(office))
    operations.score(first, answers, {"record": WORDS}, **told(office))
    sealed = db.session.scalars(
        sa.select(DossierSample.findings_sealed).where(DossierSample.id == first)
    ).one()
    assert WORDS.encode() not in (sealed or b"")
    assert queries.sample(first, **told(office)).findings == {"record": WORDS}
    operations.remedy(first, **told(office))
    assert queries.sample(first, **told(office)).remedied_on == today
    with pytest.raises(Conflict):
        operations.score(first, answers, {"record": WORDS}, **told(office))


@pytest.mark.usefixtures("inside")
def test_only_who_reads_the_dispute_reads_what_was_found(office: Office) -> None:
    made, samples = drawn(office)
    sample = samples[0].id
    for stranger in (
        office.actor(Role.LIAISON, "station"),
        replace(office.director, organisation_id=office.units["station"], town=frozenset()),
    ):
        with pytest.raises(NotFound):
            queries.sample(sample, **told(office, stranger))
        with pytest.raises(NotFound):
            operations.remedy(sample, **told(office, stranger))
        with pytest.raises(NotFound):
            queries.one(made, actor=stranger, desk=office.desk)
    for stranger in (office.window, office.mediator, office.leader):
        with pytest.raises(Forbidden):
            queries.sample(sample, **told(office, stranger))
        with pytest.raises(Forbidden):
            operations.draw(
                office.desk.today(datetime.now(UTC)),
                office.desk.today(datetime.now(UTC)) + timedelta(days=1),
                1,
                **told(office, stranger),
            )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_it_is_drawn_scored_and_put_right_on_pages(office: Office) -> None:
    with office.app.app_context():
        registered(office, now=datetime.now(UTC)).until(DisputeStatus.CLOSED, now=datetime.now(UTC))
    director = Visitor(office.app, office.director)
    path = "/dossier-reviews"
    assert director.fill(director.get(path), path, size="0").status == 422
    page = director.follow(director.fill(director.get(path), path, size="5"))
    ask = next(each for each in page.links if "/samples/" in each)
    form = director.get(ask)
    assert "《人民调解法》" in form.text
    answers = {f"answers__{code}": "yes" for code in office.desk.policy.members.items}
    answers |= {"answers__record": "no"}
    assert director.fill(form, ask, **answers).status == 422
    shown = director.follow(director.fill(form, ask, **answers, findings__record=WORDS))
    assert WORDS in shown.text
    fixed = director.follow(director.fill(shown, f"{ask}/remedied"))
    assert "整改完成" in fixed.text
    assert Visitor(office.app, office.window).get(path).status == 403
    stranger = Visitor(office.app, office.actor(Role.LIAISON, "station"))
    assert stranger.get(ask).status == 404
