from pathlib import Path

import pytest

from config import organisation
from config.vocabulary import OrganisationKind


def test_every_kind_stands_in_one_group() -> None:
    groups = organisation.load().groups
    placed = [kind for group in groups for kind in group.kinds]
    assert (len(placed), set(placed)) == (len(OrganisationKind), set(OrganisationKind))


def test_a_spelling_of_two_kinds_stops_the_start(tmp_path: Path) -> None:
    text = organisation.DEFAULT.read_text(encoding="utf-8")
    path = tmp_path / "organisation.toml"
    path.write_text(text.replace('"派出所", "公安派出所"', '"派出所", "司法所"'), encoding="utf-8")
    with pytest.raises(ValueError, match="司法所"):
        organisation.load(path)
