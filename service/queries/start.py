"""What the database tells of its safety: the role we come as, and accounts that could be guessed.

The role is the one we log in as, whatever it enters for the second wall; SQLite has none.
"""

import sqlalchemy as sa

from config.vocabulary import STAFF, Role
from models import User, UserRole, db, wall
from service.gateways.passwords import verify_password
from service.rules.start import Store, guesses

# the accounts that open the others, and those a demo or a manual would name
KEEPERS = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR})
NAMED = frozenset({*(role.value for role in STAFF), "admin", "administrator", "root", "test"})
_ROLE = sa.text(
    """
    SELECT r.rolsuper, r.rolbypassrls, EXISTS (
        SELECT FROM pg_class c
        WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.relkind = 'r'
          AND pg_has_role(session_user, c.relowner, 'MEMBER')
    ), EXISTS (
        SELECT FROM pg_roles w
        WHERE w.rolname IN (:seeing, :whole) AND pg_has_role(session_user, w.oid, 'USAGE')
    )
    FROM pg_roles r WHERE r.rolname = session_user
    """
).bindparams(seeing=wall.SEEING, whole=wall.WHOLE_ROLE)


def store() -> Store:
    """What is known of the database and of whom it lets in."""
    guessable = tuple(sorted(_guessable()))
    if db.engine.dialect.name != "postgresql":
        return Store(guessable=guessable)
    superuser, passes_by, owner, inherits = db.session.execute(_ROLE).one()
    return Store(
        superuser=superuser,
        passes_by=passes_by and not superuser,
        inherits=inherits and not superuser and not owner,
        owner=owner and not superuser,
        guessable=guessable,
    )


def _guessable() -> list[str]:
    """Active accounts without a real password; those with much power are tried as one would."""
    keepers = sa.select(UserRole.user_id).where(UserRole.role.in_(KEEPERS))
    found = db.session.execute(
        sa.select(User.username, User.password_hash).where(
            User.active,
            User.password_hash.is_not(None),
            sa.or_(
                User.password_hash == "",
                User.id.in_(keepers),
                User.username.in_(sorted(NAMED)),
            ),
        )
    ).all()
    return [
        username
        for username, kept in found
        if not kept or any(verify_password(guess, kept) for guess in guesses(username))
    ]
