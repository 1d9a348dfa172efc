"""The process in which files are opened and pages read: one JSON job a line in, one JSON answer a line out.

It holds no secrets, no store and no database. It ends with its parent: its input ends then, or its answer finds no
reader. (The kernel's own signal for this, PR_SET_PDEATHSIG, would come as soon as the starting *thread* ends.) It is
confined before the first byte of a scan is looked at: limits, no network, no files but those of its own folder.
"""

import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2

from pipeline.adapters.parser_signing import look_at_signatures, make_signable
from pipeline.adapters.sandbox.confinement import Confinement, confine
from pipeline.errors import HosoError, Misconfigured, ScanRejected
from pipeline.pages import Layout, PageLook, PagePart, Pixels, RawPage, ReadPage, ReadWords, ScanFile, ShownPage
from pipeline.settings import Limits
from pipeline.stages.active_content import find_active
from pipeline.stages.born_digital import DrawnText, as_drawn, drawn_text, own_text
from pipeline.stages.captions import with_captions
from pipeline.stages.clean import clean
from pipeline.stages.confidence import weigh
from pipeline.stages.crop import write_crop
from pipeline.stages.excerpt import write_excerpt
from pipeline.stages.handwriting import mark_handwriting
from pipeline.stages.lone_page import LONE_PAGE, keep_for_archive, write_lone_page
from pipeline.stages.look_again import keep_for_reading, look_again
from pipeline.stages.open import count_pages, open_page
from pipeline.stages.page_view import placed_words, write_page_picture
from pipeline.stages.picture import write_picture
from pipeline.stages.quick_read import read_quickly
from pipeline.stages.recognise import read_code_texts, recognise
from pipeline.stages.render import render
from pipeline.stages.repair import repair
from pipeline.stages.thumbnail import write_thumbnail
from schemas.text import Box, PageText, Word

try:
    from pipeline.adapters.tesseract_inside import read_words
except ModuleNotFoundError:  # tesserocr has no wheels for this machine
    from pipeline.adapters.tesseract import read_words

_LIBC = ctypes.CDLL(None)

Answer = dict[str, Any]


def main() -> None:
    """Answer jobs from stdin until it ends."""
    limits = Limits.model_validate_json(sys.argv[1])
    # A service manager ends whole groups at once; if we went before our parent, a good scan would look unreadable.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    cv2.setNumThreads(1)
    confinement = confine(Path(sys.argv[2]), limits)
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # a library that prints must not break the protocol
    for line in sys.stdin:
        answer = confined_answer(json.loads(line), confinement, limits)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        _give_memory_back()
        if answer.get("spent"):
            return


def _give_memory_back() -> None:
    """Return to the system what steps before needed: it adds up to 40 MB with an ordinary page, to 80 with a large one.

    The C library keeps what is freed between what is still used, and most pictures of a page are small enough for that.
    """
    if hasattr(_LIBC, "malloc_trim"):  # glibc's
        _LIBC.malloc_trim(0)


def confined_answer(job: Answer, confinement: Confinement, limits: Limits) -> Answer:
    """What a process says to a job that is confined so: where that is not enough, it opens nothing."""
    if job["job"] == "confinement":
        return {"done": confinement.model_dump(mode="json")}
    try:
        confinement.check(limits)
    except Misconfigured as error:
        return _refusal(error)
    return answer_to(job, limits)


def answer_to(job: Answer, limits: Limits) -> Answer:
    """What is said to a job: `done`, or our error with its code; `spent` where this process had better be replaced."""
    try:
        return {"done": _done(job, limits)}
    except HosoError as error:
        return _refusal(error)
    except (MemoryError, RecursionError, cv2.error):
        # What is left of this process may be too little for the next job.
        return {"error": "ScanRejected", "code": "unreadable", "detail": "", "spent": True}


def _refusal(error: HosoError) -> Answer:
    return {"error": type(error).__name__, "code": error.code, "detail": error.detail}


def _done(job: Answer, limits: Limits) -> Answer:
    if job["job"] == "render":
        return _render(job)
    if job["job"] == "again":
        boxes = [Box.model_validate(box) for box in job["boxes"]]
        return {"read": look_again(Path(job["picture"]), job["dpi"], boxes, _engine(limits))}
    scan = ScanFile(Path(job["path"]), job["media_type"])
    jobs: dict[str, Callable[[], Answer]] = {
        "count": lambda: {"pages": count_pages(scan.path, scan.media_type, limits)},
        "look": lambda: _look(scan, job, limits).model_dump(mode="json", exclude_defaults=True),
        "active": lambda: {"found": bool(find_active(scan.path))},
        "codes": lambda: {"texts": read_code_texts(open_page(scan.path, scan.media_type, 1, limits).pixels)},
        "crop": lambda: _crop(scan, job, limits),
        "show": lambda: _show(scan, job, limits),
        "words": lambda: placed_words(scan.path, job["page"], limits.page_timeout_s).model_dump(),
        "excerpt": lambda: _excerpt(scan, job),
        "signable": lambda: make_signable(scan, job, limits),
        "signatures": lambda: look_at_signatures(scan, job),
        "read": lambda: _read(scan, job, limits).model_dump(mode="json", exclude_defaults=True),
    }
    return jobs[job["job"]]()


def _look(scan: ScanFile, job: Answer, limits: Limits) -> PageLook:
    raw = open_page(scan.path, scan.media_type, job["page"], limits)
    with TemporaryDirectory() as folder:
        drawn = _drawn_text(scan, raw, job["page"], Path(folder) / "lone.pdf", limits)
    text, whole = own_text(drawn, raw, job["page"], _engine(limits)), True
    page = as_drawn(raw) if text is not None else clean(raw)
    if text is None:
        page, text, whole = read_quickly(page, job["page"], _engine(limits))
        text = weigh(repair(text))
    if "thumbnail" in job:
        write_thumbnail(page, Path(job["thumbnail"]))
    return PageLook(
        text=text,
        whole=whole,
        rotation_degrees=page.rotation_degrees,
        skew_degrees=page.skew_degrees,
        verdict=page.verdict,
    )


def _crop(scan: ScanFile, job: Answer, limits: Limits) -> Answer:
    write_crop(scan, PagePart.model_validate(job["part"]), Path(job["target"]), limits)
    return {}


def _show(scan: ScanFile, job: Answer, limits: Limits) -> Answer:
    write_page_picture(scan, ShownPage.model_validate(job["shown"]), Path(job["target"]), limits)
    return {}


def _read(scan: ScanFile, job: Answer, limits: Limits) -> ReadPage:
    raw, issue = open_page(scan.path, scan.media_type, job["page"], limits), None
    picture = Path(job["picture"])
    lone = picture.with_suffix(".pdf")
    drawn = _drawn_text(scan, raw, job["page"], lone, limits)
    text = own_text(drawn, raw, job["number"], _engine(limits))
    page = as_drawn(raw) if text is not None else clean(raw)
    if text is None:
        lone.unlink(missing_ok=True)
        try:
            page, text = recognise(page, job["number"], _engine(limits))
            _give_memory_back()
            text = with_captions(weigh(repair(mark_handwriting(page, text))), drawn.words, page)
            keep_for_reading(page.grey, picture)
        except ScanRejected as error:
            height, width = page.grey.shape
            issue, text = error.code, PageText(number=job["number"], width_px=width, height_px=height, dpi=page.dpi)
    write_picture(page, picture)
    keep_for_archive(lone, picture / LONE_PAGE)
    return ReadPage(
        text=text,
        picture=picture,
        rotation_degrees=page.rotation_degrees,
        skew_degrees=page.skew_degrees,
        verdict=page.verdict,
        issue=issue,
    )


def _drawn_text(scan: ScanFile, raw: RawPage, page: int, lone: Path, limits: Limits) -> DrawnText:
    """The words that a page of a PDF draws, and the page alone in `lone`; none for other files and damaged ones."""
    if scan.media_type != "application/pdf" or not write_lone_page(scan.path, page, lone):
        return DrawnText((), layered=False)
    return drawn_text(lone, raw, limits.page_timeout_s / 6)


def _engine(limits: Limits) -> ReadWords:
    def read(grey: Pixels, dpi: int, layout: Layout) -> tuple[Word, ...]:
        _give_memory_back()  # reading takes most of the time, and needs nothing of what came before
        return read_words(grey, dpi, layout, limits.page_timeout_s / 3)

    return read


def _excerpt(scan: ScanFile, job: Answer) -> Answer:
    write_excerpt(scan.path, scan.media_type, job["pages"], Path(job["target"]))
    return {}


def _render(job: Answer) -> Answer:
    pictures = [Path(job[f"picture-{at}"]) for at in range(job["count"])]
    render(_PagesOnDisk(Path(job["pages"]), pictures), Path(job["target"]))
    return {}


class _PagesOnDisk(Sequence[ReadPage]):
    """Pages in a file, one JSON line each, of which only the one that is asked for is in memory; and their pictures."""

    def __init__(self, file: Path, pictures: Sequence[Path]) -> None:
        self._lines = list(zip(file.read_bytes().splitlines(), pictures, strict=True))

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, at: Any) -> Any:
        return [_page(*line) for line in self._lines[at]] if isinstance(at, slice) else _page(*self._lines[at])


def _page(line: bytes, picture: Path) -> ReadPage:
    return ReadPage.model_validate_json(line).model_copy(update={"picture": picture})


if __name__ == "__main__":
    main()
