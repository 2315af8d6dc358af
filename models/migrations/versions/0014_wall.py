"""The second wall of PostgreSQL: two roles that own nothing, and row-level security."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SEEING, WHOLE = "fengqiao_app", "fengqiao_whole"
MAKE_ROLE = """
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
            CREATE ROLE {role} NOLOGIN;
        END IF;
    EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL;
        WHEN insufficient_privilege THEN
            RAISE EXCEPTION 'ask an administrator of the server for: CREATE ROLE {role} NOLOGIN';
    END $$
"""
JOIN_ROLE = """
    DO $$ BEGIN
        IF NOT pg_has_role(current_user, '{role}', 'MEMBER') THEN
            GRANT {role} TO CURRENT_USER;
        END IF;
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END $$
"""
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
KNOWN = f"""
    ({has("brief")} AND {IN_TOWN})
    OR (restricted AND {has("sealed")} AND {IN_TOWN})
    OR {OPENED}
"""


def of_known(column: str) -> str:
    """Whether the dispute of a row is there for the one who looks."""
    return f"EXISTS (SELECT FROM dispute WHERE dispute.id = {column})"


def of_opened(column: str) -> str:
    """Whether its content is."""
    return f"EXISTS (SELECT FROM dispute WHERE dispute.id = {column} AND ({OPENED}))"


CONSULTATION = f"""
    (
        registered_by = {USER}
        OR ({has("town", "consultations")} AND ({EVERYWHERE} OR {at("town", "organisation_id")}))
        OR ({has("organisation", "consultations")} AND {at("homes", "organisation_id")})
    ) AND (question IS NOT NULL OR dispute_id IS NULL OR {of_known("consultation.dispute_id")})
"""
LAWSUIT = f"{has('town', 'lawsuits')} AND ({EVERYWHERE} OR {at('town', 'organisation_id')})"
ASKED = "EXISTS (SELECT FROM consultation WHERE consultation.id = dispute_text.consultation_id)"
POLICIES = {
    "dispute": KNOWN,
    **{table: of_known(f"{table}.dispute_id") for table in ("episode", "hold", "route")},
    **{
        table: of_opened(f"{table}.dispute_id")
        for table in (
            "agreement",
            "basis",
            "material",
            "mediation_session",
            "outside_entry",
            "party",
            "visit",
        )
    },
    "attachment": f"subject <> 'dispute' OR {of_opened('attachment.subject_id')}",
    "consultation": CONSULTATION,
    "dispute_text": (
        f"CASE WHEN dispute_id IS NULL THEN {ASKED} ELSE {of_opened('dispute_text.dispute_id')} END"
    ),
    "event": f"subject <> 'dispute' OR {of_known('event.subject_id')}",
    "glass": f"user_id = {USER} OR {of_known('glass.dispute_id')}",
    "lawsuit": LAWSUIT,
    "link": f"{of_known('link.dispute_id')} OR {of_known('link.other_id')}",
    "named": f"user_id = {USER} OR {of_known('named.dispute_id')}",
    "notice": f"user_id = {USER}",
    "share": f"organisation_id = {HOME} OR {of_known('share.dispute_id')}",
    "text_duty": f"dispute_id IS NULL OR {of_known('text_duty.dispute_id')}",
}
FUNCTION = (
    "CREATE FUNCTION wall_{name}() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER "
    "SET search_path TO 'public', 'pg_temp' AS $$ SELECT array_agg(dispute_id) FROM {name} "
    "WHERE {condition} AND ended_at IS NULL {until}$$"
)
OWN = "user_id = nullif(current_setting('fengqiao.user', true), '')::uuid"
OURS = "organisation_id = nullif(current_setting('fengqiao.home', true), '')::uuid"
MOMENT = "nullif(current_setting('fengqiao.now', true), '')::timestamptz"
FUNCTIONS = {
    "share": (OURS, f"AND (until IS NULL OR until > {MOMENT}) "),
    "named": (OWN, ""),
    "glass": (OWN, f"AND until > {MOMENT} "),
}


def upgrade() -> None:
    """Put the wall up; SQLite has none."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for role in (SEEING, WHOLE):
        run(MAKE_ROLE.format(role=role))
        run(JOIN_ROLE.format(role=role))
    _grant()
    for name, (condition, until) in FUNCTIONS.items():
        run(FUNCTION.format(name=name, condition=condition, until=until))
        run(f"REVOKE EXECUTE ON FUNCTION wall_{name}() FROM PUBLIC")
        run(f"GRANT EXECUTE ON FUNCTION wall_{name}() TO {SEEING}, {WHOLE}")
    for table, condition in POLICIES.items():
        run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        run(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        run(f"CREATE POLICY whole ON {table} TO {WHOLE}, CURRENT_USER USING (true)")
        run(f"CREATE POLICY seen ON {table} TO {SEEING} USING ({condition})")


def downgrade() -> None:
    """Take it down; the roles belong to the server, and other databases may use them."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in POLICIES:
        run(f"DROP POLICY seen ON {table}")
        run(f"DROP POLICY whole ON {table}")
        run(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        run(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for name in FUNCTIONS:
        run(f"DROP FUNCTION wall_{name}()")
    both = f"{SEEING}, {WHOLE}"
    run(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {both}")
    run(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {both}")
    run(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {both}")
    run(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {both}")
    run("REVOKE SELECT ON alembic_version FROM PUBLIC")


def _grant() -> None:
    both, rights = f"{SEEING}, {WHOLE}", "SELECT, INSERT, UPDATE, DELETE"
    run(f"GRANT USAGE ON SCHEMA public TO {both}")
    run(f"GRANT {rights} ON ALL TABLES IN SCHEMA public TO {both}")
    run(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {both}")
    run(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON TABLES TO {both}")
    run(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {both}")
    run(f"REVOKE UPDATE, DELETE ON audit_entry FROM {both}")
    run(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {both}")
    run("GRANT SELECT ON alembic_version TO PUBLIC")  # whoever logs in asks it before all else


def run(statement: str) -> None:
    """One statement of PostgreSQL's own."""
    op.execute(sa.text(statement.replace(":", r"\:")))
