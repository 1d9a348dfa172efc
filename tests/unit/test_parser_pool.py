"""Parser processes: what a hostile file does to one is nobody else's trouble."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import numpy as np
import pypdf
import pytest
from PIL import Image

from pipeline.adapters import parser_pool
from pipeline.adapters.parser_pool import ParserPool
from pipeline.errors import ScanRejected, ServiceUnavailable
from pipeline.pages import ScanFile
from pipeline.settings import Limits
from pipeline.stages.look_again import SCALES
from tests.sheets import save, text_page
from tests.specimens.numbers import qr_code


@pytest.fixture
def scan(tmp_path: Path) -> ScanFile:
    return ScanFile(save(text_page(), tmp_path / "page.png"), "image/png")


@pytest.fixture
def pool() -> Iterator[ParserPool]:
    with ParserPool(Limits(parsers=1)) as parsers:
        yield parsers


def children() -> set[int]:
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # The thread has ended since it was listed.
            found.update(map(int, task.joinpath("children").read_text().split()))
    return found


def test_a_page_is_read_in_a_child_process(pool: ParserPool, scan: ScanFile, tmp_path: Path) -> None:
    page = pool.read_page(scan, 1, 4, tmp_path / "picture")
    assert page.text.number == 4
    assert "Hạnh" in page.text.text
    assert page.picture == tmp_path / "picture"
    assert page.picture.exists()


def test_parts_of_a_page_are_read_again_once_in_each_size(pool: ParserPool, scan: ScanFile, tmp_path: Path) -> None:
    page = pool.read_page(scan, 1, 1, tmp_path / "picture")
    lines = page.text.lines[:2]
    looks = pool.read_again(page, [line.box for line in lines])
    assert [len(texts) for texts in looks] == [len(SCALES)] * 2
    assert all(line.text in texts for line, texts in zip(lines, looks, strict=True))


def test_one_process_serves_many_calls(pool: ParserPool, scan: ScanFile) -> None:
    pool.count_pages(scan)
    first = children()
    pool.count_pages(scan)
    assert children() == first


def test_a_parser_that_has_done_its_share_is_replaced_before_the_next_call(
    pool: ParserPool, scan: ScanFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parser_pool, "_JOBS_BEFORE_RENEWAL", 2)
    before = children()
    pool.count_pages(scan)
    (first,) = children() - before
    pool.count_pages(scan)
    (second,) = children() - before
    assert second != first
    assert pool.count_pages(scan) == 1


def test_a_parser_that_was_killed_from_outside_costs_nothing(pool: ParserPool, scan: ScanFile) -> None:
    before = children()
    pool.count_pages(scan)
    (parser,) = children() - before
    os.kill(parser, signal.SIGKILL)
    assert pool.count_pages(scan) == 1


def test_a_parser_does_not_heed_the_signal_that_stops_a_whole_service(pool: ParserPool, scan: ScanFile) -> None:
    before = children()
    pool.count_pages(scan)
    (parser,) = children() - before
    os.kill(parser, signal.SIGTERM)
    assert pool.count_pages(scan) == 1
    assert children() - before == {parser}


def test_a_parser_outlives_the_thread_that_started_it(pool: ParserPool, scan: ScanFile) -> None:
    before = children()
    with ThreadPoolExecutor(1) as threads:
        threads.submit(pool.count_pages, scan).result()
    (parser,) = children() - before
    assert pool.count_pages(scan) == 1
    assert parser in children()


def test_a_parser_that_hangs_is_ended_with_all_that_it_started(scan: ScanFile, tmp_path: Path) -> None:
    before = children()
    with ParserPool(Limits(parsers=1, page_timeout_s=0.3)) as pool:
        with pytest.raises(ScanRejected) as error:
            pool.read_page(scan, 1, 1, tmp_path / "picture")
        assert error.value.code == "unreadable"
        assert children() == before


def test_a_parser_has_no_more_memory_than_its_limit(tmp_path: Path) -> None:
    large = ScanFile(save(text_page((), size=(12000, 12000)), tmp_path / "large.png"), "image/png")
    with ParserPool(Limits(parsers=1, parser_memory_mb=700, max_page_megapixels=200, reading_dpi=600)) as pool:
        with pytest.raises(ScanRejected) as error:
            pool.read_page(large, 1, 1, tmp_path / "picture")
        assert error.value.code in {"page_too_large", "unreadable"}
        assert pool.count_pages(ScanFile(save(text_page(), tmp_path / "small.png"), "image/png")) == 1


def test_a_refusal_crosses_the_process_border_with_its_code(pool: ParserPool, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 and nothing else")
    with pytest.raises(ScanRejected) as error:
        pool.count_pages(ScanFile(broken, "application/pdf"))
    assert error.value.code == "damaged"


def test_readings_from_several_threads_share_the_processes(scan: ScanFile, tmp_path: Path) -> None:
    before, numbers = children(), range(6)
    with ParserPool(Limits(parsers=2)) as parsers, ThreadPoolExecutor(6) as threads:
        read = [threads.submit(parsers.read_page, scan, 1, n, tmp_path / str(n)) for n in numbers]
        assert [page.result().text.number for page in read] == list(numbers)
        assert len(children() - before) <= 2


def test_a_look_does_not_wait_for_the_pages_that_are_read(pool: ParserPool, scan: ScanFile, tmp_path: Path) -> None:
    """The only parser that reads is kept busy by a file that nobody writes yet, and more pages wait for it."""
    endless, before = tmp_path / "endless.png", children()
    os.mkfifo(endless)
    with ThreadPoolExecutor(3) as threads:
        held = threads.submit(pool.read_page, ScanFile(endless, "image/png"), 1, 1, tmp_path / "1")
        while children() == before:
            threading.Event().wait(0.01)
        queued = [threads.submit(pool.read_page, scan, 1, n, tmp_path / str(n)) for n in (2, 3)]
        assert pool.look(scan, 1, None).text.words
        assert not any(reading.done() for reading in (held, *queued))
        with endless.open("wb"):
            pass  # it ends, and with it the wait
        assert [reading.result().text.number for reading in queued] == [2, 3]
    assert isinstance(held.exception(), ScanRejected)


def test_nothing_is_left_running_after_the_pool(scan: ScanFile) -> None:
    before = children()
    with ParserPool(Limits(parsers=1)) as pool:
        pool.count_pages(scan)
    assert children() == before


def test_a_paper_is_rendered_from_its_pages(pool: ParserPool, scan: ScanFile, tmp_path: Path) -> None:
    pages = [pool.read_page(scan, 1, n, tmp_path / str(n)) for n in (1, 2)]
    pool.render(pages, tmp_path / "copy.pdf")
    assert len(pypdf.PdfReader(tmp_path / "copy.pdf").pages) == 2


def test_a_quick_look_tells_how_a_page_lies_and_what_it_says(pool: ParserPool, scan: ScanFile) -> None:
    look = pool.look(scan, 1, None)
    assert (look.verdict, look.rotation_degrees) == ("low_resolution", 0)
    assert "Hạnh" in look.text.text


def test_a_quick_look_leaves_a_small_picture_of_the_page_upright(pool: ParserPool, tmp_path: Path) -> None:
    lying = ScanFile(save(np.rot90(text_page()).copy(), tmp_path / "lying.png"), "image/png")
    pool.look(lying, 1, tmp_path / "small.jpg")
    with Image.open(tmp_path / "small.jpg") as small:
        assert (small.format, small.width) == ("JPEG", 320)
        assert small.height == pytest.approx(320 * 297 / 210, abs=2)


def test_the_codes_of_a_picture_are_read_without_its_words(pool: ParserPool, tmp_path: Path) -> None:
    picture = np.full((600, 800, 3), 255, np.uint8)
    code = qr_code("hoso:cover:1:H29.12.34-260620-0007", 6)
    picture[50 : 50 + code.shape[0], 90 : 90 + code.shape[1]] = code[..., None]
    shown = ScanFile(save(picture, tmp_path / "shown.png"), "image/png")
    assert pool.read_codes(shown) == ("hoso:cover:1:H29.12.34-260620-0007",)


def test_the_small_picture_of_a_very_long_page_is_small_too(pool: ParserPool, tmp_path: Path) -> None:
    ribbon = ScanFile(save(np.full((6000, 300, 3), 255, np.uint8), tmp_path / "ribbon.png"), "image/png")
    pool.look(ribbon, 1, tmp_path / "small.jpg")
    with Image.open(tmp_path / "small.jpg") as small:
        assert (small.width, small.height) == (24, 480)


def test_a_parser_ends_with_its_parent(scan: ScanFile) -> None:
    """The parent is killed outright, and the parser has no more to read."""
    code = (
        "import sys, os, signal\n"
        "from pathlib import Path\n"
        "from pipeline.adapters.parser_pool import ParserPool\n"
        "from pipeline.pages import ScanFile\n"
        "from pipeline.settings import Limits\n"
        "pool = ParserPool(Limits(parsers=1))\n"
        "pool.count_pages(ScanFile(Path(sys.argv[1]), 'image/png'))\n"
        "children = Path(f'/proc/{os.getpid()}/task/{os.getpid()}/children').read_text()\n"
        "print(children.split()[0], flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    parent = subprocess.run([sys.executable, "-c", code, str(scan.path)], capture_output=True, text=True, check=False)
    parser = Path("/proc") / parent.stdout.strip()
    ended = threading.Event()
    for _ in range(100):
        if not parser.exists():
            break
        ended.wait(0.1)
    assert not parser.exists()


def test_a_scan_is_not_blamed_for_a_full_disk(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.pdf"
    damaged.write_bytes(b"%PDF-1.7 and no more")
    full = mock.patch("shutil.disk_usage", return_value=mock.Mock(free=1 << 20))
    with ParserPool(Limits(parsers=1)) as pool, full, pytest.raises(ServiceUnavailable) as caught:
        pool.count_pages(ScanFile(damaged, "application/pdf"))
    assert caught.value.code == "disk_full"
