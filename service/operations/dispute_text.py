"""Keep a dispute findable by its words 检索: bigrams of the narrative and of names in clear."""

from sqlalchemy.orm import Session

from models import Dispute


def index(session: Session, dispute: Dispute) -> None:
    """Write the words of `dispute` into the index anew; a restricted one has none there."""
