"""Papers usually asked for: read strictly, general ones first."""

from pathlib import Path

import pytest

from config import category, material

KNOWN = category.load().by_code


def test_every_category_has_papers_of_its_own_behind_those_of_all() -> None:
    papers = material.load(known=KNOWN)
    general = [paper.name for paper in papers.usual("other")]
    assert general[:2] == ["身份证明", "证据材料"]
    wages = [paper.name for paper in papers.usual("wages")]
    assert wages[: len(general)] == general
    assert wages[len(general) :] == ["劳动合同或者能证明用工的材料", "工资欠条、结算单"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("借条", '["debts"]')], "debts"),
        ([("借条", '["debt"]'), ("借条", '["wages"]')], "twice"),
    ],
)
def test_an_unknown_category_or_a_paper_given_twice_is_refused(
    tmp_path: Path, rows: list[tuple[str, str]], said: str
) -> None:
    path = tmp_path / "materials.toml"
    text = 'version = 1\ngrade = "R"\n'
    text += "".join(
        f'[[paper]]\nname = "{name}"\ncategories = {codes}\nform = "copy"\n' for name, codes in rows
    )
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        material.load(path, known=KNOWN)
