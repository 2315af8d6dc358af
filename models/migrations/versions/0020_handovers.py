"""Handovers: every move of a dispute to a unit is a row; what was dispatched before has one too."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SEEING, WHOLE = "fengqiao_app", "fengqiao_whole"
NOTICES = (
    "registered",
    "danger",
    "dispatched",
    "assigned",
    "returned",
    "reopened",
    "closed",
    "same",
    "named",
    "glass_agreed",
    "glass_refused",
    "revealed_often",
    "clock",
    "clock_asked",
    "clock_decided",
    "clock_moved",
    "supervised",
    "supervision_answered",
)
OF_HANDOVERS = (
    "handed",
    "handover_due",
    "handover_accepted",
    "handover_returned",
    "handover_bounced",
    "handover_many",
)
CHANNELS = ("administrative", "people", "sector", "judicial", "none")
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
        %s
    ))
    OR (restricted AND (
        ({has("named")} AND id = ANY ((SELECT wall_named())::uuid[]))
        OR ({has("glass")} AND id = ANY ((SELECT wall_glass())::uuid[]))
    ))
"""
KNOWN = f"""
    ({has("brief")} AND {IN_TOWN})
    OR (restricted AND {has("sealed")} AND {IN_TOWN})
    %s
    OR {OPENED}
"""
INCOMING = f"OR ({has('incoming')} AND id = ANY ((SELECT wall_incoming())::uuid[]))"
HANDED = f"OR ({has('handed')} AND id = ANY ((SELECT wall_handed())::uuid[]))"
FUNCTION = (
    "CREATE FUNCTION wall_{name}() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER "
    "SET search_path TO 'public', 'pg_temp' AS $$ SELECT array_agg(dispute_id) FROM handover "
    "WHERE {unit} = nullif(current_setting('fengqiao.home', true), '')::uuid "
    "AND kind <> 'dispatch' {while_open}$$"
)
FUNCTIONS = {
    "handed": ("from_organisation_id", ""),
    "incoming": ("to_organisation_id", "AND state = 'open' "),
}
# what belongs to the content of a dispute: who is asked to take it over reads it, masked
OF_CONTENT = (
    "agreement",
    "basis",
    "material",
    "mediation_session",
    "outside_entry",
    "party",
    "visit",
)
ASKED = "EXISTS (SELECT FROM consultation WHERE consultation.id = dispute_text.consultation_id)"
# dispatches as the events tell them: how each was answered, and whether it was returned later
CARRY_OVER = """
    WITH told AS (
        SELECT id, subject_id, action, happened_at, actor_id, organisation_id, detail,
            1 + sum(CASE WHEN action = 'reopen' THEN 1 ELSE 0 END) OVER w AS episode,
            lead(action) OVER ahead AS answer,
            lead(happened_at) OVER ahead AS answered_at,
            lead(actor_id) OVER ahead AS answered_by,
            lead(action, 2) OVER ahead AS later,
            lead(happened_at, 2) OVER ahead AS later_at,
            lead(actor_id, 2) OVER ahead AS later_by
        FROM event
        WHERE subject = 'dispute' AND action IN ('dispatch', 'accept', 'return', 'reopen',
            'decline', 'withdraw', 'void', 'terminate', 'close', 'fail')
        WINDOW w AS (PARTITION BY subject_id ORDER BY id),
            ahead AS (PARTITION BY subject_id ORDER BY id)
    ), moved AS (
        SELECT told.*, dispute.status, dispute.channel, dispute.registered_at_organisation_id,
            row_number() OVER (PARTITION BY subject_id ORDER BY told.id) AS ordinal,
            CASE
                WHEN answer = 'accept' AND later = 'return' THEN 'returned'
                WHEN answer = 'accept' THEN 'accepted'
                WHEN answer = 'return' THEN 'returned'
                WHEN answer IS NOT NULL THEN 'withdrawn'
                WHEN dispute.status = 'dispatched' THEN 'open'
                ELSE 'accepted'
            END AS state
        FROM told JOIN dispute ON dispute.id = told.subject_id
        WHERE action = 'dispatch'
    )
    INSERT INTO handover (id, dispute_id, ordinal, episode, kind, state, from_organisation_id,
        to_organisation_id, to_channel, sent_at, sent_on, sent_by, look_at, accepted_at,
        answered_at, answered_by, times_back, to_director)
    SELECT {new_id}, subject_id, ordinal, episode, 'dispatch', state,
        coalesce(organisation_id, registered_at_organisation_id), {unit}, channel, happened_at,
        {day}, actor_id,
        CASE WHEN state = 'open' THEN happened_at END,
        CASE WHEN answer = 'accept' THEN answered_at
            WHEN state = 'accepted' THEN happened_at END,
        CASE WHEN state = 'open' THEN NULL
            WHEN answer = 'accept' AND state = 'returned' THEN later_at
            ELSE coalesce(answered_at, happened_at) END,
        CASE WHEN answer = 'accept' AND state = 'returned' THEN later_by ELSE answered_by END,
        0, false
    FROM moved
"""
PARTS = {
    "sqlite": {
        "new_id": "lower(hex(randomblob(16)))",
        "unit": "replace(json_extract(detail, '$.organisation'), '-', '')",
        "day": "date(happened_at, '+8 hours')",
    },
    "postgresql": {
        "new_id": "gen_random_uuid()",
        "unit": "CAST(detail->>'organisation' AS uuid)",
        "day": "CAST(happened_at AT TIME ZONE 'Asia/Shanghai' AS date)",
    },
}


def word(name: str, words: Sequence[str]) -> sa.Enum:
    """One word of several."""
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=30)


def upgrade() -> None:
    """Add what the message says."""
    op.create_table(
        "handover",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            word("kind", ("dispatch", "transfer", "directed", "delegate", "entrust")),
            nullable=False,
        ),
        sa.Column(
            "state",
            word("state", ("open", "accepted", "returned", "bounced", "withdrawn")),
            nullable=False,
        ),
        sa.Column("from_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("to_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("from_channel", word("from_channel", CHANNELS), nullable=True),
        sa.Column("to_channel", word("to_channel", CHANNELS), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent", word("consent", ("signed", "recorded", "not_needed")), nullable=True),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("consent_parties", JSON, nullable=True),
        sa.Column("ground_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("papers_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("risk_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("return_code", sa.String(length=30), nullable=True),
        sa.Column("return_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("times_back", sa.Integer(), nullable=False),
        sa.Column("to_director", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ordinal >= 1", name=op.f("ck_handover_ordinal_positive")),
        sa.CheckConstraint(
            "(state IN ('open')) = (answered_at IS NULL)",
            name=op.f("ck_handover_answered_iff_not_open"),
        ),
        sa.CheckConstraint(
            "(state IN ('open')) OR look_at IS NULL",
            name=op.f("ck_handover_answered_waits_for_nothing"),
        ),
        sa.CheckConstraint(
            "(kind IN ('dispatch')) = (from_channel IS NULL)",
            name=op.f("ck_handover_dispatch_from_none"),
        ),
        sa.CheckConstraint(
            "(kind IN ('dispatch')) = (consent IS NULL)",
            name=op.f("ck_handover_consent_iff_handed_over"),
        ),
        sa.CheckConstraint(
            "(kind IN ('dispatch')) OR from_organisation_id <> to_organisation_id",
            name=op.f("ck_handover_not_to_oneself"),
        ),
        sa.CheckConstraint(
            "return_code IS NULL OR state IN ('returned')",
            name=op.f("ck_handover_code_only_if_returned"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["user_account.id"], name=op.f("fk_handover_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_handover_dispute_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_handover_from_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["sent_by"], ["user_account.id"], name=op.f("fk_handover_sent_by")),
        sa.ForeignKeyConstraint(
            ["to_organisation_id"], ["organisation.id"], name=op.f("fk_handover_to_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("dispute_id", "ordinal", name=op.f("uq_handover_dispute_id_ordinal")),
    )
    for name, columns, condition in (
        ("uq_handover_open", ["dispute_id"], "state IN ('open')"),
        ("ix_handover_look", ["look_at"], "look_at IS NOT NULL"),
        ("ix_handover_from_newest", ["from_organisation_id", "sent_at", "id"], None),
        ("ix_handover_to_newest", ["to_organisation_id", "sent_at", "id"], None),
        ("ix_handover_open_at", ["to_organisation_id", "sent_at", "id"], "state IN ('open')"),
        ("ix_handover_to_director", ["answered_at", "id"], "to_director"),
        ("ix_handover_flow", ["sent_on", "from_channel", "to_channel"], None),
    ):
        where = {} if condition is None else {"postgresql_where": sa.text(condition)}
        where |= {} if condition is None else {"sqlite_where": sa.text(condition)}
        op.create_index(name, "handover", columns, unique=name.startswith("uq"), **where)
    _allow_notices((*NOTICES, *OF_HANDOVERS))
    _carry_over()
    if op.get_bind().dialect.name == "postgresql":
        _put_up_the_wall()


def downgrade() -> None:
    """Take it back; what was sent and answered stands in the events still."""
    op.execute(
        sa.text("DELETE FROM notice WHERE kind IN :kinds").bindparams(
            sa.bindparam("kinds", OF_HANDOVERS, expanding=True)
        )
    )
    _allow_notices(NOTICES)
    if op.get_bind().dialect.name == "postgresql":
        _see("", "")
        for name in FUNCTIONS:
            run(f"DROP FUNCTION wall_{name}()")
    op.drop_table("handover")


def _allow_notices(kinds: Sequence[str]) -> None:
    words = ", ".join(repr(kind) for kind in kinds)
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_notice_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_notice_kind"), f"kind IN ({words})")


def _carry_over() -> None:
    """Give every dispatch its row; one that is not answered yet has its term from the next look."""
    run(CARRY_OVER.format(**PARTS[op.get_bind().dialect.name]))


def _put_up_the_wall() -> None:
    """Who hands over keeps sight, and who is asked to take over has it while that is open."""
    for name, (unit, while_open) in FUNCTIONS.items():
        run(FUNCTION.format(name=name, unit=unit, while_open=while_open))
        run(f"REVOKE EXECUTE ON FUNCTION wall_{name}() FROM PUBLIC")
        run(f"GRANT EXECUTE ON FUNCTION wall_{name}() TO {SEEING}, {WHOLE}")
    _see(HANDED, INCOMING)
    seen = "EXISTS (SELECT FROM dispute WHERE dispute.id = handover.dispute_id)"
    run("ALTER TABLE handover ENABLE ROW LEVEL SECURITY")
    run("ALTER TABLE handover FORCE ROW LEVEL SECURITY")
    run(f"CREATE POLICY whole ON handover TO {WHOLE}, CURRENT_USER USING (true)")
    run(f"CREATE POLICY seen ON handover TO {SEEING} USING ({seen})")


def _see(handed: str, incoming: str) -> None:
    """Say who sees a dispute and what is in it, anew for each table: each holds the whole text."""

    def opened(column: str) -> str:
        return f"EXISTS (SELECT FROM dispute WHERE dispute.id = {column} AND ({OPENED % incoming}))"

    conditions = {
        "dispute": KNOWN % (handed, incoming),
        **{table: opened(f"{table}.dispute_id") for table in OF_CONTENT},
        "attachment": f"subject <> 'dispute' OR {opened('attachment.subject_id')}",
        "dispute_text": (
            f"CASE WHEN dispute_id IS NULL THEN {ASKED} "
            f"ELSE {opened('dispute_text.dispute_id')} END"
        ),
    }
    for table, condition in conditions.items():
        run(f"ALTER POLICY seen ON {table} TO {SEEING} USING ({condition})")


def run(statement: str) -> None:
    """One statement of a database's own."""
    op.execute(sa.text(statement.replace(":", r"\:")))
