"""Tell members of staff 消息, in the transaction of what they are told about."""

from datetime import datetime

from sqlalchemy.orm import Session

from config.vocabulary import Step
from models import Dispute
from service.desk import Desk
from service.rules.access import Actor


def registered(
    session: Session, dispute: Dispute, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """A dispute came in: whoever dispatches is told; of danger at once and by its own word."""


def stepped(
    session: Session, dispute: Dispute, step: Step, *, actor: Actor, desk: Desk, now: datetime
) -> None:
    """A step was taken: who has to act next, or waits for the result, is told."""
