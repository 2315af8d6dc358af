"""The sources: every spelling means one source, every source can be written."""

from pathlib import Path

import pytest

from config import source
from config.vocabulary import Source


@pytest.mark.parametrize(
    ("spelling", "meant"),
    [
        ("来访", Source.WALK_IN),
        ("电话", Source.PHONE),
        ("１２３４５", Source.HOTLINE_12345),
        ("网格 排查", Source.GRID),
        ("110移交", Source.POLICE_110),
        ("法院委派", Source.COURT_ASSIGNED),
        ("法院委托", Source.COURT_ENTRUSTED),
        ("来信", Source.PETITION),
        ("蒙企通", Source.MENGQITONG),
        ("主动排查", Source.INITIATIVE),
        ("不知道", None),
    ],
)
def test_a_spelling_means_one_source_or_none(spelling: str, meant: Source | None) -> None:
    assert source.load().find(spelling) == meant


def test_a_source_nobody_can_write_is_refused_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text('version = 1\n[[source]]\ncode = "grid"\nspellings = ["网格"]\n', "utf-8")

    with pytest.raises(ValueError, match="nobody can write"):
        source.load(path)
