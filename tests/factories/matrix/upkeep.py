"""What the running of the house leaves: holds, lists of what to forget, letters held back."""

from collections.abc import Iterator

from config.vocabulary import HoldGround, OutboxState, Role
from models import Erasure, LedgerBatch, OutboxMessage, Subscription, transaction
from service.operations import hold
from tests.factories.matrix.world import EARLIER, Thing, World


def holds(world: World) -> Iterator[Thing]:
    """Disputes that must not be forgotten yet."""
    office, of = world.office, {each.relation: each for each in world.disputes()}
    for relation in ("another organisation's", "another town's"):
        town = "north-centre" if "town" in relation else "centre"
        made = hold.place(
            of[relation].number,
            HoldGround.LAWSUIT,
            actor=office.actor(Role.DIRECTOR, town),
            desk=office.desk,
            now=EARLIER,
        )
        yield Thing("hold_id", relation, made, at=of[relation].at, dispute=of[relation].uuid)


def lists(world: World) -> Iterator[Thing]:
    """What the running of the system leaves: lists of what to forget, letters held back."""
    office = world.office
    keeper = office.actor(Role.SYSADMIN)
    recipient = f"{world.word(4)}@example.invalid"
    with transaction() as session:
        batch = LedgerBatch(
            file_name=f"{world.word(6)}.xlsx",
            file_hash="0" * 64,
            row_count=0,
            imported_at=EARLIER,
            imported_by=office.director.user_id,
        )
        subscription = Subscription(user_id=office.leader.user_id, email="leader@example.invalid")
        message = OutboxMessage(
            dedupe_key="matrix",
            recipient=recipient,
            message_id="<matrix@example.invalid>",
            content=b"",
            state=OutboxState.DEAD,
            queued_at=EARLIER,
            next_attempt_at=EARLIER,
            give_up_at=EARLIER,
        )
        proposed = Erasure(proposed_by=keeper.user_id, proposed_at=EARLIER)
        rows = {
            "batch_id": batch,
            "subscription_id": subscription,
            "message_id": message,
            "erasure_id": proposed,
        }
        session.add_all(rows.values())
        session.flush()
        found = {noun: row.id for noun, row in rows.items()}
    for noun, made in found.items():
        yield Thing(noun, "the town's", made)


def renew(world: World, thing: Thing) -> None:
    """Have an order stand again that somebody ended: the next one who may ends it too."""
    if thing.noun != "subscription_id":
        return
    with world.office.app.app_context(), transaction() as session:
        session.get_one(Subscription, thing.id).active = True
