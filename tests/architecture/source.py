"""What the checkout consists of, for the tests that read code instead of running it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PRODUCT: Final = ("config", "models", "schemas", "service", "jobs", "fengqiao.py")
MADE: Final = ("__pycache__", "build", "dist", "var", "htmlcov", "test-results")


def product_files() -> list[Path]:
    """Every Python file that runs in production, relative to the checkout."""
    return [path for path in texts(".py") if path.parts[0] in PRODUCT]


@cache
def texts(*suffixes: str) -> list[Path]:
    """Every file kept in the checkout, or those with one of the suffixes; relative, sorted."""
    return sorted(
        path.relative_to(ROOT) for path in _kept(ROOT) if not suffixes or path.suffix in suffixes
    )


def _kept(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in MADE or path.suffix == ".egg-info":
            continue
        if path.name.startswith(".") and path.name not in (".ci", ".gitignore"):
            continue
        if path.is_dir():
            yield from _kept(path)
        else:
            yield path


def read(path: Path) -> str:
    """The text of one file; characters that are not UTF-8 show as a mark."""
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of one Python file."""
    return ast.parse(read(path), filename=str(path))


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """Every call of a dotted name in one file, as it is written, with its line."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno
