"""What a person at a terminal sees while something long goes on: one line that is written over."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from pipeline.backup import OnProgress

_MB = 1_000_000


@contextmanager
def told(text: str) -> Iterator[OnProgress]:
    """Show `text` with the two numbers that the callback is given in place of `{}`, on a terminal and on stderr."""
    console = Console(stderr=True, highlight=False)
    with console.status(text.format(0, 0)) as status:
        yield lambda first, second: status.update(text.format(f"{first:,}", f"{second:,}"))


def in_mb(size_bytes: int) -> str:
    """A size for people."""
    return f"{size_bytes / _MB:,.1f} MB"
