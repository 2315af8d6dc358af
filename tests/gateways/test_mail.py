"""Mail goes out whole or is told why not: for now, for good, or perhaps."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import Settings
from service.gateways import mail
from service.gateways.mail import FolderMail, NotDelivered, SmtpMail
from tests.factories.smtp import Sink, running

SENDER = "zhoubao@fengqiao.test"
CONTENT = b"Message-ID: <one@fengqiao>\r\nSubject: x\r\n\r\n.a line with a dot\r\n"
SOMEBODY = "leader@town.test"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running(Sink()) as started:
        yield started


def refused(sink: Sink, *, step_s: float = 5.0) -> tuple[bool, bool, bool]:
    """(final, away, unsure) of the refusal."""
    with pytest.raises(NotDelivered) as refusal:
        replace(mail.smtp(sink.url, SENDER), step_s=step_s).send(CONTENT, SOMEBODY)
    assert SOMEBODY not in refusal.value.cause
    return (refusal.value.final, refusal.value.away, refusal.value.unsure)


def test_a_message_arrives_byte_for_byte(sink: Sink) -> None:
    mail.smtp(sink.url, SENDER).send(CONTENT, SOMEBODY)
    assert sink.messages == [(SOMEBODY, CONTENT)]


@pytest.mark.parametrize("code", [450, 451, 452])
def test_a_recipient_put_off_is_tried_again(sink: Sink, code: int) -> None:
    sink.rcpt_reply = f"{code} later"
    assert refused(sink) == (False, False, False)


def test_a_recipient_refused_is_not_tried_again(sink: Sink) -> None:
    sink.rcpt_reply = "550 no such user"
    assert refused(sink) == (True, False, False)


def test_a_message_refused_is_not_tried_again(sink: Sink) -> None:
    sink.data_reply = "554 no"
    assert refused(sink) == (True, False, False)


def test_a_message_put_off_is_tried_again(sink: Sink) -> None:
    sink.data_reply = "451 later"
    assert refused(sink) == (False, False, False)


def test_a_server_that_closes_its_service_is_away(sink: Sink) -> None:
    sink.rcpt_reply = "421 closing"
    assert refused(sink) == (False, True, False)


def test_a_line_that_breaks_after_the_message_leaves_it_open_whether_it_arrived(
    sink: Sink,
) -> None:
    sink.cut_after_data = True
    assert refused(sink) == (False, True, True)


def test_a_server_that_never_answers_is_given_up(sink: Sink) -> None:
    sink.pause_s = 3
    assert refused(sink, step_s=0.2) == (False, True, True)


def test_a_server_that_accepts_and_says_nothing_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(NotDelivered) as refusal:
            SmtpMail(host="127.0.0.1", port=port, sender=SENDER, step_s=0.2).send(CONTENT, "a@b")
    assert (refusal.value.away, refusal.value.final) == (True, False)


def test_no_server_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotDelivered) as refusal:
        SmtpMail(host="127.0.0.1", port=port, sender=SENDER).send(CONTENT, SOMEBODY)
    assert (refusal.value.away, refusal.value.cause) == (True, "no answer: ConnectionRefusedError")


def test_a_server_that_does_not_know_our_password_says_nothing_about_the_message(
    sink: Sink,
) -> None:
    with pytest.raises(NotDelivered) as refusal:
        mail.smtp(f"smtp://us:secret@127.0.0.1:{sink.port}", SENDER).send(CONTENT, SOMEBODY)
    assert (refusal.value.final, refusal.value.away) == (False, True)
    assert "secret" not in refusal.value.cause


def test_the_address_of_a_server_is_read_whole() -> None:
    made = mail.smtp("smtp://us%40town:p%3Aw@mail.test:587?starttls=1", SENDER)
    assert (made.host, made.port, made.user, made.password, made.starttls) == (
        "mail.test",
        587,
        "us@town",
        "p:w",
        True,
    )


@pytest.mark.parametrize("url", ["smtps://mail.test", "mail.test:25", "smtp://:25"])
def test_another_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="FENGQIAO_SMTP_URL"):
        mail.smtp(url, SENDER)


def test_without_a_server_a_message_is_a_file_and_a_repeat_is_the_same_file(
    tmp_path: Path,
) -> None:
    given = mail.from_settings(Settings.for_test(tmp_path))
    for _ in range(2):
        given.send(CONTENT, SOMEBODY)
    assert [path.read_bytes() for path in (tmp_path / "mail").iterdir()] == [CONTENT]


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    with pytest.raises(NotDelivered) as refusal:
        FolderMail(tmp_path / "mail", SENDER).send(CONTENT, SOMEBODY)
    assert refusal.value.away
