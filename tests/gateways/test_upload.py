"""Uploads wait sealed for an hour, for whoever brought them."""

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from service.gateways import upload
from service.gateways.keyring import Keyring
from tests.factories.moment import MONDAY_9AM

KEYS = Keyring(b"d" * 32, b"i" * 32)
ME, OTHER = UUID(int=1), UUID(int=2)
CONTENT = "台账：王小满".encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that does not exist yet."""
    return tmp_path / "uploads"


def test_what_was_kept_is_fetched_by_its_owner_alone(folder: Path) -> None:
    token = upload.keep(folder, CONTENT, ME, KEYS)
    assert upload.fetch(folder, token, ME, KEYS) == CONTENT
    assert upload.fetch(folder, token, OTHER, KEYS) is None


def test_it_lies_sealed_under_a_name_of_its_own(folder: Path) -> None:
    tokens = {upload.keep(folder, CONTENT, ME, KEYS) for _ in range(3)}
    files = list(folder.iterdir())
    assert {file.name for file in files} == tokens
    assert all("王小满".encode() not in file.read_bytes() for file in files)


def test_a_file_put_in_its_place_is_not_given_out(folder: Path) -> None:
    first, second = (upload.keep(folder, CONTENT, ME, KEYS) for _ in range(2))
    (folder / first).write_bytes((folder / second).read_bytes())
    assert upload.fetch(folder, first, ME, KEYS) is None


@pytest.mark.parametrize("token", ["", "x", "../secret", "." * 32, "/etc/passwd", "a" * 32])
def test_a_token_that_is_none_leads_nowhere(folder: Path, token: str) -> None:
    upload.keep(folder, CONTENT, ME, KEYS)
    assert upload.fetch(folder, token, ME, KEYS) is None


def test_what_was_dropped_is_gone_and_may_be_dropped_again(folder: Path) -> None:
    token = upload.keep(folder, CONTENT, ME, KEYS)
    upload.drop(folder, token)
    upload.drop(folder, token)
    assert upload.fetch(folder, token, ME, KEYS) is None


def test_after_an_hour_it_is_swept(folder: Path) -> None:
    old, young = (upload.keep(folder, CONTENT, ME, KEYS) for _ in range(2))
    for token, age in ((old, timedelta(minutes=61)), (young, timedelta(minutes=59))):
        at = (MONDAY_9AM - age).timestamp()
        os.utime(folder / token, (at, at))
    assert upload.sweep(folder, MONDAY_9AM) == 1
    assert [path.name for path in folder.iterdir()] == [young]


def test_where_nothing_was_kept_nothing_is_swept(folder: Path) -> None:
    assert upload.sweep(folder, MONDAY_9AM) == 0
