"""The terms of each ground of refusal: strictly known ones, with a law behind each."""

from pathlib import Path

import pytest

from config import clock, ground
from config.vocabulary import DeclineGround

CLOCKS = clock.load()


def test_an_administrative_act_leaves_review_and_a_lawsuit_in_their_order() -> None:
    terms = ground.load(known=CLOCKS.by_id)
    assert terms[DeclineGround.ADMINISTRATIVE_ACT] == ("REC.APPLY", "LIT.SUE")
    assert DeclineGround.OTHER not in terms


@pytest.mark.parametrize("line", ['other = ["GONE"]', 'whim = ["LIT.SUE"]'])
def test_an_unknown_term_or_ground_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "grounds.toml"
    path.write_text(f"version = 1\n[terms]\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"GONE|whim"):
        ground.load(path, known=CLOCKS.by_id)
