"""The folder that scanners write to."""

import os
import time
from pathlib import Path

import pytest

from pipeline.adapters.hot_folder import HotFolder, settled
from pipeline.errors import NotFound


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
    assert settled([folder], lambda: None) == ((file,),)


def test_a_file_that_still_grows_is_left(folder: HotFolder, inbox: Path) -> None:
    file = put(inbox, "a.pdf")
    assert settled([folder], lambda: file.write_text("scan and more")) == ((),)


def test_a_file_that_arrives_between_the_looks_is_left(folder: HotFolder, inbox: Path) -> None:
    first = put(inbox, "a.pdf")
    assert settled([folder], lambda: put(inbox, "b.pdf")) == ((first,),)


def test_a_file_that_is_taken_away_between_the_looks_is_no_trouble(folder: HotFolder, inbox: Path) -> None:
    file = put(inbox, "a.pdf")
    assert settled([folder], file.unlink) == ((),)


def test_an_empty_folder_is_not_waited_for(folder: HotFolder) -> None:
    def never() -> None:
        raise AssertionError("waited")

    assert settled([folder], never) == ((),)


def test_several_folders_wait_together(inbox: Path, tmp_path: Path) -> None:
    folders = [HotFolder(inbox), HotFolder(tmp_path / "empty"), HotFolder(tmp_path / "other")]
    first, second, pauses = put(inbox, "a.pdf"), put(tmp_path / "other", "b.pdf"), []
    assert settled(folders, lambda: pauses.append(1)) == ((first,), (), (second,))
    assert len(pauses) == 1


def test_links_drafts_and_folders_are_left(folder: HotFolder, inbox: Path, tmp_path: Path) -> None:
    (inbox / "link.pdf").symlink_to(put(tmp_path, "elsewhere.pdf"))
    put(inbox, ".draft.pdf")
    (inbox / "done").mkdir()
    assert settled([folder], lambda: None) == ((),)


def test_a_name_that_was_used_before_does_not_overwrite(folder: HotFolder, inbox: Path) -> None:
    folder.set_aside(put(inbox, "scan.pdf", "first"), "done")
    folder.set_aside(put(inbox, "scan.pdf", "second"), "done")
    assert {file.read_text() for file in (inbox / "done").iterdir()} == {"first", "second"}


def test_a_refused_file_lies_beside_its_reason(folder: HotFolder, inbox: Path) -> None:
    folder.set_aside(put(inbox, "letter.docx"), "refused", "not_a_scan")
    assert (inbox / "refused" / "letter.docx").exists()
    assert (inbox / "refused" / "letter.docx.txt").read_text() == "not_a_scan\n"
    assert not (inbox / "letter.docx").exists()


def test_of_two_who_want_a_file_one_gets_it(folder: HotFolder, inbox: Path) -> None:
    file = put(inbox, "a.pdf")
    with folder.claimed(file) as first, HotFolder(inbox).claimed(file) as second:
        assert first is not None
        assert second is None


def test_who_comes_after_a_file_was_taken_gets_nothing(folder: HotFolder, inbox: Path) -> None:
    file = put(inbox, "a.pdf")
    with folder.claimed(file) as stream:
        assert stream is not None
        folder.set_aside(file, "done")
    with folder.claimed(file) as late:
        assert late is None


def test_a_new_file_under_the_name_of_one_that_is_being_taken_is_another(folder: HotFolder, inbox: Path) -> None:
    file = put(inbox, "a.pdf", "first")
    with folder.claimed(file) as first:
        file.unlink()
        put(inbox, "a.pdf", "second")
        with folder.claimed(file) as second:
            assert first is not None
            assert second is not None
            assert (first.read(), second.read()) == (b"first", b"second")


def test_arrived_files_are_known_by_ids_without_their_names(folder: HotFolder, inbox: Path) -> None:
    put(inbox, "Ho Thi Mai.pdf")
    (arrived,) = folder.arrived()
    assert "Mai" not in arrived.file_id
    assert folder.find(arrived.file_id).path.name == "Ho Thi Mai.pdf"


def test_a_file_that_has_grown_is_not_the_one_that_was_seen(folder: HotFolder, inbox: Path) -> None:
    file = put(inbox, "a.pdf")
    (seen,) = folder.arrived()
    file.write_text("scan and more")
    with pytest.raises(NotFound):
        folder.find(seen.file_id)


def test_what_is_given_back_overwrites_nothing(folder: HotFolder, inbox: Path, tmp_path: Path) -> None:
    put(inbox, "a.pdf", "newer")
    data = put(tmp_path, "data", "given back")
    folder.give_back(data, "a.pdf")
    assert {file.path.name: file.path.read_text() for file in folder.arrived()} == {
        "a.pdf": "newer",
        "a-2.pdf": "given back",
    }
    assert not data.exists()


@pytest.mark.parametrize("name", ["../outside.pdf", "/etc/outside.pdf", ".hidden.pdf", ""])
def test_what_is_given_back_stays_in_the_folder_and_can_be_seen(
    folder: HotFolder, inbox: Path, tmp_path: Path, name: str
) -> None:
    folder.give_back(put(tmp_path, "data"), name)
    assert [one.path.parent for one in folder.arrived()] == [inbox]


def test_young_files_wait_for_an_officer_who_sees_the_folder(folder: HotFolder, inbox: Path) -> None:
    young, old = put(inbox, "young.pdf"), put(inbox, "old.pdf")
    an_hour_ago = time.time() - 3600
    os.utime(old, (an_hour_ago, an_hour_ago))
    assert not folder.left_to_officers()(young)
    folder.watch()
    waits = folder.left_to_officers()
    assert (waits(young), waits(old)) == (True, False)


def test_nothing_waits_for_an_officer_who_has_gone(folder: HotFolder, inbox: Path) -> None:
    young = put(inbox, "young.pdf")
    folder.watch()
    a_minute_ago = time.time() - 60
    os.utime(inbox / ".watched", (a_minute_ago, a_minute_ago))
    assert not folder.left_to_officers()(young)


def test_what_a_process_that_died_was_giving_back_does_not_stay_half_written(folder: HotFolder, inbox: Path) -> None:
    lost, new = put(inbox, ".back-lost", "half a scan"), put(inbox, ".back-new", "half a scan")
    two_hours_ago = time.time() - 7200
    os.utime(lost, (two_hours_ago, two_hours_ago))
    HotFolder(inbox)
    assert not lost.exists()
    assert new.exists()
