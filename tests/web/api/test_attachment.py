"""Attachments by program: typed, named in Chinese, once for a key, never shown in our place."""

import resource
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from config.settings import Settings
from config.vocabulary import Role
from tests.factories import file
from tests.factories.office import Office
from tests.factories.program import DISPUTES, Program, dispatched, of_role, program

NAMES = (
    "调解协议书（张三）.pdf",
    "𠮷野家䶮.pdf",
    "汉" * 83 + "ab.pdf",
    "a b'c;d%20=1.pdf",
)
MIB = 1024 * 1024


def sent(
    caller: Program, path: str, content: bytes, name: str, *, key: str | None = None, **form: str
) -> TestResponse:
    """Upload one file as a browser or a program would."""
    body, kind = file.multipart({"kind": "agreement"} | form, file=(name, content))
    return caller.send("POST", path, key=key or uuid4().hex, data=body, content_type=kind)


def path_of(dispute_id: str) -> str:
    return f"{DISPUTES}/{dispute_id}/attachments"


def stored(settings: Settings) -> list[Path]:
    folder = settings.data_dir / "attachments"
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_chinese_name_and_every_byte_come_back(office: Office, name: str) -> None:
    clerk = program(office, office.window)
    path = path_of(clerk.registered()["id"])
    made = sent(clerk, path, file.PDF, name)
    assert made.status_code == 201, made.text
    shown = made.get_json()
    assert (shown["name"], shown["media"], shown["kind"]) == (name, "pdf", "agreement")
    assert clerk.get(path).get_json() == {"items": [shown]}
    assert clerk.get(f"{path}/{shown['id']}").get_json() == shown
    back = clerk.get(f"{path}/{shown['id']}/content")
    assert (back.status_code, back.data) == (200, file.PDF)
    plain, star = back.headers["Content-Disposition"].split("; ")[1:]
    assert plain == 'filename="attachment.pdf"'
    assert unquote(star.removeprefix("filename*=UTF-8''"), errors="strict") == name
    assert "attachment_sealed" not in shown
    assert {"stored_as", "name_sealed"} & shown.keys() == set()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_is_sent_to_be_saved_and_nothing_else(office: Office) -> None:
    clerk = program(office, office.window)
    path = path_of(clerk.registered()["id"])
    made = sent(clerk, path, file.PDF, "协议.pdf").get_json()
    back = clerk.get(f"{path}/{made['id']}/content", headers={"Range": "bytes=0-3"})
    assert (back.status_code, back.data) == (200, file.PDF)
    expected = {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(file.PDF)),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Accept-Ranges": "none",
        "Cache-Control": "no-store",
    }
    assert {name: back.headers.get(name) for name in expected} == expected
    assert back.headers["Content-Disposition"].startswith("attachment; ")


def test_the_same_key_makes_one_attachment_and_another_file_under_it_is_refused(
    office: Office, settings: Settings
) -> None:
    clerk = program(office, office.window)
    path = path_of(clerk.registered()["id"])
    key = uuid4().hex
    first = sent(clerk, path, file.PDF, "协议.pdf", key=key)
    again = sent(clerk, path, file.PDF, "协议.pdf", key=key)
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    others: tuple[tuple[bytes, str, dict[str, str]], ...] = (
        (file.pdf(b"%more\n"), "协议.pdf", {}),
        (file.PDF, "另一份.pdf", {}),
        (file.PDF, "协议.pdf", {"kind": "minutes"}),
    )
    for content, name, form in others:
        other = sent(clerk, path, content, name, key=key, **form)
        assert (other.status_code, other.get_json()["code"]) == (422, "idempotency-key-reused")
    assert len(clerk.get(path).get_json()["items"]) == len(stored(settings)) == 1
    body, kind = file.multipart({"kind": "agreement"}, file=("协议.pdf", file.PDF))
    bare = clerk.send("POST", path, data=body, content_type=kind)
    assert bare.status_code == 400
    assert len(stored(settings)) == 1


def test_four_at_once_under_one_key_make_one_attachment(office: Office, settings: Settings) -> None:
    clerk = program(office, office.window)
    path = path_of(clerk.registered()["id"])
    callers, key = [program(office, office.window) for _ in range(4)], uuid4().hex
    with ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(lambda each: sent(each, path, file.PDF, "协议.pdf", key=key), callers)
        )
    assert {each.status_code for each in answers} == {201}
    assert len({each.get_json()["id"] for each in answers}) == 1
    assert len(clerk.get(path).get_json()["items"]) == len(stored(settings)) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_wrong_is_told_at_its_field(office: Office, settings: Settings) -> None:
    clerk = program(office, office.window)
    path = path_of(clerk.registered()["id"])
    wrong = {
        "kind": sent(clerk, path, file.PDF, "协议.pdf", kind="agreements"),
        "file": sent(clerk, path, b"<html><script>", "照片.jpg"),
        "keep_location": sent(clerk, path, file.picture(gps=True), "界桩.jpg"),
        "extra": sent(clerk, path, file.PDF, "协议.pdf", extra="1"),
    }
    for field, answer in wrong.items():
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])
    bare = clerk.send(
        "POST", path, key="k", data={"kind": "other"}, content_type="multipart/form-data"
    )
    assert bare.get_json()["errors"] == {"file": ["请选择文件"]}
    assert clerk.post(path, {"kind": "other"}, key="k").status_code == 422
    kept = sent(clerk, path, file.picture(gps=True), "界桩.jpg", keep_location="true")
    assert (kept.status_code, kept.get_json()["located"]) == (201, True)
    assert len(stored(settings)) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_twenty_megabytes_are_taken_and_not_one_byte_more(
    office: Office, settings: Settings
) -> None:
    clerk = program(office, office.window)
    path = path_of(clerk.registered()["id"])
    whole = file.PDF[:-6] + b" " * (20 * MIB - len(file.PDF)) + file.PDF[-6:]
    assert len(whole) == 20 * MIB
    made = sent(clerk, path, whole, "大.pdf")
    assert made.status_code == 201, made.text
    assert clerk.get(f"{path}/{made.get_json()['id']}/content").data == whole
    for more in (1, MIB):
        answer = sent(clerk, path, whole + b"\n" * more, "大.pdf")
        assert (answer.status_code, answer.get_json()["code"]) == (413, "too-large")
        assert "20 MB" in answer.get_json()["detail"]
    assert len(stored(settings)) == 1


@contextmanager
def room_for(most: int) -> Iterator[None]:
    """No file may become longer than `most` bytes: a full disk, for who writes a long one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_answers_507_and_leaves_nothing(office: Office, settings: Settings) -> None:
    clerk = program(office, office.window)
    path = path_of(clerk.registered()["id"])
    long = file.PDF[:-6] + b" " * (12 * MIB) + file.PDF[-6:]
    with room_for(8 * MIB):
        answer = sent(clerk, path, long, "大.pdf")
    assert (answer.status_code, answer.get_json()["code"]) == (507, "storage-full")
    assert (stored(settings), clerk.get(path).get_json()) == ([], {"items": []})
    assert sent(clerk, path, long, "大.pdf").status_code == 201


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_damaged_or_withdrawn_file_is_gone(office: Office, settings: Settings) -> None:
    clerk = program(office, office.window)
    path = path_of(clerk.registered()["id"])
    one, two = (sent(clerk, path, file.PDF, f"{n}.pdf").get_json() for n in "甲乙")
    back = f"{path}/{one['id']}/withdraw"
    assert list(clerk.post(back, {}).get_json()["errors"]) == ["reason"]
    taken = clerk.post(back, {"reason": "传错了"})
    assert (taken.status_code, taken.get_json()["withdrawal"]["reason"]) == (200, "传错了")
    assert clerk.post(back, {"reason": "再撤"}).status_code == 409
    for each in stored(settings):
        each.write_bytes(each.read_bytes()[:-1] + b"\0")
    for made in (one, two):
        answer = clerk.get(f"{path}/{made['id']}/content")
        assert (answer.status_code, answer.get_json()["code"]) == (410, "gone")


def test_whoever_may_not_see_the_dispute_finds_nothing(office: Office) -> None:
    clerk, director = program(office, office.window), program(office, office.director)
    dispute_id = dispatched(office, clerk, director)
    path = path_of(dispute_id)
    made = sent(director, path, file.PDF, "协议.pdf").get_json()
    other = path_of(clerk.registered()["id"])
    stranger = of_role(office, Role.LIAISON, "station")
    one = f"{path}/{made['id']}"
    for address in (path, one, f"{one}/content"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"{one}/withdraw", {"reason": "无"}).status_code == 404
    assert sent(stranger, path, file.PDF, "协议.pdf").status_code == 404
    assert of_role(office, Role.LEADER).get(f"{one}/content").status_code == 403
    assert director.get(f"{other}/{made['id']}/content").status_code == 404
    mediator = of_role(office, Role.MEDIATOR, "committee")
    assert mediator.get(f"{one}/content").data == file.PDF


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_file_holds_name_content_or_reason_in_clear(
    office: Office, settings: Settings, tmp_path: Path
) -> None:
    clerk = program(office, office.window)
    path = path_of(clerk.registered(restricted=True)["id"])
    text = "白桦生夜里砸了碾坊的门".encode()
    made = sent(clerk, path, text, "白桦生的陈述.txt", kind="other").get_json()
    assert clerk.get(f"{path}/{made['id']}/content").data == text
    clerk.post(f"{path}/{made['id']}/withdraw", {"reason": "白桦生要求收回"})
    database = Path(settings.database_url.removeprefix("sqlite:///"))
    files = [*database.parent.glob(f"{database.name}*"), *tmp_path.rglob("*")]
    content = b"\0".join(each.read_bytes() for each in files if each.is_file())
    assert b"attachment-withdraw" in content
    assert "白桦生".encode() not in content
