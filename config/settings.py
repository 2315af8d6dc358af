"""What the environment says: one frozen value, read once by the composition root."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

KEY_BYTES: Final = 32
KEY_NAMES: Final = ("secret", "data", "index", "audit", "backup")


class BadSettings(ValueError):
    """The environment cannot be used; `problems` names every bad variable, never its value."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one deployment.

    `env` is a label; nothing may be switched on or off by it except the checks at the start.
    Keys are 32 bytes each and, like all that may hold a secret, not shown by `repr`.
    `data_dir` holds the SQLite file, development keys and `.eml` files. `anchors` is the file that
    tells day by day where the trail ended.
    `public_url` is where citizens reach the service, without a slash at its end; None: wherever
    the request came to.
    """

    env: str
    data_dir: Path
    database_url: str = field(repr=False)
    secret_key: bytes = field(repr=False)
    data_key: bytes = field(repr=False)
    index_key: bytes = field(repr=False)
    audit_key: bytes = field(repr=False)
    backup_key: bytes = field(repr=False)
    zone: ZoneInfo
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "fengqiao@localhost"
    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    public_url: str | None = None
    config_dir: Path | None = None
    cookie_secure: bool = False
    anchor_path: Path | None = None

    @property
    def anchors(self) -> Path:
        """The file of anchors 锚点 of the trail."""
        return self.anchor_path or self.data_dir / "anchors.jsonl"

    @property
    def is_production(self) -> bool:
        """Whether this deployment serves real people."""
        return self.env == "production"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is one SQLite file."""
        return self.database_url.startswith("sqlite")

    @classmethod
    def for_test(cls, data_dir: Path, *, database_url: str | None = None) -> "Settings":
        """Settings with fixed made-up keys, for the test suite only."""
        return cls(
            env="development",
            data_dir=data_dir,
            database_url=database_url or sqlite_url(data_dir),
            secret_key=b"s" * KEY_BYTES,
            data_key=b"d" * KEY_BYTES,
            index_key=b"i" * KEY_BYTES,
            audit_key=b"a" * KEY_BYTES,
            backup_key=b"b" * KEY_BYTES,
            zone=ZoneInfo("Asia/Shanghai"),
        )


def sqlite_url(data_dir: Path) -> str:
    """The default database: one file in the data directory."""
    return f"sqlite:///{data_dir / 'fengqiao.db'}"


def from_env(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; `BadSettings` names every variable that is missing or wrong at once."""
    env = os.environ if environ is None else environ
    problems: list[str] = []
    label = env.get("FENGQIAO_ENV", "development")
    if label not in ("development", "production"):
        problems.append("FENGQIAO_ENV must be development or production")
    data_dir = Path(env.get("FENGQIAO_DATA_DIR", "./var")).resolve()
    zone = _zone(env.get("FENGQIAO_TIME_ZONE", "Asia/Shanghai"), problems)
    keys = _keys(env, data_dir, production=label == "production", problems=problems)
    url = _database_url(env, data_dir, production=label == "production", problems=problems)
    public_url = _public_url(env.get("FENGQIAO_PUBLIC_URL", ""), problems)
    if problems:
        raise BadSettings(problems)
    config_dir, anchor_path = env.get("FENGQIAO_CONFIG_DIR"), env.get("FENGQIAO_ANCHOR_PATH")
    return Settings(
        env=label,
        data_dir=data_dir,
        database_url=url,
        secret_key=keys["secret"],
        data_key=keys["data"],
        index_key=keys["index"],
        audit_key=keys["audit"],
        backup_key=keys["backup"],
        zone=zone,
        smtp_url=env.get("FENGQIAO_SMTP_URL") or None,
        mail_from=env.get("FENGQIAO_MAIL_FROM", "fengqiao@localhost"),
        allowed_hosts=_words(env.get("FENGQIAO_ALLOWED_HOSTS", "")),
        trusted_proxies=_words(env.get("FENGQIAO_TRUSTED_PROXIES", "")),
        public_url=public_url,
        config_dir=Path(config_dir).resolve() if config_dir else None,
        cookie_secure=label == "production",
        anchor_path=Path(anchor_path).resolve() if anchor_path else None,
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.replace(",", " ").split() if word)


def _zone(name: str, problems: list[str]) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        problems.append("FENGQIAO_TIME_ZONE is not a known time zone")
        return ZoneInfo("Asia/Shanghai")


def _public_url(text: str, problems: list[str]) -> str | None:
    if not text:
        return None
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and text.isascii()
        usable = whole and not parts.query and not parts.fragment
    except ValueError:
        usable = False
    if not usable:
        problems.append("FENGQIAO_PUBLIC_URL must be an http(s) address without query or fragment")
    return text.rstrip("/")


def _database_url(
    env: Mapping[str, str], data_dir: Path, *, production: bool, problems: list[str]
) -> str:
    url = env.get("FENGQIAO_DATABASE_URL") or sqlite_url(data_dir)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        problems.append("FENGQIAO_DATABASE_URL must be sqlite:/// or postgresql+psycopg://")
    if production and url.startswith("sqlite") and env.get("FENGQIAO_ALLOW_SQLITE") != "1":
        problems.append("FENGQIAO_DATABASE_URL is SQLite: set FENGQIAO_ALLOW_SQLITE=1 to allow it")
    return url


def _keys(
    env: Mapping[str, str], data_dir: Path, *, production: bool, problems: list[str]
) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for name in KEY_NAMES:
        variable = f"FENGQIAO_{name.upper()}_KEY"
        given = env.get(variable)
        if given is None and production:
            problems.append(f"{variable} is missing")
        elif given is None:
            keys[name] = _kept_key(data_dir / "keys" / name)
        else:
            keys[name] = _parsed_key(given, variable, problems)
    if production and len(set(keys.values())) < len(keys):
        problems.append("the FENGQIAO_*_KEY variables must all differ")
    return keys


def _parsed_key(text: str, variable: str, problems: list[str]) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        problems.append(f"{variable} must be {2 * KEY_BYTES} hexadecimal digits")
    return key


def _kept_key(path: Path) -> bytes:
    """The development key in `path`, made once.

    Two processes may start together: a whole file is linked into place, so the loser of the race
    reads the winner's key and nobody ever sees half a key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as made:
            made.write(secrets.token_hex(KEY_BYTES))
        try:
            os.link(made.name, path)
        except FileExistsError:
            pass
        finally:
            Path(made.name).unlink()
    return bytes.fromhex(path.read_text().strip())
