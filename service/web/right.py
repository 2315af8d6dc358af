"""The policy as people read it 权限表: a row for each action, a cell for each role."""

from functools import cache
from typing import Any

from config import right_words
from config.access import AccessPolicy
from config.right_words import RightWords
from config.vocabulary import STAFF
from service.rules.grant import BY_TWO

__all__ = ("BY_TWO", "table")


def table(policy: AccessPolicy) -> list[dict[str, Any]]:
    """Groups of rows; a cell is empty where the role has no such right."""
    words = _words()
    return [
        {
            "name": group.name,
            "rows": [
                {"label": name, "cells": [_cell(policy, words, role, action) for role in STAFF]}
                for action, name in group.actions.items()
            ],
        }
        for group in words.groups
    ]


def _cell(policy: AccessPolicy, words: RightWords, role: Any, action: str) -> str:
    held = policy.reach(role, action)
    return "；".join(name for reach, name in words.reaches.items() if reach in held)


@cache
def _words() -> RightWords:
    return right_words.load()
