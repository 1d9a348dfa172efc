"""What a person at a terminal sees while files are digitised: a live bar, then one line a paper."""

import threading
from types import TracebackType
from typing import Self

from rich import progress as bar
from rich.console import Console
from rich.markup import escape

from pipeline.cli.lines import as_json_line, write_stdout
from schemas.ingest import IngestLine

_MARKS = {"filed": ("green", "filed"), "needs_review": ("yellow", "needs review"), "rejected": ("red", "refused")}


class Progress:
    """Pages and papers done, and an estimate of the rest; the bar shows on a terminal only."""

    def __init__(self, units: int, *, as_json: bool) -> None:
        """Args: units: how many submissions there are, each counted as one page until its pages are known;
        as_json: stdout carries JSON, so the bar goes to stderr.
        """
        self.console = Console(stderr=as_json, highlight=False)
        self._as_json = as_json
        self._bar = bar.Progress(
            bar.SpinnerColumn(),
            bar.TextColumn("{task.description}"),
            bar.BarColumn(),
            bar.TextColumn("{task.completed:.0f}/{task.total:.0f} pages, {task.fields[papers]} papers"),
            bar.TimeElapsedColumn(),
            bar.TextColumn("about"),
            bar.TimeRemainingColumn(),
            bar.TextColumn("left"),
            console=self.console,
            disable=not self.console.is_terminal,
            transient=True,
        )
        self._task = self._bar.add_task("digitising", total=units, papers=0)
        self._lock = threading.Lock()
        self._units = units
        self._pages: dict[str, tuple[int, int]] = {}
        self._papers = 0

    def __enter__(self) -> Self:
        """Start drawing."""
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop drawing."""
        self._bar.stop()

    def pages(self, source: str, done: int, total: int) -> None:
        """Say how far one source is."""
        with self._lock:
            self._pages[source] = (done, max(1, total))
            self._draw()

    def papers_found(self, source: str, papers: int) -> None:
        """Say that a source is done."""
        with self._lock:
            _, total = self._pages.get(source, (0, 1))
            self._pages[source] = (total, total)
            self._papers += papers
            self._draw()

    def show(self, line: IngestLine) -> None:
        """Write one answer: JSON to stdout, or one line for people."""
        if self._as_json:
            write_stdout(as_json_line(line))
            return
        colour, word = _MARKS[line.state]
        owners = escape(", ".join(person.name or "?" for person in line.people))
        told = line.message or ", ".join(line.reasons)
        text = f"[{colour}]{word:<12}[/] {line.type or '-':<30} {owners or '-':<28} {escape(line.source)}"
        self.console.print(text + (f"  [dim]{escape(told)}[/]" if told else ""), soft_wrap=True)

    def _draw(self) -> None:
        known = sum(total for _, total in self._pages.values())
        done = sum(done for done, _ in self._pages.values())
        total = known + self._units - len(self._pages)
        self._bar.update(self._task, completed=done, total=total, papers=self._papers)
