"""One noun, one file name, in every folder; and no drawer that takes anything."""

from pathlib import Path

import pytest

from tests.architecture.source import ROOT, product_files

DRAWERS = {
    "common",
    "data",
    "helper",
    "helpers",
    "info",
    "lib",
    "manager",
    "misc",
    "stuff",
    "tmp",
    "tools",
    "util",
    "utils",
}  # fmt: skip -- a list of words
FEATURE_FOLDERS = ["schemas", "service/operations", "service/queries", "service/web/api"]
# What is no table of its own but what people in the house still call by a name.
WORDS_WITHOUT_A_TABLE = {
    "__init__",
    "access",
    "archive",
    "audit_chain",
    "base",
    "calendar_move",
    "canonical",
    "category",
    "clock_change",
    "clock_entry",
    "clock_own",
    "clock_promise",
    "clock_subject",
    "confirmation",
    "correction",
    "court_clock",
    "candidate",
    "danger",
    "digest",
    "dispatch",
    "dispute_field",
    "dispute_row",
    "dispute_text",
    "duplicate",
    "paper",
    "platform",
    "progress",
    "provision",
    "receipt",
    "register",
    "restore",
    "reindex",
    "sealed",
    "reveal",
    "search",
    "setup",
    "sight",
    "sign_in_slip",
    "suggestion_correction",
    "suggestion_file",
    "suggestion_part",
    "suggestion_step",
    "suggestion_work",
    "document",
    "forgetting",
    "guide",
    "hand_over",
    "handover_flow",
    "handover_row",
    "hold",
    "retention",
    "figures",
    "health",
    "joint_credit",
    "keyring",
    "ladder",
    "ledger",
    "ledger_entry",
    "lawsuit_clock",
    "lawsuit_figures",
    "lawsuit_link",
    "lawsuit_part",
    "load",
    "metric",
    "merge_file",
    "merge_move",
    "merge_record",
    "merge_rule",
    "person",
    "plan_carry",
    "plan_change",
    "plan_compare",
    "plan_dependence",
    "plan_entry_file",
    "plan_entry_sheet",
    "plan_light",
    "plan_link",
    "plan_milestone",
    "plan_part",
    "plan_month",
    "plan_register",
    "plan_take",
    "plan_wording",
    "number",
    "organisation_list",
    "organisation_tree",
    "right",
    "rule",
    "page",
    "routing",
    "sign_in",
    "start",
    "step",
    "subscription",
    "user_list",
    "walk",
    "user_session",
}  # fmt: skip -- a list of words


def nouns() -> set[str]:
    """The words for which a feature file may be named."""
    return {path.stem for path in (ROOT / "models").glob("*.py")} | WORDS_WITHOUT_A_TABLE


@pytest.mark.parametrize("folder", FEATURE_FOLDERS)
def test_every_feature_file_is_named_for_a_noun_of_the_house(folder: str) -> None:
    assert {path.stem for path in (ROOT / folder).glob("*.py")} - nouns() == set()


def test_no_module_is_a_drawer() -> None:
    found = [path for path in product_files() if DRAWERS & set(path.with_suffix("").parts)]
    assert found == []


def test_every_package_says_its_sentence() -> None:
    silent = [
        path
        for path in product_files()
        if path.name == "__init__.py" and not (ROOT / path).read_text().startswith('"""')
    ]
    assert silent == []


def test_every_folder_of_the_product_is_a_package() -> None:
    folders = {path.parent for path in product_files() if "migrations" not in path.parts}
    bare = {folder for folder in folders - {Path()} if not (ROOT / folder / "__init__.py").exists()}
    assert bare == set()
