"""The promises of Marks."""

from datetime import date

from pipeline.adapters.database.engine import Database
from schemas.marks import MarkKind, PaperMark
from tests.contract.examples import ACTOR, NEIGHBOUR, file

OFFICE = ACTOR.office_id
DAY, LATER = date(2026, 3, 1), date(2026, 4, 1)


def a_mark(document_id: str, kind: MarkKind = "expired", day: date = DAY) -> PaperMark:
    return PaperMark(document_id=document_id, kind=kind, day=day)


def test_all_papers_of_an_office_are_gone_through_in_parts(database: Database) -> None:
    wanted = sorted(file(database, "text").document_id for _ in range(5))
    file(database, "text", actor=NEIGHBOUR)
    found: list[str] = []
    while part := database.marks.papers(OFFICE, found[-1] if found else "", 2):
        assert len(part) <= 2
        found += [paper.document_id for paper in part]
    assert found == wanted


def test_marks_take_the_place_of_those_before(database: Database) -> None:
    one, other = file(database, "text"), file(database, "text")
    database.marks.replace(OFFICE, [one.document_id], [a_mark(one.document_id, "expiring")])
    database.marks.replace(OFFICE, [other.document_id], [a_mark(other.document_id, "keeping_over")])
    database.marks.replace(OFFICE, [one.document_id], [a_mark(one.document_id, "expired")])
    assert database.marks.counts(OFFICE) == {"expired": 1, "keeping_over": 1}


def test_marks_can_be_taken_away(database: Database) -> None:
    paper = file(database, "text")
    database.marks.replace(OFFICE, [paper.document_id], [a_mark(paper.document_id)])
    database.marks.replace(OFFICE, [paper.document_id], [])
    assert database.marks.counts(OFFICE) == {}


def test_a_paper_can_have_marks_of_several_kinds(database: Database) -> None:
    paper = file(database, "text")
    both = [a_mark(paper.document_id, "expired"), a_mark(paper.document_id, "keeping_over", LATER)]
    database.marks.replace(OFFICE, [paper.document_id], both)
    assert database.marks.counts(OFFICE) == {"expired": 1, "keeping_over": 1}


def test_the_earliest_day_is_listed_first(database: Database) -> None:
    late, early = file(database, "text"), file(database, "text")
    marks = [a_mark(late.document_id, day=LATER), a_mark(early.document_id, day=DAY)]
    database.marks.replace(OFFICE, [late.document_id, early.document_id], marks)
    assert database.marks.listed(OFFICE, "expired", 9) == tuple(reversed(marks))
    assert database.marks.listed(OFFICE, "expired", 1) == (marks[1],)
    assert database.marks.listed(OFFICE, "expiring", 9) == ()


def test_a_neighbours_marks_are_its_own(database: Database) -> None:
    paper = file(database, "text", actor=NEIGHBOUR)
    database.marks.replace(NEIGHBOUR.office_id, [paper.document_id], [a_mark(paper.document_id)])
    database.marks.replace(OFFICE, [paper.document_id], [])
    assert database.marks.counts(OFFICE) == {}
    assert database.marks.counts(NEIGHBOUR.office_id) == {"expired": 1}


def test_marks_go_when_rows_are_made_anew(database: Database) -> None:
    paper = file(database, "text")
    database.marks.replace(OFFICE, [paper.document_id], [a_mark(paper.document_id)])
    database.restoring.begin()
    assert database.marks.counts(OFFICE) == {}
