"""The folder that scanners write to."""

from pathlib import Path

import pytest

from pipeline.adapters.hot_folder import HotFolder


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


@pytest.fixture
def folder(inbox: Path) -> HotFolder:
    return HotFolder(inbox)


def put(inbox: Path, name: str, text: str = "scan") -> Path:
    file = inbox / name
    file.write_text(text)
    return file


def test_a_file_that_stays_the_same_is_taken(folder: HotFolder, inbox: Path) -> None:
    file = put(inbox, "a.pdf")
    assert folder.settled(lambda: None) == (file,)


def test_a_file_that_still_grows_is_left(folder: HotFolder, inbox: Path) -> None:
    file = put(inbox, "a.pdf")
    assert folder.settled(lambda: file.write_text("scan and more")) == ()


def test_a_file_that_arrives_between_the_looks_is_left(folder: HotFolder, inbox: Path) -> None:
    first = put(inbox, "a.pdf")
    assert folder.settled(lambda: put(inbox, "b.pdf")) == (first,)


def test_a_file_that_is_taken_away_between_the_looks_is_no_trouble(folder: HotFolder, inbox: Path) -> None:
    file = put(inbox, "a.pdf")
    assert folder.settled(file.unlink) == ()


def test_an_empty_folder_is_not_waited_for(folder: HotFolder) -> None:
    def never() -> None:
        raise AssertionError("waited")

    assert folder.settled(never) == ()


def test_links_drafts_and_folders_are_left(folder: HotFolder, inbox: Path, tmp_path: Path) -> None:
    (inbox / "link.pdf").symlink_to(put(tmp_path, "elsewhere.pdf"))
    put(inbox, ".draft.pdf")
    (inbox / "done").mkdir()
    assert folder.settled(lambda: None) == ()


def test_a_name_that_was_used_before_does_not_overwrite(folder: HotFolder, inbox: Path) -> None:
    folder.set_aside(put(inbox, "scan.pdf", "first"), "done")
    folder.set_aside(put(inbox, "scan.pdf", "second"), "done")
    assert {file.read_text() for file in (inbox / "done").iterdir()} == {"first", "second"}


def test_a_refused_file_lies_beside_its_reason(folder: HotFolder, inbox: Path) -> None:
    folder.set_aside(put(inbox, "letter.docx"), "refused", "not_a_scan")
    assert (inbox / "refused" / "letter.docx").exists()
    assert (inbox / "refused" / "letter.docx.txt").read_text() == "not_a_scan\n"
    assert not (inbox / "letter.docx").exists()


def test_only_one_goes_through_the_folder_at_a_time(folder: HotFolder, inbox: Path) -> None:
    with folder.only_me() as first, HotFolder(inbox).only_me() as second:
        assert (first, second) == (True, False)
    with HotFolder(inbox).only_me() as again:
        assert again
