"""What a page of a paper on file is shown with: from memory where it was shown before, and never to another office."""

from pathlib import Path
from threading import Barrier, Thread

import pytest

from pipeline.errors import NotFound, ScanRejected, ServiceUnavailable
from pipeline.viewing import PageViews, RecentBytes, words_found
from tests.unit.desk import NEIGHBOUR, Desk
from tests.unit.plain_papers import BIRTH, CARD, GOING_ON
from tests.unit.plain_parsers import PlainParsers, scan, words_of

OFFICE = "phuong-a"


@pytest.fixture
def views(desk: Desk) -> PageViews:
    return PageViews(desk.archive)


def shown(parsers: PlainParsers) -> list[str]:
    return [call for call in parsers.calls if call.startswith(("show", "words"))]


def test_a_page_is_drawn_once_for_each_width(desk: Desk, views: PageViews, parsers: PlainParsers) -> None:
    paper = desk.file(scan(BIRTH, GOING_ON))
    for _ in range(2):
        assert views.picture(OFFICE, paper.document_id, 2, 1000).startswith(b"page 2, 1000 wide, of copy of")
        assert views.picture(OFFICE, paper.document_id, 2, 320).startswith(b"page 2, 320 wide, of copy of")
    assert shown(parsers) == ["show 2 1000", "show 2 320"]


def test_the_words_of_a_page_are_looked_for_once(desk: Desk, views: PageViews, parsers: PlainParsers) -> None:
    paper = desk.file(scan(BIRTH, GOING_ON))
    first, again = (views.words(OFFICE, paper.document_id, 1) for _ in range(2))
    assert first == again
    assert [word.text for word in first.words] == BIRTH.split()
    assert shown(parsers) == ["words 1"]


def test_an_original_is_shown_as_it_was_handed_in(desk: Desk, views: PageViews, parsers: PlainParsers) -> None:
    paper = desk.file(scan(BIRTH, GOING_ON))
    for _ in range(2):
        picture = views.original(OFFICE, paper.document_id, 2, 320)
        assert picture == b"page 2, 320 wide, of " + scan(BIRTH, GOING_ON)
    assert shown(parsers) == ["show 2 320"]


def test_the_original_of_a_cut_out_paper_is_its_excerpt(desk: Desk, views: PageViews) -> None:
    submission = desk.receive(scan(CARD, BIRTH))
    desk.archive.process(submission.submission_id)
    papers = desk.tables.papers.of_content(OFFICE, submission.content_sha256)
    (birth,) = (paper for paper in papers if paper.type == "birth_certificate")
    assert birth.excerpts
    assert views.original(OFFICE, birth.document_id, 1, 320) == b"page 1, 320 wide, of " + scan(BIRTH)


def test_a_paper_of_which_no_picture_may_be_kept_has_none(desk: Desk, views: PageViews) -> None:
    paper = desk.file(scan(CARD))
    with pytest.raises(NotFound) as no_picture:
        views.picture(OFFICE, paper.document_id, 1, 320)
    with pytest.raises(NotFound) as no_words:
        views.words(OFFICE, paper.document_id, 1)
    assert (no_picture.value.code, no_words.value.code) == ("no_picture_kept", "no_picture_kept")


def test_an_original_that_has_gone_is_not_kept(desk: Desk, views: PageViews) -> None:
    paper = desk.file(scan(CARD))
    desk.store.delete(paper.original_keys[0])
    with pytest.raises(NotFound) as caught:
        views.original(OFFICE, paper.document_id, 1, 320)
    assert caught.value.code == "no_original_kept"


@pytest.mark.parametrize("page", [0, 3, -1])
def test_a_page_that_the_paper_has_not_is_not_found(desk: Desk, views: PageViews, page: int) -> None:
    paper = desk.file(scan(BIRTH, GOING_ON))
    with pytest.raises(NotFound) as caught:
        views.picture(OFFICE, paper.document_id, page, 320)
    assert caught.value.code == "no_such_page_of_paper"


def test_another_office_sees_nothing_even_of_what_is_in_memory(desk: Desk, views: PageViews) -> None:
    paper = desk.file(scan(BIRTH))
    views.picture(OFFICE, paper.document_id, 1, 320)
    views.original(OFFICE, paper.document_id, 1, 320)
    for ask in (views.picture, views.original):
        with pytest.raises(NotFound) as caught:
            ask(NEIGHBOUR.office_id, paper.document_id, 1, 320)
        assert caught.value.code == "no_such_paper"


def test_a_copy_that_is_not_the_one_that_was_filed_is_not_shown(desk: Desk, views: PageViews) -> None:
    paper = desk.file(scan(BIRTH))
    assert paper.object_key is not None
    with (desk.folder / "fetched").open("wb+") as other:
        other.write(b"copy of another")
        other.seek(0)
        desk.store.put(paper.object_key, other, "application/pdf")
    with pytest.raises(ServiceUnavailable) as caught:
        views.picture(OFFICE, paper.document_id, 1, 320)
    assert caught.value.code == "object_altered"


def test_nothing_of_what_was_shown_stays_on_disk(
    desk: Desk, views: PageViews, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "private").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "private"))
    paper = desk.file(scan(BIRTH))
    views.picture(OFFICE, paper.document_id, 1, 320)
    views.original(OFFICE, paper.document_id, 1, 320)
    views.words(OFFICE, paper.document_id, 1)
    assert list((tmp_path / "private").iterdir()) == []


class Maker:
    """Makes eight bytes of each name, and remembers which it made."""

    def __init__(self, recent: RecentBytes) -> None:
        self.recent, self.made = recent, list[str]()

    def get(self, name: str) -> bytes:
        def make() -> bytes:
            self.made.append(name)
            return name.encode() * 8

        return self.recent.get((name,), make)


def test_what_was_not_used_for_longest_goes_first() -> None:
    maker = Maker(RecentBytes(20))
    for name in ("a", "b", "a", "c", "a", "b"):
        assert maker.get(name) == name.encode() * 8
    assert maker.made == ["a", "b", "c", "b"]


def test_more_than_is_held_at_all_is_made_each_time() -> None:
    maker = Maker(RecentBytes(7))
    assert [maker.get("a"), maker.get("a")] == [b"a" * 8] * 2
    assert maker.made == ["a", "a"]


def test_a_picture_that_cannot_be_made_is_tried_again() -> None:
    def fail() -> bytes:
        raise ScanRejected("damaged")

    recent = RecentBytes(9)
    with pytest.raises(ScanRejected):
        recent.get(("a",), fail)
    assert recent.get(("a",), lambda: b"x") == b"x"


def test_two_who_ask_for_the_same_at_once_both_get_it() -> None:
    recent, together, got = RecentBytes(9), Barrier(2), list[bytes]()

    def make() -> bytes:
        together.wait()
        return bytes(8)

    askers = [Thread(target=lambda: got.append(recent.get(("a",), make))) for _ in range(2)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert got == [bytes(8)] * 2
    assert recent.get(("b",), lambda: b"y") == b"y"  # eight bytes were counted once: there is room for another
    assert recent.get(("a",), lambda: b"gone") == bytes(8)


PAGE = """ỦY BAN NHÂN DÂN XÃ HÒA BÌNH
Số: 716/2018 ngày 12/3/2018
Họ tên: Đỗ Thị Hường, mã H57-
210409-0695 của phường Hoà
Bình, số 716/
2018; nguyễn-
hữu"""


def found(query: str) -> list[str]:
    page = words_of(PAGE)
    return [page.words[place].text for place in words_found(page, query)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Đỗ Thị Hường", ["Đỗ", "Thị", "Hường,"]),
        ("do thi huong", ["Đỗ", "Thị", "Hường,"]),
        ("hoà binh", ["HÒA", "BÌNH", "Hoà", "Bình,"]),
        ("716/2018", ["716/2018", "716/", "2018;"]),
        ("12/3/2018", ["12/3/2018"]),
        ("2018/716", []),
        ("h57-210409-0695", ["H57-", "210409-0695"]),
        ("hườ", ["Hường,"]),
        ("hườ ", []),
        ("ường ", []),
        ("nguyễnhữu", ["nguyễn-", "hữu"]),
        ("nguyễn hữu", ["nguyễn-", "hữu"]),
        ("(", []),
        ("", []),
    ],
)
def test_the_words_of_a_page_that_a_search_found_are_told(query: str, words: list[str]) -> None:
    assert found(query) == words


def test_on_a_page_without_words_nothing_is_found() -> None:
    assert words_found(words_of(""), "hường") == ()
