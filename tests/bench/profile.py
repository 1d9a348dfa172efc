"""`make bench-profile`: where hoso's processor time goes, step by step, on the benchmark's papers.

The jobs of a parser process are done here, in this process, with a stopwatch around each step; what a step starts
(poppler) counts for it. What the steps do not explain of a whole `hoso ingest` is the last line: starting the programs,
understanding the papers and filing them.
"""

import argparse
import json
import os
import resource
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import cv2
from rich.console import Console
from rich.table import Table

from pipeline.adapters import parser_child
from pipeline.media import HEAD_BYTES, media_type
from pipeline.settings import Limits
from tests.bench.readers import all_readers
from tests.bench.sample import Paper, corpus_papers, specimen_papers

_PAPERS_A_LEVEL = 8
_STEPS = {
    "open": "pipeline.adapters.parser_child.open_page",
    "clean": "pipeline.adapters.parser_child.clean",
    "recognise: engine": "pipeline.adapters.parser_child.read_words",
    "recognise: codes": "pipeline.stages.recognise.read_codes",
    "recognise: the rest": "pipeline.adapters.parser_child.recognise",
    "repair": "pipeline.adapters.parser_child.repair",
    "picture: layers": "pipeline.stages.picture.separate",
    "picture: the rest": "pipeline.adapters.parser_child.write_picture",
    "render": "pipeline.adapters.parser_child.render",
    "render: proof": "pipeline.stages.render.prove",
}
"""Each step, and where the caller of its function looks it up."""


class Stopwatch:
    """CPU seconds by step; a step within another counts for itself alone."""

    def __init__(self) -> None:
        self.cpu_s: dict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()
        self._under_way: list[str] = []
        self._since_s = 0.0

    def around(self, step: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, timed."""

        def timed(*arguments: Any, **named: Any) -> Any:
            self._switch()
            self._under_way.append(step)
            self.calls[step] += 1
            try:
                return work(*arguments, **named)
            finally:
                self._switch()
                self._under_way.pop()

        return timed

    def _switch(self) -> None:
        """Book the time since the last switch to the step that is under way."""
        now_s = _cpu_s()
        if self._under_way:
            self.cpu_s[self._under_way[-1]] += now_s - self._since_s
        self._since_s = now_s


def main() -> None:
    """Profile and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.profile", description=__doc__)
    parser.add_argument("--papers", type=int, default=_PAPERS_A_LEVEL, help="papers a capture level")
    most = parser.parse_args().papers
    corpus = os.environ.get("HOSO_CORPUS")
    cv2.setNumThreads(1)
    with TemporaryDirectory(prefix="hoso-profile-") as name:
        folder = Path(name)
        groups = corpus_papers(Path(corpus), folder, most) if corpus else specimen_papers(folder, most)
        papers = list(chain.from_iterable(groups.values()))
        whole = all_readers()[0].read(papers, folder)
        watch = Stopwatch()
        with _timed(watch):
            for number, paper in enumerate(papers):
                _digitise(paper, folder / str(number))
    _show(watch, whole.cost.cpu_s, sum(paper.pages for paper in papers))


@contextmanager
def _timed(watch: Stopwatch) -> Iterator[None]:
    with ExitStack() as patches:
        for step, place in _STEPS.items():
            module, _, name = place.rpartition(".")
            work = getattr(import_module(module), name)
            patches.enter_context(patch(place, watch.around(step, work)))
        yield


def _digitise(paper: Paper, folder: Path) -> None:
    """Steps 2 to 4 and 9 of a paper, as its parser process would do them."""
    folder.mkdir()
    limits = Limits()
    with paper.file.open("rb") as file:
        scan = {"path": str(paper.file), "media_type": media_type(file.read(HEAD_BYTES))}
    read = []
    for page in range(1, paper.pages + 1):
        job = {"job": "read", "page": page, "number": page, "picture": str(folder / str(page)), **scan}
        read.append(parser_child.answer_to(job, limits)["done"])
    pages = folder / "copy.pages"
    pages.write_text("".join(json.dumps(one) + "\n" for one in read), encoding="utf-8")
    pictures = {f"picture-{at}": one["picture"] for at, one in enumerate(read)}
    job = {"job": "render", "count": len(read), "pages": str(pages), "target": str(folder / "copy.pdf"), **pictures}
    parser_child.answer_to(job, limits)


def _show(watch: Stopwatch, whole_cpu_s: float, pages: int) -> None:
    table = Table("step", title=f"CPU of hoso, {pages} pages", title_justify="left")
    for column in ("ms a page", "share", "calls a page"):
        table.add_column(column, justify="right")
    for step in _STEPS:
        table.add_row(*_cells(step, watch.cpu_s[step], whole_cpu_s, pages), f"{watch.calls[step] / pages:.2f}")
    rest = whole_cpu_s - sum(watch.cpu_s.values())
    table.add_row(*_cells("start, understand, file", rest, whole_cpu_s, pages), "")
    table.add_section()
    table.add_row(*_cells("whole ingest", whole_cpu_s, whole_cpu_s, pages), "")
    Console(highlight=False).print(table)


def _cells(step: str, cpu_s: float, whole_cpu_s: float, pages: int) -> Sequence[str]:
    return step, f"{1000 * cpu_s / pages:.0f}", f"{100 * cpu_s / whole_cpu_s:.0f} %"


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
