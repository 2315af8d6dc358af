"""What the environment says: one frozen value, read once by the composition root."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config import key as key_rules
from config.key import KEY_BYTES, KEY_NAMES, Algorithm, Given, Keys
from config.password import ProfileName

__all__ = ("KEY_NAMES", "Algorithm", "BadSettings", "Keys", "Settings", "from_env", "sqlite_url")
DEFAULT_SENDER: Final = "fengqiao@localhost"
NO_PROXY: Final = "none"
STATIC: Final = Path(__file__).parents[1] / "service" / "web" / "static"
ON: Final = frozenset({"1", "true", "yes", "on"})


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
    `data_dir` holds the SQLite file, development keys and `.eml` files.
    `data_keys` and `index_keys` stand newest first; what stands in a file can change while we run.
    `owner_database_url` is the role that may change tables: used by the db commands when set.
    `public_url` is where citizens reach the service, without a slash at its end; None: wherever
    the request came to.
    `second_factor`: some roles sign in with a code besides the password; `password_renewal`: who
    has a password somebody else chose, or an old one, chooses a new one first. Both are off in
    development.
    """

    env: str
    data_dir: Path
    database_url: str = field(repr=False)
    secret_key: bytes = field(repr=False)
    data_keys: tuple[bytes, ...] = field(repr=False)
    index_keys: tuple[bytes, ...] = field(repr=False)
    audit_key: bytes = field(repr=False)
    backup_key: bytes = field(repr=False)
    zone: ZoneInfo
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = DEFAULT_SENDER
    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    public_url: str | None = None
    config_dir: Path | None = None
    cookie_secure: bool = False
    cipher: Algorithm = Algorithm.AES_256_GCM
    data_key_file: Path | None = None
    index_key_file: Path | None = None
    owner_database_url: str | None = field(default=None, repr=False)
    anchor_path: Path | None = None
    password_profile: ProfileName = ProfileName.DENGBAO
    second_factor: bool = False
    password_renewal: bool = False

    @property
    def anchors(self) -> Path:
        """The file that tells day by day where the audit trail ended 锚点."""
        return self.anchor_path or self.data_dir / "anchors.jsonl"

    @property
    def is_production(self) -> bool:
        """Whether this deployment serves real people."""
        return self.env == "production"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is one SQLite file."""
        return self.database_url.startswith("sqlite")

    @property
    def data_key(self) -> bytes:
        """The newest data key."""
        return self.data_keys[0]

    @property
    def index_key(self) -> bytes:
        """The newest index key."""
        return self.index_keys[0]

    def keys_now(self) -> Callable[[], Keys]:
        """Tells the keys there are at any moment: key files are followed."""
        return key_rules.follower(
            Given(self.data_keys, self.data_key_file), Given(self.index_keys, self.index_key_file)
        )

    @classmethod
    def for_test(cls, data_dir: Path, *, database_url: str | None = None) -> "Settings":
        """Settings with fixed made-up keys, for the test suite only."""
        return cls(
            env="development",
            data_dir=data_dir,
            database_url=database_url or sqlite_url(data_dir),
            secret_key=b"s" * KEY_BYTES,
            data_keys=(b"d" * KEY_BYTES,),
            index_keys=(b"i" * KEY_BYTES,),
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
    production = label == "production"
    if label not in ("development", "production"):
        problems.append("FENGQIAO_ENV must be development or production")
    data_dir = Path(env.get("FENGQIAO_DATA_DIR", "./var")).resolve()
    zone = _zone(env.get("FENGQIAO_TIME_ZONE", "Asia/Shanghai"), problems)
    keys = _keys(env, data_dir, production=production, problems=problems)
    url = _database_url(env, data_dir, production=production, problems=problems)
    public_url = _public_url(env.get("FENGQIAO_PUBLIC_URL", ""), problems)
    cipher = _cipher(env.get("FENGQIAO_CIPHER") or Algorithm.AES_256_GCM.value, problems)
    owner_url = _owner_url(env.get("FENGQIAO_OWNER_DATABASE_URL") or None, url, problems)
    if production:
        problems += _unsafe(env)
    profile = _profile(env.get("FENGQIAO_PASSWORD_PROFILE") or ProfileName.DENGBAO, problems)
    if problems:
        raise BadSettings(problems)
    config_dir = env.get("FENGQIAO_CONFIG_DIR")
    anchor_path = env.get("FENGQIAO_ANCHOR_PATH")
    read = Settings(
        env=label,
        data_dir=data_dir,
        database_url=url,
        secret_key=keys["secret"].keys[0],
        data_keys=keys["data"].keys,
        index_keys=keys["index"].keys,
        audit_key=keys["audit"].keys[0],
        backup_key=keys["backup"].keys[0],
        zone=zone,
        smtp_url=env.get("FENGQIAO_SMTP_URL") or None,
        mail_from=env.get("FENGQIAO_MAIL_FROM") or DEFAULT_SENDER,
        allowed_hosts=_words(env.get("FENGQIAO_ALLOWED_HOSTS", "")),
        trusted_proxies=_proxies(env.get("FENGQIAO_TRUSTED_PROXIES", "")),
        public_url=public_url,
        config_dir=Path(config_dir).resolve() if config_dir else None,
        cookie_secure=_is_on(env.get("FENGQIAO_COOKIE_SECURE") or str(int(production))),
        cipher=cipher,
        data_key_file=keys["data"].path,
        index_key_file=keys["index"].path,
        owner_database_url=owner_url,
        anchor_path=Path(anchor_path).resolve() if anchor_path else None,
        password_profile=profile,
        second_factor=label == "production",
        password_renewal=label == "production",
    )
    if misplaced := _inside_static(read):
        raise BadSettings(misplaced)
    return read


def _unsafe(env: Mapping[str, str]) -> list[str]:
    """What may be so on a desk of our own, and must not where real people are served."""
    sender = env.get("FENGQIAO_MAIL_FROM") or DEFAULT_SENDER
    preloaded = env.get("LD_PRELOAD", "") + env.get("DYLD_INSERT_LIBRARIES", "")
    found = [
        (_is_on(env.get("FLASK_DEBUG", "")), "FLASK_DEBUG must not be on"),
        (_is_on(env.get("FLASK_TESTING", "")), "FLASK_TESTING must not be on"),
        (
            not _is_on(env.get("FENGQIAO_COOKIE_SECURE") or "1"),
            "FENGQIAO_COOKIE_SECURE must not be off: cookies would cross the net in clear",
        ),
        (
            not _words(env.get("FENGQIAO_ALLOWED_HOSTS", "")),
            "FENGQIAO_ALLOWED_HOSTS is missing: the host names people type",
        ),
        (
            "*" in _words(env.get("FENGQIAO_ALLOWED_HOSTS", "")),
            "FENGQIAO_ALLOWED_HOSTS must name the hosts one by one",
        ),
        (
            not _words(env.get("FENGQIAO_TRUSTED_PROXIES", "")),
            f"FENGQIAO_TRUSTED_PROXIES is missing: the proxies in front, or `{NO_PROXY}`",
        ),
        ("FENGQIAO_NOW" in env, "FENGQIAO_NOW must not be set: the clock is the machine's"),
        (
            "faketime" in preloaded or "FAKETIME" in env,
            "LD_PRELOAD or FAKETIME changes the clock: unset them",
        ),
        (
            sender.endswith("@localhost") or "@" not in sender,
            "FENGQIAO_MAIL_FROM is missing: the address letters come from",
        ),
        (
            not env.get("FENGQIAO_ANCHOR_PATH"),
            "FENGQIAO_ANCHOR_PATH is missing: where the trail is anchored each day",
        ),
    ]
    return [told for is_so, told in found if is_so]


def _inside_static(read: Settings) -> list[str]:
    """What would lie where the web server gives files to everybody."""
    kept = read.database_url.removeprefix("sqlite:///") if read.is_sqlite else None
    places = [
        ("FENGQIAO_DATA_DIR", read.data_dir),
        ("FENGQIAO_DATABASE_URL", Path(kept).resolve() if kept else None),
        ("FENGQIAO_ANCHOR_PATH", read.anchor_path),
    ]
    return [
        f"{name} lies inside the folder of static files, which everybody may read"
        for name, path in places
        if path is not None and path.is_relative_to(STATIC)
    ]


def _is_on(text: str) -> bool:
    return text.strip().casefold() in ON


def _proxies(text: str) -> tuple[str, ...]:
    given = _words(text)
    return () if given == (NO_PROXY,) else given


def _cipher(text: str, problems: list[str]) -> Algorithm:
    try:
        return Algorithm(text)
    except ValueError:
        problems.append(f"FENGQIAO_CIPHER must be {' or '.join(Algorithm)}")
        return Algorithm.AES_256_GCM


def _owner_url(text: str | None, url: str, problems: list[str]) -> str | None:
    """The owner's way into the same kind of database."""
    if text is None:
        return None
    if not text.startswith("postgresql+psycopg://") or url.startswith("sqlite"):
        problems.append("FENGQIAO_OWNER_DATABASE_URL must be postgresql+psycopg://, as the other")
    return text


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.replace(",", " ").split() if word)


def _zone(name: str, problems: list[str]) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        problems.append("FENGQIAO_TIME_ZONE is not a known time zone")
        return ZoneInfo("Asia/Shanghai")


def _profile(name: str, problems: list[str]) -> ProfileName:
    try:
        return ProfileName(name)
    except ValueError:
        problems.append(f"FENGQIAO_PASSWORD_PROFILE must be {' or '.join(ProfileName)}")
        return ProfileName.DENGBAO


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
    if url.startswith("sqlite") and ("memory" in url.rpartition("/")[2] or url == "sqlite:///"):
        problems.append(
            "FENGQIAO_DATABASE_URL must not be in memory: failed sign-ins are counted there"
        )
    elif production and url.startswith("sqlite") and env.get("FENGQIAO_ALLOW_SQLITE") != "1":
        problems.append("FENGQIAO_DATABASE_URL is SQLite: set FENGQIAO_ALLOW_SQLITE=1 to allow it")
    return url


def _keys(
    env: Mapping[str, str], data_dir: Path, *, production: bool, problems: list[str]
) -> dict[str, Given]:
    found: dict[str, Given] = {}
    for name in KEY_NAMES:
        given = env.get(key_rules.variable(name))
        if given is None and production:
            problems.append(f"{key_rules.variable(name)} is missing")
        elif given is None:
            found[name] = _kept(data_dir / "keys" / name, problems)
        else:
            found[name] = key_rules.read(given, name, problems)
    if production:
        for name, each in found.items():
            problems += key_rules.unsafe(each, name)
    every = [key for each in found.values() for key in set(each.keys)]
    if production and len(set(every)) < len(every):
        problems.append("the FENGQIAO_*_KEY variables must all differ")
    return found


def _kept(path: Path, problems: list[str]) -> Given:
    try:
        return key_rules.kept(path)
    except ValueError:
        problems.append(f"the key file keys/{path.name} in FENGQIAO_DATA_DIR holds no keys")
        return Given((), path)
