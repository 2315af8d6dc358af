"""What Alembic runs around the revisions; the connection comes from `models/migrate.py`."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON
from sqlalchemy.engine import Connection

from models import Base, migrate
from models.base import UTCDateTime

LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "30s"


def run(connection: Connection) -> None:
    """Run the asked revisions on `connection`, whose transaction belongs to the caller.

    On PostgreSQL a revision gives up rather than keep everybody waiting behind its lock.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_server_default=True,
        include_name=migrate.is_drafted,
        render_item=plain,
    )
    with context.begin_transaction():
        context.run_migrations()


def plain(kind: str, item: Any, drafting: AutogenContext) -> str | Literal[False]:
    """Write our own column types as plain ones: a revision must not change with our code."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        drafting.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


run(context.config.attributes["connection"])
