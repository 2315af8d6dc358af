"""Tell how far long work has come: a bar on a terminal, one plain line elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import Progress


@contextmanager
def waiting(label: str) -> Iterator[Callable[[float], None]]:
    """What is called with the share done, from 0 to 1, while the work goes on."""
    console = Console(stderr=True)
    if not console.is_terminal:
        click.echo(label, err=True)
        yield lambda _: None
        return
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(label, total=1.0)
        yield lambda share: progress.update(task, completed=share)
