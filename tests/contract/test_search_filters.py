"""The promises of Search about filters, pages of hits and several offices."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.adapters.database import search_statements
from pipeline.adapters.database.engine import Database
from pipeline.adapters.database.search_marks import marks_of, wanted_marks
from pipeline.errors import ScanRejected
from pipeline.table_ports import PaperChange
from schemas.decisions import SetType
from schemas.dossier import Paper
from schemas.dossiers import Dossier
from schemas.people import Actor
from schemas.search import Hit, SearchQuery
from tests.contract.examples import ACTOR, HUONG_NUMBER, HUONG_OLD_NUMBER, NEIGHBOUR, START, file, huong, minutes

OFFICE = ACTOR.office_id
CODE = "H29.12.34-260302-0001"


def search(database: Database, words: str = "", **filters: Any) -> list[Hit]:
    """All hits, found page after page of two."""
    query = SearchQuery(**{"offices": (OFFICE,), "words": words, "limit": 2} | filters)
    hits: list[Hit] = []
    while True:
        page = database.search.search(query)
        hits += page.hits
        if page.next is None:
            return hits
        assert len(page.hits) == query.limit
        query = query.model_copy(update={"after": page.next})


def ids(hits: list[Hit]) -> list[str]:
    return [hit.document_id for hit in hits]


def at(day: str) -> datetime:
    """A moment of the late evening at the counters, which is the same day in UTC."""
    return datetime.fromisoformat(f"{day}T22:30:00+07:00").astimezone(UTC)


@pytest.fixture
def four(database: Database) -> dict[str, Paper]:
    """Four papers that hold one word, each alone in one thing."""
    return {
        "type": file(database, "Bà Hường", type="giay_khai_sinh", filed_at=minutes(1)),
        "state": file(database, "Bà Hường", state="needs_review", filed_at=minutes(2)),
        "procedure": file(database, "Bà Hường", procedure="birth_registration", filed_at=minutes(3)),
        "day": file(database, "Bà Hường", filed_at=at("2026-03-09")),
    }


FILTERS: dict[str, dict[str, Any]] = {
    "type": {"type": "giay_khai_sinh"},
    "state": {"state": "needs_review"},
    "procedure": {"procedure": "birth_registration"},
    "day": {"filed_from": date(2026, 3, 9), "filed_until": date(2026, 3, 9)},
}


@pytest.mark.parametrize("words", ["Hường", "huong", ""])
@pytest.mark.parametrize("only", FILTERS)
def test_a_filter_leaves_what_meets_it(database: Database, four: dict[str, Paper], only: str, words: str) -> None:
    assert ids(search(database, words, **FILTERS[only])) == [four[only].document_id]


@pytest.mark.parametrize("only", FILTERS)
def test_a_citizens_papers_are_filtered_too(database: Database, only: str) -> None:
    odd: dict[str, dict[str, Any]] = {
        "type": {"type": "giay_khai_sinh"},
        "state": {"state": "needs_review"},
        "procedure": {"procedure": "birth_registration"},
        "day": {"filed_at": at("2026-03-09")},
    }
    card = file(database, "thẻ", people=(huong(old_number=HUONG_OLD_NUMBER),))
    met = file(database, "đơn", people=(huong(),), **odd[only])
    assert set(ids(search(database, HUONG_OLD_NUMBER))) == {met.document_id, card.document_id}
    assert ids(search(database, HUONG_OLD_NUMBER, **FILTERS[only])) == [met.document_id]


def test_all_filters_must_be_met_together(database: Database, four: dict[str, Paper]) -> None:
    both = file(database, "Bà Hường", type="giay_khai_sinh", state="needs_review")
    assert ids(search(database, "hường", type="giay_khai_sinh", state="needs_review")) == [both.document_id]
    assert ids(search(database, "lan", type="giay_khai_sinh", state="needs_review")) == []


def test_without_words_the_papers_that_meet_a_filter_come_newest_first(database: Database) -> None:
    papers = [file(database, "một", "hai", type="giay_khai_sinh", filed_at=minutes(n)) for n in range(5)]
    file(database, "khác")
    hits = search(database, type="giay_khai_sinh")
    assert ids(hits) == [paper.document_id for paper in reversed(papers)]
    assert {hit.page for hit in hits} == {None}
    assert all(hit.passage for hit in hits)


@pytest.mark.parametrize("words", ["", "  "])
def test_without_words_and_filters_nothing_is_found(database: Database, words: str) -> None:
    file(database, "Bà Hường")
    assert search(database, words) == []


def test_words_without_a_letter_find_nothing_whatever_the_filter(database: Database) -> None:
    file(database, "Bà Hường", type="giay_khai_sinh")
    assert search(database, "(/", type="giay_khai_sinh") == []


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (None, "2025-12-31", ["2024-02-29", "2025-12-31"]),
        ("2026-01-01", None, ["2026-01-01", "2026-03-31", "2026-04-01"]),
        ("2024-02-29", "2024-02-29", ["2024-02-29"]),
        ("2025-12-31", "2026-03-31", ["2025-12-31", "2026-01-01", "2026-03-31"]),
        ("2026-01-02", "2026-03-30", []),
        ("2026-04-01", "2026-03-31", []),
    ],
)
def test_days_are_those_at_the_counters_both_included(
    database: Database, first: str | None, last: str | None, days: list[str]
) -> None:
    filed = ("2024-02-29", "2025-12-31", "2026-01-01", "2026-03-31", "2026-04-01")
    known = {file(database, "Hường", filed_at=at(day)).document_id: day for day in filed}
    asked = {"filed_from": date.fromisoformat(first) if first else None}
    asked |= {"filed_until": date.fromisoformat(last) if last else None}
    assert sorted(known[one] for one in ids(search(database, "hường", **asked))) == days


DAYS = st.dates(date(2019, 1, 1), date(2031, 12, 31))


@given(first=DAYS | st.none(), last=DAYS | st.none(), filed_on=DAYS)
def test_a_day_has_one_of_the_marks_of_a_range_just_if_it_lies_in_it(
    first: date | None, last: date | None, filed_on: date
) -> None:
    wanted = wanted_marks(SearchQuery(offices=(OFFICE,), filed_from=first, filed_until=last))
    has = set(marks_of("other", "filed", None, filed_on))
    lies = (first is None or first <= filed_on) and (last is None or filed_on <= last)
    assert all(has & set(group) for group in wanted) == lies


def test_a_filter_with_odd_characters_is_no_query_syntax(database: Database) -> None:
    odd = file(database, "x", type="a'b\"c) | (")
    file(database, "x", type="a'b")
    assert ids(search(database, type="a'b\"c) | (")) == [odd.document_id]


def test_pages_hold_every_paper_once_and_in_order(database: Database) -> None:
    exact, folded = [], []
    for n in range(5):
        exact.append(file(database, "BA HUONG", "bà Hường", filed_at=minutes(4 * n)))
        folded.append(file(database, "Bà Hưởng", "ba huong", filed_at=minutes(4 * n + 1)))
        folded.append(file(database, "BA HUONG", filed_at=minutes(4 * n + 2)))
    hits = search(database, "Hường")
    assert ids(hits) == [paper.document_id for paper in (*reversed(exact), *reversed(folded))]
    assert [hit.exact for hit in hits] == [True] * 5 + [False] * 10


def test_pages_of_a_citizens_papers_hold_every_paper_once(database: Database) -> None:
    file(database, "thẻ", people=(huong(old_number=HUONG_OLD_NUMBER),), filed_at=minutes(0))
    for n in range(1, 5):
        file(database, "đơn", people=(huong(),), filed_at=minutes(2 * n))
        file(database, f"Cũ: {HUONG_OLD_NUMBER}", filed_at=minutes(2 * n + 1))
    hits = search(database, HUONG_OLD_NUMBER)
    assert len(hits) == len(set(ids(hits))) == 9
    assert [hit.filed_at for hit in hits] == sorted((hit.filed_at for hit in hits), reverse=True)


def test_pages_hold_papers_of_one_moment_once(database: Database) -> None:
    papers = {file(database, "một Hường", "hai Hường").document_id for _ in range(7)}
    hits = ids(search(database, "hường"))
    assert len(hits) == 7
    assert set(hits) == papers


def test_a_paper_filed_between_two_pages_moves_nothing(database: Database) -> None:
    papers = [file(database, "Hường", filed_at=minutes(n)) for n in range(4)]
    query = SearchQuery(offices=(OFFICE,), words="hường", limit=2)
    first = database.search.search(query)
    file(database, "Hường", filed_at=minutes(9))
    second = database.search.search(query.model_copy(update={"after": first.next}))
    assert ids([*first.hits, *second.hits]) == [paper.document_id for paper in reversed(papers)]


def _retype(database: Database, paper: Paper, type_id: str, texts: tuple[str, ...] | None = None) -> None:
    decision = SetType(
        decision_id=f"{paper.document_id}-{type_id}",
        subject_id=paper.document_id,
        actor=paper.actor,
        decided_at=minutes(90),
        type=type_id,
    )
    change = PaperChange(before=paper, after=paper.model_copy(update={"type": type_id}), texts=texts)
    assert database.papers.change(decision, (change,))


@pytest.mark.parametrize("texts", [None, ("Hường một", "Hường hai", "Hường ba")])
def test_a_paper_that_is_corrected_keeps_its_place(database: Database, texts: tuple[str, ...] | None) -> None:
    papers = [file(database, "Hường", "", "", filed_at=minutes(n)) for n in range(4)]
    _retype(database, papers[1], "giay_khai_sinh", texts)
    assert ids(search(database, "hường")) == [paper.document_id for paper in reversed(papers)]
    assert ids(search(database, "hường", type="giay_khai_sinh")) == [papers[1].document_id]
    assert ids(search(database, "hường", type="other")) == [papers[n].document_id for n in (3, 2, 0)]


@pytest.mark.parametrize("cursor", ["x", "W10=", "WzFd", "bnVsbA==", "é"])
def test_a_cursor_that_is_none_is_the_askers_fault(database: Database, cursor: str) -> None:
    with pytest.raises(ScanRejected) as caught:
        database.search.search(SearchQuery(offices=(OFFICE,), words="hường", after=cursor))
    assert caught.value.code == "bad_cursor"


def test_a_cursor_holds_neither_words_nor_names(database: Database) -> None:
    for n in range(3):
        file(database, "Hường", people=(huong(),), filed_at=minutes(n))
    cursor = database.search.search(SearchQuery(offices=(OFFICE,), words=HUONG_NUMBER, limit=1)).next
    assert cursor is not None
    assert HUONG_NUMBER not in cursor


def test_several_offices_are_searched_as_one(database: Database) -> None:
    third = Actor(office_id="phuong-c", actor_id="tam")
    papers = [
        file(database, "Hường", actor=(ACTOR, NEIGHBOUR)[n % 2], filed_at=minutes(n // 3), document_id=f"d{n // 2}")
        for n in range(8)
    ]
    file(database, "Hường", actor=third, filed_at=minutes(9))
    hits = search(database, "hường", offices=(OFFICE, NEIGHBOUR.office_id))
    found = [(hit.office_id, hit.document_id) for hit in hits]
    assert sorted(found) == sorted((paper.actor.office_id, paper.document_id) for paper in papers)
    assert [hit.filed_at for hit in hits] == sorted((hit.filed_at for hit in hits), reverse=True)


def test_a_number_finds_papers_of_its_citizen_in_every_office_asked(database: Database) -> None:
    ours = file(database, "x", people=(huong(old_number=HUONG_OLD_NUMBER),), filed_at=minutes(1))
    theirs = file(database, "y", people=(huong(old_number=HUONG_OLD_NUMBER),), actor=NEIGHBOUR, filed_at=minutes(2))
    hits = search(database, HUONG_OLD_NUMBER, offices=(OFFICE, NEIGHBOUR.office_id))
    assert ids(hits) == [theirs.document_id, ours.document_id]


def test_without_an_office_nothing_is_found(database: Database) -> None:
    file(database, "Hường", type="giay_khai_sinh")
    assert search(database, "hường", offices=()) == []
    assert search(database, type="giay_khai_sinh", offices=()) == []


def test_a_paper_has_the_procedure_of_its_dossier(database: Database) -> None:
    opened = Dossier(code=CODE, actor=ACTOR, source="opened", procedure="birth_registration", received_at=START)
    before = file(database, "Hường", dossier_code=CODE, procedure="other", filed_at=minutes(1))
    file(database, "Hường", filed_at=minutes(2))
    database.dossiers.put(opened, lambda known: (known, ()))
    after = file(database, "Hường", dossier_code=CODE, filed_at=minutes(3))
    assert ids(search(database, procedure="birth_registration")) == [after.document_id, before.document_id]
    assert ids(search(database, procedure="other")) == []
    changed = opened.model_copy(update={"procedure": "death_registration"})
    database.dossiers.put(changed, lambda _: (changed, ()))
    assert ids(search(database, "hường", procedure="death_registration")) == [after.document_id, before.document_id]


@pytest.mark.parametrize("newest_rows", [1, 3])
def test_what_is_not_among_the_newest_rows_is_found_in_order(
    database: Database, monkeypatch: pytest.MonkeyPatch, newest_rows: int
) -> None:
    monkeypatch.setattr(search_statements, "NEWEST_ROWS", newest_rows)
    papers = [file(database, "Hường", actor=(ACTOR, NEIGHBOUR)[n % 2], filed_at=minutes(n)) for n in range(6)]
    for n in range(6, 9):
        file(database, "khác", filed_at=minutes(n))
    both = (OFFICE, NEIGHBOUR.office_id)
    assert ids(search(database, "hường", offices=both)) == [paper.document_id for paper in reversed(papers)]


SOME = st.sampled_from(["Hường", "Hưởng", "HUONG", "Lan", "hường lan", ""])


@given(pages=st.lists(st.lists(SOME, min_size=1, max_size=3), max_size=8), limit=st.integers(1, 4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_of_any_size_are_the_whole_list_cut(database: Database, pages: list[list[str]], limit: int) -> None:
    actor = Actor(office_id=f"office-{abs(hash(str((pages, limit))))}", actor_id="lan")
    for n, texts in enumerate(pages):
        file(database, *texts, actor=actor, filed_at=minutes(n // 2))
    whole = search(database, "Hường", offices=(actor.office_id,), limit=100)
    assert search(database, "Hường", offices=(actor.office_id,), limit=limit) == whole
