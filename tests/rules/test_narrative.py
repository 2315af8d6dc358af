"""The names of the people do not stand in the clear in the words of a story."""

import pytest

from service.rules.narrative import LOOK_AHEAD, masked, opening


@pytest.mark.parametrize(
    ("told", "names", "shown"),
    [
        ("王小明欠我三千元，王小明不还", ["王小明"], "王**欠我三千元，王**不还"),
        ("欧阳建国占了地", ["欧阳建国"], "欧阳**占了地"),
        ("王 小明和李\n花吵架", ["王小明", "李花"], "王**和李*吵架"),
        ("王小明和王小明亮是邻居", ["王小明", "王小明亮"], "王**和王***是邻居"),
        ("朝·巴特(弟)占了草场", ["朝·巴特(弟)"], "朝******占了草场"),
        ("我姓王，住在村东", ["王", ""], "我姓王，住在村东"),
        ("邻居占了地", [], "邻居占了地"),
    ],
)
def test_each_name_in_the_story_is_masked_as_in_a_list(
    told: str, names: list[str], shown: str
) -> None:
    assert masked(told, names) == shown


def test_an_opening_masks_the_name_it_cuts_through() -> None:
    story = "去年秋天王小明把界石挪了"
    assert opening(story, ["王小明"], 6) == "去年秋天王*"


def test_an_opening_is_one_line() -> None:
    assert opening("  去年\n秋天 ", [], 20) == "去年 秋天"


def test_so_much_of_a_long_story_is_enough_for_its_opening() -> None:
    name = "那" * 100
    story = f"他说{name}不还钱"
    assert opening(story[: 3 + LOOK_AHEAD], [name], 3) == opening(story, [name], 3) == "他说那"
