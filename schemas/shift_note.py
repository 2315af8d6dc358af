"""Shapes of shift notes 交接班."""

from schemas.base import Strict, Text


class HandOverIn(Strict):
    """What the next clerk should know; nothing to say is an answer too."""

    words = Text(lines=True, load_default="", least=0, most=2000)
