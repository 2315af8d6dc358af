"""The words of a ledger: headings name one field, result words say one thing."""

from pathlib import Path

import pytest

from config import ledger
from config.ledger import Result
from config.vocabulary import DisputeStatus as Status
from config.vocabulary import Outcome

HEADING = 'version = 1\nheading = []\n[[result]]\nspellings = ["好"]\n'


@pytest.mark.parametrize(
    ("word", "result"),
    [
        ("达成协议", Result(Status.CLOSED, Outcome.AGREED)),
        ("调解成功", Result(Status.CLOSED, Outcome.AGREED)),
        ("已化解", Result(Status.CLOSED, Outcome.AGREED)),
        ("调解不成", Result(Status.CLOSED, Outcome.NOT_AGREED)),
        ("当事人撤回", Result(Status.CLOSED, Outcome.WITHDRAWN)),
        ("引导 诉讼", Result(Status.CLOSED, Outcome.GUIDED)),
        ("正在调解", Result(Status.MEDIATING)),
        ("搁置", None),
    ],
)
def test_a_result_word_says_one_thing_or_nothing(word: str, result: Result | None) -> None:
    assert ledger.load().result(word) == result


def test_a_closed_result_without_an_outcome_is_refused_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "ledger.toml"
    path.write_text(HEADING + 'status = "closed"\n', encoding="utf-8")

    with pytest.raises(ValueError, match="exactly when it is closed"):
        ledger.load(path)
