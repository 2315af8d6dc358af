"""Whoever silences a tool says why, on the same line."""

import io
import re
import tokenize
from collections.abc import Iterator

import pytest

from tests.architecture.source import read, texts

SILENCES = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no|fmt:\s*(off|skip)|nosec|ruff:|mypy:)")
SAYS_WHY = (
    re.compile(r"# noqa: [A-Z]+\d+(, ?[A-Z]+\d+)* -- \S.{5,}"),
    re.compile(r"# type: ignore\[[a-z, -]+\]  ?(#|--) \S.{5,}"),
    re.compile(r"# (pragma: no (cover|branch)|fmt: (off|skip)) ?-- \S.{5,}"),
)


def unexplained(source: str) -> Iterator[int]:
    """The lines of `source` whose comment silences a tool without a reason."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        silences = token.type == tokenize.COMMENT and SILENCES.search(token.string)
        if silences and not any(why.search(token.string) for why in SAYS_WHY):
            yield token.start[0]


def test_every_suppression_has_its_reason() -> None:
    found = [f"{path}:{line}" for path in texts(".py") for line in unexplained(read(path))]
    assert found == []


@pytest.mark.parametrize(
    ("line", "explained"),
    [
        ("x = 1  # noqa: S105 -- a label, no password", True),
        ("x = 1  # noqa: S105", False),
        ("x = 1  # noqa", False),
        ("x = 1  # type: ignore[arg-type]  # the stub is older than the package", True),
        ("x = 1  # type: ignore[arg-type]", False),
        ("x = 1  # type: ignore", False),
        ("x = 1  # pragma: no cover", False),
        ("x = '# noqa'", True),
    ],
)
def test_a_reason_is_told_from_none(line: str, explained: bool) -> None:
    assert (list(unexplained(line + "\n")) == []) is explained
