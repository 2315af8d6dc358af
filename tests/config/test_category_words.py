"""The words of the categories: shipped ones fit the categories, bad ones are refused."""

from pathlib import Path

import pytest

from config import category, category_words

CATEGORIES = category.load()
HEAD = "version = 1\nspelling = 3\nthreshold = 2\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "category_words.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def test_the_shipped_words_stand_the_longest_first() -> None:
    lengths = [len(word) for word in category_words.load(categories=CATEGORIES).weights]
    assert lengths == sorted(lengths, reverse=True)


def test_what_clerks_write_counts_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    path = written(tmp_path, '[weights.debt]\n5 = ["借条"]\n-2 = ["离婚"]\n')
    found = category_words.load(path, categories=CATEGORIES)
    assert dict(found.weights["借条"]) == {"debt": 5}
    assert dict(found.weights["欠条"]) == {"debt": 3}
    assert dict(found.weights["离婚"]) == {"family": 3, "debt": -2}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[weights.no_such]\n5 = ["借条"]\n', "'no_such' is no category"),
        ('[weights.debt]\n5 = ["借条"]\n3 = ["借 条"]\n', "debt: '借 条' stands twice"),
        ('[weights.debt]\n5 = [" "]\n', "debt: ' ' stands twice, or is empty"),
    ],
)
def test_a_category_that_is_none_and_a_word_that_stands_twice_are_refused(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        category_words.load(written(tmp_path, text), categories=CATEGORIES)
