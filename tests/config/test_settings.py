"""What the environment may say, and that everything wrong is told at once and never shown."""

from pathlib import Path

import pytest

from config.settings import BadSettings, Settings, from_env

KEYS = {
    f"FENGQIAO_{name}_KEY": f"{place}{place}" * 32
    for place, name in enumerate(("SECRET", "DATA", "INDEX", "AUDIT", "BACKUP"), start=1)
}


def environ(folder: Path, **more: str) -> dict[str, str]:
    """A production environment with everything it needs."""
    return {
        "FENGQIAO_ENV": "production",
        "FENGQIAO_DATA_DIR": str(folder),
        "FENGQIAO_DATABASE_URL": "postgresql+psycopg://x@localhost/fengqiao",
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
    assert settings.data_key == bytes.fromhex("22" * 32)


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
