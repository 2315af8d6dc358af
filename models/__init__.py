"""What we remember: tables, constraints, history, migrations."""

from models.base import Base, Identified, db, listen, transaction
from models.counter import Counter
from models.dispute import Dispute, DisputeAssist
from models.episode import Episode
from models.event import Event
from models.idempotency import IdempotencyRecord
from models.job_run import JobRun
from models.key_check import KeyCheck
from models.lawsuit import Lawsuit
from models.ledger_batch import LedgerBatch
from models.mediation import Agreement, MediationSession, Visit
from models.organisation import Organisation
from models.outbox import OutboxMessage
from models.party import Party
from models.route import Route
from models.user import User, UserRole, UserSession
from models.weekly import Subscription, WeeklyReport

__all__ = [
    "Agreement",
    "Base",
    "Counter",
    "Dispute",
    "DisputeAssist",
    "Episode",
    "Event",
    "IdempotencyRecord",
    "Identified",
    "JobRun",
    "KeyCheck",
    "Lawsuit",
    "LedgerBatch",
    "MediationSession",
    "Organisation",
    "OutboxMessage",
    "Party",
    "Route",
    "Subscription",
    "User",
    "UserRole",
    "UserSession",
    "Visit",
    "WeeklyReport",
    "db",
    "listen",
    "transaction",
]
