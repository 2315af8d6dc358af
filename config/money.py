"""Money: whole 分 inside, a decimal string in yuan outside."""

from typing import Final

FEN_PER_YUAN: Final = 100


def yuan_text(fen: int) -> str:
    """`fen` in yuan, shortest plain form: 93000, 31700.50."""
    yuan, rest = divmod(fen, FEN_PER_YUAN)
    return f"{yuan}.{rest:02d}" if rest else str(yuan)
