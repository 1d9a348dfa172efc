"""A page that was read, on its way from who read it to who puts the papers together."""

from pathlib import Path

import pytest

from pipeline.errors import ScanRejected
from pipeline.packed_pages import pack, unpack
from pipeline.pages import ReadPage
from tests.unit.pages_of_text import page


@pytest.fixture
def read(tmp_path: Path) -> ReadPage:
    picture = tmp_path / "page-7"
    picture.mkdir()
    (picture / "background.jpg").write_bytes(b"paper")
    (picture / "text.g4").write_bytes(b"ink")
    said = page("Nguyễn Thị Hường", number=7)
    return ReadPage(text=said, picture=picture, rotation_degrees=90, skew_degrees=0.1, verdict="good")


def test_a_page_comes_out_as_it_went_in_with_its_picture(read: ReadPage, tmp_path: Path) -> None:
    pack(read, tmp_path / "packed")
    out = unpack(tmp_path / "packed", tmp_path / "out")
    assert isinstance(out, ReadPage)
    assert out == read.model_copy(update={"picture": out.picture})
    assert {file.name: file.read_bytes() for file in out.picture.iterdir()} == {
        "background.jpg": b"paper",
        "text.g4": b"ink",
    }


def test_a_lost_page_comes_out_with_why(tmp_path: Path) -> None:
    pack(ScanRejected("damaged", "page 3"), tmp_path / "packed")
    out = unpack(tmp_path / "packed", tmp_path / "out")
    assert isinstance(out, ScanRejected)
    assert (out.code, out.detail) == ("damaged", "page 3")


def test_the_same_page_makes_the_same_bytes_wherever_it_was_read(read: ReadPage, tmp_path: Path) -> None:
    pack(read, tmp_path / "one")
    elsewhere = tmp_path / "elsewhere"
    read.picture.rename(elsewhere)
    pack(read.model_copy(update={"picture": elsewhere}), tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_link_that_a_parser_left_leads_nowhere(read: ReadPage, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a word of this machine")
    (read.picture / "seen.pgm").symlink_to(tmp_path / "secret")
    pack(read, tmp_path / "packed")
    assert b"a word of this machine" not in (tmp_path / "packed").read_bytes()
