"""The promises of Search."""

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.adapters.database.engine import Database
from schemas.search import SearchQuery
from tests.contract.examples import (
    ACTOR,
    HUONG_NUMBER,
    HUONG_OLD_NUMBER,
    NEIGHBOUR,
    a_field,
    file,
    huong,
    minutes,
)

OFFICE = ACTOR.office_id
PAGE = """GIẤY CHỨNG NHẬN
Số: 716/2018   ngày 12/3/2018
Họ và tên: Đỗ Thị Hường, phường Hòa Bình
Mã hồ sơ: 000.00.05.H57-210409-0695"""


def found(database: Database, words: str, office_id: str = OFFICE) -> list[str]:
    return [
        hit.document_id for hit in database.search.search(SearchQuery(offices=(office_id,), words=words, limit=20)).hits
    ]


@pytest.mark.parametrize(
    "words",
    [
        "Đỗ Thị Hường",
        "do thi huong",
        "ĐỖ THỊ HƯỜNG",
        unicodedata.normalize("NFD", "Đỗ Thị Hường"),
        "hường đỗ",
        "hoà bình",
        "hòa bình",
        "Ðỗ",  # with the eth of old fonts
        "716/2018",
        "000.00.05.H57-210409-0695",
        "h57-210409-0695",
        "giấy chứng nhận",
        "hườ",
        "do th",
        "716/2018 chứ",
    ],
)
def test_a_page_is_found_however_its_words_are_typed(database: Database, words: str) -> None:
    paper = file(database, "trang khác", PAGE)
    assert found(database, words) == [paper.document_id]


@pytest.mark.parametrize(
    "words",
    [
        "Hường Lan",
        "16/2018",
        "716/201",
        "2018/716",
        "716/3",
        "716-12",
        "Hườ ",
        "H",
        "ườ",
        "th hường",
        "Hường OR Lan",
        "-Lan",
        "(",
        "  ",
    ],
)
def test_what_is_not_all_there_is_not_found(database: Database, words: str) -> None:
    file(database, PAGE)
    assert found(database, words) == []


def test_all_words_must_stand_on_one_page(database: Database) -> None:
    file(database, "Nguyễn Văn An", "Trần Thị Bình")
    assert found(database, "an bình") == []


def test_text_that_is_decomposed_on_the_page_is_found(database: Database) -> None:
    paper = file(database, unicodedata.normalize("NFD", PAGE))
    assert found(database, "Hường") == [paper.document_id]


def test_a_paper_without_kept_text_is_found_by_type_fields_and_owner(database: Database) -> None:
    paper = file(
        database,
        "",
        type="giay_khai_sinh",
        fields={"document_number": a_field("716/2018")},
        people=(huong(link="proposed"),),
        dossier_code="H57-210409-0695",
    )
    for words in ("giấy khai sinh", "716/2018", "huong nguyen thi", HUONG_NUMBER, "H57-210409-0695"):
        (hit,) = database.search.search(SearchQuery(offices=(OFFICE,), words=words, limit=9)).hits
        assert (hit.document_id, hit.page, hit.names) == (paper.document_id, None, ("Nguyễn Thị Hường",))


def test_a_citizens_papers_are_found_by_number_and_by_old_number(database: Database) -> None:
    card = file(database, "x", people=(huong(old_number=HUONG_OLD_NUMBER),), filed_at=minutes(1))
    other = file(database, "y", people=(huong(),), filed_at=minutes(2))
    file(database, "z", people=(huong(personal_id="001190099999"),))
    for number in (HUONG_NUMBER, HUONG_OLD_NUMBER):
        hits = database.search.search(SearchQuery(offices=(OFFICE,), words=number, limit=9)).hits
        assert [hit.document_id for hit in hits] == [other.document_id, card.document_id]
        assert all(hit.exact and hit.passage for hit in hits)


def test_a_number_that_nobody_has_finds_nothing(database: Database) -> None:
    file(database, "x", people=(huong(personal_id=None),))
    assert found(database, "001190077777") == []


def test_exact_marks_rank_above_folded_ones_and_newer_above_older(database: Database) -> None:
    exact_old = file(database, "Bà Hường", filed_at=minutes(1))
    exact_new = file(database, "bà hường", filed_at=minutes(2))
    folded_old = file(database, "Bà Hưởng", filed_at=minutes(3))
    folded_new = file(database, "BA HUONG", filed_at=minutes(4))
    hits = database.search.search(SearchQuery(offices=(OFFICE,), words="Hường", limit=9)).hits
    ranked = [exact_new, exact_old, folded_new, folded_old]
    assert [hit.document_id for hit in hits] == [paper.document_id for paper in ranked]
    assert [hit.exact for hit in hits] == [True, True, False, False]


def test_a_page_of_hits_is_limited_and_tells_that_there_are_more(database: Database) -> None:
    papers = [file(database, text, filed_at=minutes(at)) for at, text in enumerate(["hưởng", "hưởng", "hường"])]
    ranked = [papers[2].document_id, papers[1].document_id, papers[0].document_id]
    for limit in (1, 2, 3):
        page = database.search.search(SearchQuery(offices=(OFFICE,), words="hường", limit=limit))
        assert [hit.document_id for hit in page.hits] == ranked[:limit]
        assert (page.next is not None) == (limit < 3)


def test_a_paper_is_one_hit_with_its_first_matching_page(database: Database) -> None:
    paper = file(database, "bìa", "Bà Hường", "bà Hường", people=(huong(),))
    (hit,) = database.search.search(SearchQuery(offices=(OFFICE,), words="Hường", limit=9)).hits
    assert (hit.document_id, hit.page, hit.passage) == (paper.document_id, 2, "Bà Hường")


def test_the_passage_is_a_short_piece_of_the_page_around_the_match(database: Database) -> None:
    before, after = (" ".join(f"{word}{number}" for number in range(200)) for word in ("trước", "sau"))
    file(database, f"{before}\nSố:  716/2018 của Bà Đỗ Thị Hường,\n{after}")
    passage = database.search.search(SearchQuery(offices=(OFFICE,), words="huong 716/2018", limit=9)).hits[0].passage
    assert "trước199 Số: 716/2018 của Bà Đỗ Thị Hường, sau0" in passage
    assert 15 <= len(passage.split()) <= 30


def test_the_passage_shows_where_the_words_stand_together(database: Database) -> None:
    apart = " ".join(["Nguyễn"] + ["dòng"] * 100 + ["Nguyễn Thị Hường ký"])
    file(database, apart)
    assert (
        "Nguyễn Thị Hường ký"
        in database.search.search(SearchQuery(offices=(OFFICE,), words="nguyễn hường", limit=9)).hits[0].passage
    )


def test_another_office_sees_nothing(database: Database) -> None:
    paper = file(database, PAGE, people=(huong(old_number=HUONG_OLD_NUMBER),), actor=NEIGHBOUR)
    for words in ("Hường", "huong", "716/2018", HUONG_NUMBER, HUONG_OLD_NUMBER):
        assert found(database, words, NEIGHBOUR.office_id) == [paper.document_id]
        assert found(database, words, OFFICE) == []


def test_a_page_of_absurd_text_can_be_filed_and_found(database: Database) -> None:
    paper = file(database, "đầu " + "x" * 100_000 + " " + " ".join(f"từ{number}" * 9 for number in range(20_000)))
    assert found(database, "đầu " + "x" * 100_000) == [paper.document_id]
    paper = file(database, "nhiều " * 50_000)
    assert found(database, "nhiều") == [paper.document_id]


def test_a_query_may_be_as_long_as_a_page(database: Database) -> None:
    words = " ".join(f"từ{number}" for number in range(1000))
    paper = file(database, words)
    assert found(database, words) == [paper.document_id]


SYNTAX = st.sampled_from(
    [
        *"\"'*^-+(){}:\\|!&%\0ʼn٣ª",
        " AND ",
        " NOT ",
        " <-> ",
        "NEAR(",
        "exact:",
        "$1",
        ";--",
        "hường",
        "716/2018",
        "e\u0306\u0302",
    ]
)


@given(words=st.lists(SYNTAX | st.text(max_size=4), max_size=8).map("".join))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_input_is_taken_for_query_syntax(database: Database, words: str) -> None:
    if not database.submissions.recent(OFFICE, 1):
        file(database, "Bà Hường, số 716/2018")
    known = {"ba", "huong", "so", "716", "2018", "other"}
    for hit in database.search.search(SearchQuery(offices=(OFFICE,), words=words, limit=9)).hits:
        typed = "".join(c for c in unicodedata.normalize("NFD", words.lower()) if not unicodedata.combining(c))
        letters = "".join(c if c.isalnum() else " " for c in typed).split()
        assert set(letters) <= known, hit


@pytest.mark.parametrize("words", ["hòa thuỷ khoẻ", "hoà thủy khỏe", unicodedata.normalize("NFD", "HOÀ THỦY KHỎE")])
def test_where_the_tone_stands_is_no_difference_of_marks(database: Database, words: str) -> None:
    file(database, "Hoà, Thuỷ và Khỏe")
    assert [hit.exact for hit in database.search.search(SearchQuery(offices=(OFFICE,), words=words, limit=9)).hits] == [
        True
    ]
