"""What the environment may say, and that everything wrong is told at once and never shown."""

import hashlib
from pathlib import Path

import pytest

from config.settings import Algorithm, BadSettings, Settings, from_env

KEYS = {
    f"FENGQIAO_{name}_KEY": hashlib.sha256(name.encode()).hexdigest()
    for name in ("SECRET", "DATA", "INDEX", "AUDIT", "BACKUP")
}
OTHER = hashlib.sha256(b"another").hexdigest()
NOT_RANDOM = "FENGQIAO_DATA_KEY is not random: make one with `openssl rand -hex 32`"
STATIC = Path(__file__).parents[2] / "service" / "web" / "static"


def environ(folder: Path, **more: str) -> dict[str, str]:
    """A production environment with everything it needs."""
    return {
        "FENGQIAO_ENV": "production",
        "FENGQIAO_DATA_DIR": str(folder),
        "FENGQIAO_DATABASE_URL": "postgresql+psycopg://x@localhost/fengqiao",
        "FENGQIAO_ALLOWED_HOSTS": "centre.example",
        "FENGQIAO_TRUSTED_PROXIES": "none",
        "FENGQIAO_MAIL_FROM": "centre@town.example",
        "FENGQIAO_ANCHOR_PATH": str(folder / "anchors"),
        **KEYS,
        **more,
    }


def problems(given: dict[str, str]) -> list[str]:
    """What is told of an environment that cannot be used."""
    with pytest.raises(BadSettings) as refusal:
        from_env(given)
    return refusal.value.problems


def test_an_empty_environment_is_a_development_with_its_own_file_and_keys(tmp_path: Path) -> None:
    settings = from_env({"FENGQIAO_DATA_DIR": str(tmp_path)})
    assert (settings.env, settings.is_production, settings.cookie_secure) == (
        "development",
        False,
        False,
    )
    assert settings.database_url == f"sqlite:///{tmp_path / 'fengqiao.db'}"
    assert str(settings.zone) == "Asia/Shanghai"
    keys = [settings.secret_key, settings.data_key, settings.index_key, settings.audit_key]
    assert {len(key) for key in keys} == {32}
    assert len(set(keys)) == 4


def test_the_keys_of_a_development_are_made_once(tmp_path: Path) -> None:
    given = {"FENGQIAO_DATA_DIR": str(tmp_path)}
    assert from_env(given) == from_env(given)


def test_a_production_is_what_it_was_told(tmp_path: Path) -> None:
    settings = from_env(
        environ(
            tmp_path,
            FENGQIAO_ALLOWED_HOSTS="a.example, b.example",
            FENGQIAO_TRUSTED_PROXIES="10.0.0.1",
            FENGQIAO_SMTP_URL="smtp://localhost:25",
            FENGQIAO_MAIL_FROM="centre@example.com",
            FENGQIAO_CONFIG_DIR=str(tmp_path),
        )
    )
    assert (settings.is_production, settings.cookie_secure, settings.is_sqlite) == (
        True,
        True,
        False,
    )
    assert settings.allowed_hosts == ("a.example", "b.example")
    assert settings.trusted_proxies == ("10.0.0.1",)
    assert (settings.smtp_url, settings.mail_from) == ("smtp://localhost:25", "centre@example.com")
    assert settings.config_dir == tmp_path
    assert settings.data_key == bytes.fromhex(KEYS["FENGQIAO_DATA_KEY"])


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    found = problems(
        {
            "FENGQIAO_ENV": "staging",
            "FENGQIAO_DATA_DIR": str(tmp_path),
            "FENGQIAO_DATABASE_URL": "mysql://x",
            "FENGQIAO_TIME_ZONE": "Asia/Nowhere",
            "FENGQIAO_DATA_KEY": "short",
        }
    )
    assert found == [
        "FENGQIAO_ENV must be development or production",
        "FENGQIAO_TIME_ZONE is not a known time zone",
        "FENGQIAO_DATA_KEY must be 64 hexadecimal digits",
        "FENGQIAO_DATABASE_URL must be sqlite:/// or postgresql+psycopg://",
    ]


def test_a_production_needs_every_key(tmp_path: Path) -> None:
    given = {name: value for name, value in environ(tmp_path).items() if name not in KEYS}
    assert problems(given) == [f"{name} is missing" for name in KEYS]


def test_a_production_needs_keys_that_differ(tmp_path: Path) -> None:
    given = environ(tmp_path, FENGQIAO_INDEX_KEY=KEYS["FENGQIAO_DATA_KEY"])
    assert problems(given) == ["the FENGQIAO_*_KEY variables must all differ"]


def test_a_production_on_sqlite_must_be_meant(tmp_path: Path) -> None:
    given = environ(tmp_path, FENGQIAO_DATABASE_URL=f"sqlite:///{tmp_path}/x.db")
    assert problems(given) == [
        "FENGQIAO_DATABASE_URL is SQLite: set FENGQIAO_ALLOW_SQLITE=1 to allow it"
    ]
    assert from_env(given | {"FENGQIAO_ALLOW_SQLITE": "1"}).is_sqlite


@pytest.mark.parametrize("key", ["", "zz" * 32, "11" * 31, "11" * 33, "一" * 64])
def test_a_key_that_is_none_is_told_without_its_value(tmp_path: Path, key: str) -> None:
    (told,) = problems(environ(tmp_path, FENGQIAO_DATA_KEY=key))
    assert told == "FENGQIAO_DATA_KEY must be 64 hexadecimal digits"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"FENGQIAO_DATA_KEY": "00" * 32}, NOT_RANDOM),
        ({"FENGQIAO_DATA_KEY": "64" * 32}, NOT_RANDOM),  # the key of the tests
        ({"FENGQIAO_DATA_KEY": bytes(range(32)).hex()}, NOT_RANDOM),
        ({"FENGQIAO_DATA_KEY": "0123456789abcdef" * 4}, NOT_RANDOM),
        ({"FENGQIAO_DATA_KEY": b"change-me-please-this-is-no-key!".hex()}, NOT_RANDOM),
        ({"FENGQIAO_DATA_KEY": f"{OTHER},{'00' * 32}"}, NOT_RANDOM),
        (
            {"FENGQIAO_DATA_KEY": f"{OTHER},{OTHER}"},
            "FENGQIAO_DATA_KEY holds the same key twice",
        ),
        ({"FENGQIAO_SECRET_KEY": f"{OTHER},{OTHER}"}, "FENGQIAO_SECRET_KEY must be one key"),
        ({"FENGQIAO_DATA_KEY": "file:/no"}, "FENGQIAO_DATA_KEY names a file that cannot be read"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG must not be on"),
        ({"FLASK_TESTING": "true"}, "FLASK_TESTING must not be on"),
        (
            {"FENGQIAO_COOKIE_SECURE": "0"},
            "FENGQIAO_COOKIE_SECURE must not be off: cookies would cross the net in clear",
        ),
        (
            {"FENGQIAO_ALLOWED_HOSTS": ""},
            "FENGQIAO_ALLOWED_HOSTS is missing: the host names people type",
        ),
        (
            {"FENGQIAO_ALLOWED_HOSTS": "*"},
            "FENGQIAO_ALLOWED_HOSTS must name the hosts one by one",
        ),
        (
            {"FENGQIAO_TRUSTED_PROXIES": ""},
            "FENGQIAO_TRUSTED_PROXIES is missing: the proxies in front, or `none`",
        ),
        (
            {"FENGQIAO_NOW": "2026-01-01T00:00+08:00"},
            "FENGQIAO_NOW must not be set: the clock is the machine's",
        ),
        (
            {"LD_PRELOAD": "/usr/lib/faketime/libfaketime.so.1"},
            "LD_PRELOAD or FAKETIME changes the clock: unset them",
        ),
        ({"FAKETIME": "-1d"}, "LD_PRELOAD or FAKETIME changes the clock: unset them"),
        (
            {"FENGQIAO_MAIL_FROM": ""},
            "FENGQIAO_MAIL_FROM is missing: the address letters come from",
        ),
        (
            {"FENGQIAO_ANCHOR_PATH": ""},
            "FENGQIAO_ANCHOR_PATH is missing: where the trail is anchored each day",
        ),
        (
            {"FENGQIAO_DATA_DIR": str(STATIC / "kept")},
            "FENGQIAO_DATA_DIR lies inside the folder of static files, which everybody may read",
        ),
        (
            {"FENGQIAO_ANCHOR_PATH": str(STATIC / "anchors")},
            "FENGQIAO_ANCHOR_PATH lies inside the folder of static files, which everybody may read",
        ),
        (
            {
                "FENGQIAO_DATABASE_URL": f"sqlite:///{STATIC / 'x.db'}",
                "FENGQIAO_ALLOW_SQLITE": "1",
            },
            (
                "FENGQIAO_DATABASE_URL lies inside the folder of static files, "
                "which everybody may read"
            ),
        ),
        (
            {"FENGQIAO_DATABASE_URL": "sqlite:///:memory:", "FENGQIAO_ALLOW_SQLITE": "1"},
            "FENGQIAO_DATABASE_URL must not be in memory: failed sign-ins are counted there",
        ),
        ({"FENGQIAO_CIPHER": "rot13"}, "FENGQIAO_CIPHER must be aes-256-gcm or sm4-gcm"),
        (
            {"FENGQIAO_OWNER_DATABASE_URL": "sqlite:///x"},
            "FENGQIAO_OWNER_DATABASE_URL must be postgresql+psycopg://, as the other",
        ),
    ],
)
def test_a_production_refuses_what_is_unsafe_and_names_it(
    tmp_path: Path, changes: dict[str, str], told: str
) -> None:
    assert problems(environ(tmp_path, **changes)) == [told]


def test_a_development_may_be_what_a_production_must_not(tmp_path: Path) -> None:
    given = {"FENGQIAO_DATA_DIR": str(tmp_path), "FLASK_DEBUG": "1", "FENGQIAO_DATA_KEY": "00" * 32}
    assert from_env(given).data_key == bytes(32)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_that_others_may_use_is_refused_in_production(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "data.keys"
    path.write_text(OTHER)
    path.chmod(mode)
    given = environ(tmp_path, FENGQIAO_DATA_KEY=f"file:{path}")
    assert problems(given) == [
        "FENGQIAO_DATA_KEY: group or others may use its file, chmod it to 600"
    ]
    path.chmod(0o600)
    assert from_env(given).data_keys == (bytes.fromhex(OTHER),)


def test_several_keys_stand_newest_first_in_the_variable_or_a_file(tmp_path: Path) -> None:
    path = tmp_path / "index.keys"
    path.write_text(f"{OTHER}\n{KEYS['FENGQIAO_INDEX_KEY']}\n")
    path.chmod(0o600)
    newest = hashlib.sha256(b"newest").hexdigest()
    settings = from_env(
        environ(
            tmp_path,
            FENGQIAO_DATA_KEY=f"{newest}, {KEYS['FENGQIAO_DATA_KEY']}",
            FENGQIAO_INDEX_KEY=f"file:{path}",
        )
    )
    assert [key.hex() for key in settings.data_keys] == [newest, KEYS["FENGQIAO_DATA_KEY"]]
    assert [key.hex() for key in settings.index_keys] == [OTHER, KEYS["FENGQIAO_INDEX_KEY"]]
    assert (settings.data_key.hex(), settings.index_key.hex()) == (newest, OTHER)
    assert (settings.data_key_file, settings.index_key_file) == (None, path)


def test_every_key_of_every_variable_differs(tmp_path: Path) -> None:
    given = environ(tmp_path, FENGQIAO_INDEX_KEY=f"{OTHER},{KEYS['FENGQIAO_AUDIT_KEY']}")
    assert problems(given) == ["the FENGQIAO_*_KEY variables must all differ"]


def test_the_cipher_is_chosen_by_its_word(tmp_path: Path) -> None:
    assert from_env(environ(tmp_path)).cipher is Algorithm.AES_256_GCM
    assert from_env(environ(tmp_path, FENGQIAO_CIPHER="sm4-gcm")).cipher is Algorithm.SM4_GCM


def test_no_value_of_a_refused_setting_is_told(tmp_path: Path) -> None:
    secret = "5" * 20 + "geheim"
    given = environ(tmp_path, FENGQIAO_ALLOWED_HOSTS="")
    given |= {name: f"{secret}{place}" for place, name in enumerate(KEYS)}
    given |= {"FENGQIAO_DATABASE_URL": f"mysql://u:{secret}@x", "FENGQIAO_CIPHER": secret}
    given |= {"FENGQIAO_OWNER_DATABASE_URL": f"mysql://u:{secret}@x"}
    assert len(problems(given)) == 9
    assert secret not in str(problems(given))


def test_settings_do_not_show_their_keys(tmp_path: Path) -> None:
    given = environ(tmp_path, FENGQIAO_SMTP_URL="smtp://me:hidden@localhost:25")
    settings = from_env(given)
    assert "hidden" not in repr(settings)
    for key in (settings.secret_key, settings.data_key, settings.index_key):
        assert key.hex() not in repr(settings)
        assert repr(key) not in repr(settings)


def test_the_settings_of_a_test_are_a_development(tmp_path: Path) -> None:
    assert Settings.for_test(tmp_path).is_production is False


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", None),
        ("https://fengqiao.example", "https://fengqiao.example"),
        ("http://10.0.0.5:8000/fq/", "http://10.0.0.5:8000/fq"),
    ],
)
def test_the_address_for_citizens_is_kept_without_its_last_slash(
    tmp_path: Path, given: str, kept: str | None
) -> None:
    assert from_env(environ(tmp_path, FENGQIAO_PUBLIC_URL=given)).public_url == kept


@pytest.mark.parametrize(
    "given",
    ["fengqiao.example", "ftp://x.example", "https://", "https://x.example/#a", "http://[x"],
)
def test_an_address_that_no_telephone_could_open_is_refused(tmp_path: Path, given: str) -> None:
    assert problems(environ(tmp_path, FENGQIAO_PUBLIC_URL=given)) == [
        "FENGQIAO_PUBLIC_URL must be an http(s) address without query or fragment"
    ]


def test_the_profile_of_passwords_is_one_of_two(tmp_path: Path) -> None:
    def profile(**more: str) -> str:
        return from_env(environ(tmp_path, **more)).password_profile

    assert (profile(), profile(FENGQIAO_PASSWORD_PROFILE="nist")) == ("dengbao", "nist")
    assert problems(environ(tmp_path, FENGQIAO_PASSWORD_PROFILE="none")) == [
        "FENGQIAO_PASSWORD_PROFILE must be dengbao or nist"
    ]


def test_second_factor_and_new_passwords_are_asked_in_production_only(tmp_path: Path) -> None:
    development = from_env({"FENGQIAO_DATA_DIR": str(tmp_path)})
    production = from_env(environ(tmp_path))
    assert (development.second_factor, development.password_renewal) == (False, False)
    assert (production.second_factor, production.password_renewal) == (True, True)
