"""The second wall ends at the border of a town: brief rows; and reaches units below."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SEEING = "fengqiao_app"
USER = "(SELECT nullif(current_setting('fengqiao.user', true), '')::uuid)"
HOME = "(SELECT nullif(current_setting('fengqiao.home', true), '')::uuid)"
NOW = "(SELECT nullif(current_setting('fengqiao.now', true), '')::timestamptz)"
EVERYWHERE = "(SELECT current_setting('fengqiao.everywhere', true) = 'on')"


def one_of(name: str) -> str:
    """One of the ids of a setting."""
    found = f"string_to_array(nullif(current_setting('fengqiao.{name}', true), ''), ',')::uuid[]"
    return f"= ANY ((SELECT {found})::uuid[])"


def has(word: str, kind: str = "reach") -> str:
    """Whether a right reaches so far."""
    given = f"string_to_array(current_setting('fengqiao.{kind}', true), ',')"
    return f"(SELECT '{word}' = ANY ({given}))"


def at(place: str, *columns: str) -> str:
    """Whether one of the columns names one of the organisations."""
    return " OR ".join(f"{column} {one_of(place)}" for column in columns)


UNITS = ("organisation_id", "registered_at_organisation_id")
IN_TOWN = f"({EVERYWHERE} OR {at('town', *UNITS)})"
FRESH = "(status = 'registered' AND first_dispatched_at IS NULL)"
# who is asked for a dispute's content has these; who is asked whether it is there, all
OPENED = f"""
    id {one_of("held")}
    OR (NOT restricted AND {has("town")} AND {IN_TOWN})
    OR (mediator_id = {USER} AND {has("assigned")})
    OR (registered_by = {USER} AND (
        {has("sent")}
        OR ({FRESH} AND ({has("created")} OR {has("undispatched")}))
        OR (NOT restricted AND registered_at > {NOW} - interval '24 hours' AND {has("created")})
    ))
    OR (NOT restricted AND (
        (organisation_id = {HOME} AND (
            {has("lead")}
            OR (status = 'dispatched' AND mediator_id IS NULL AND {has("waiting")})
        ))
        OR (({at("homes", *UNITS)}) AND {has("organisation")})
        OR (mediator_id {one_of("stands_for")} AND {has("assigned")})
        OR ({has("shared")} AND id = ANY ((SELECT wall_share())::uuid[]))
    ))
    OR (restricted AND (
        ({has("named")} AND id = ANY ((SELECT wall_named())::uuid[]))
        OR ({has("glass")} AND id = ANY ((SELECT wall_glass())::uuid[]))
    ))
"""
BRIEF = has("brief")
SEALED_OR_OPENED = f"""
    OR (restricted AND {has("sealed")} AND {IN_TOWN})
    OR {OPENED}
"""


def of_known(column: str) -> str:
    """Whether the dispute of a row is there for the one who looks."""
    return f"EXISTS (SELECT FROM dispute WHERE dispute.id = {column})"


CONSULTATION = f"""
    (
        registered_by = {USER}
        OR ({has("town", "consultations")} AND ({EVERYWHERE} OR {at("town", "organisation_id")}))
        OR ({has("organisation", "consultations")} AND %s)
    ) AND (question IS NOT NULL OR dispute_id IS NULL OR {of_known("consultation.dispute_id")})
"""


def upgrade() -> None:
    """Brief rows are those of one's town; consultations those of one's unit and the units below."""
    _see(f"({BRIEF} AND {IN_TOWN})", at("homes", "organisation_id"))


def downgrade() -> None:
    """As it was before."""
    _see(BRIEF, f"organisation_id = {HOME}")


def _see(brief: str, ours: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, condition in (
        ("dispute", f"{brief} {SEALED_OR_OPENED}"),
        ("consultation", CONSULTATION % ours),
    ):
        statement = f"ALTER POLICY seen ON {table} TO {SEEING} USING ({condition})"
        op.execute(sa.text(statement.replace(":", r"\:")))
