"""What is on file part by part, and how far it has been checked, on both databases."""

from pipeline.adapters.database.engine import Database
from schemas.integrity import Finding
from tests.contract.examples import ACTOR, NEIGHBOUR, file, huong, receive

OFFICE = ACTOR.office_id
ALTERED = Finding(kind="object_altered", key=f"archive/{OFFICE}/ab/1.v1.pdf")
ORPHAN = Finding(kind="orphan_archive", key=f"archive/{OFFICE}/cd/1.v1.pdf")


def test_papers_are_given_by_the_beginning_of_their_content(database: Database) -> None:
    contents = ("0a", "9f", "a0", "ff")
    papers = {content: file(database, "x", content_sha256=content * 32) for content in contents}
    file(database, "x", actor=NEIGHBOUR, content_sha256="0a" * 32)

    def under(prefix: str) -> list[str]:
        return [filed.record.paper.document_id for filed in database.inventory.papers(OFFICE, prefix)]

    assert under("") == [papers[content].document_id for content in contents]
    for content in contents:
        assert under(content[0]) == under(content) == [papers[content].document_id]
    assert under("1") == []


def test_submissions_are_given_by_id_or_content(database: Database) -> None:
    one = receive(database, submission_id="9a-1", content_sha256="f0")
    assert database.inventory.submissions(OFFICE, "9", by="id") == (one,)
    assert database.inventory.submissions(OFFICE, "f", by="content") == (one,)
    assert database.inventory.submissions(OFFICE, "f", by="id") == ()
    assert database.inventory.contents(OFFICE) == 1


def test_a_paper_is_indexed_until_something_of_it_is_missing(database: Database) -> None:
    paper = file(database, "có chữ", "", people=(huong(),))
    (filed,) = database.inventory.papers(OFFICE, "")
    assert filed.indexed
    database.inventory.mend(OFFICE, paper.document_id)
    (again,) = database.inventory.papers(OFFICE, "")
    assert again == filed


def test_the_rotation_stands_where_it_was_left(database: Database) -> None:
    assert (database.checks.place(OFFICE), database.checks.state(OFFICE)) == ("", None)
    database.checks.note(OFFICE, "6/a", f"archive/{OFFICE}/a", (), 3)
    assert database.checks.place(OFFICE) == "6/a"
    assert database.checks.place(NEIGHBOUR.office_id) == ""
    state = database.checks.state(OFFICE)
    assert state
    assert state.round_ended_at is None
    database.checks.note(OFFICE, "", f"archive/{OFFICE}/b", (), 4)
    state = database.checks.state(OFFICE)
    assert state
    assert state.round_ended_at == state.checked_at


def test_a_finding_stays_since_when_it_was_found_until_its_part_is_in_order(database: Database) -> None:
    database.checks.note(OFFICE, "x", f"archive/{OFFICE}/a", (ALTERED,), 1)
    since = database.checks.found_at(OFFICE, ALTERED)
    database.checks.note(OFFICE, "x", f"archive/{OFFICE}/c", (), 1)
    database.checks.note(OFFICE, "x", f"archive/{OFFICE}/a", (ALTERED,), 1)
    assert since is not None
    assert database.checks.found_at(OFFICE, ALTERED) == since
    database.checks.note(OFFICE, "x", f"archive/{OFFICE}/a", (), 1)
    assert database.checks.found_at(OFFICE, ALTERED) is None


def test_only_what_does_harm_is_counted(database: Database) -> None:
    database.checks.note(OFFICE, "x", f"archive/{OFFICE}/", (ALTERED, ORPHAN), 2)
    state = database.checks.state(OFFICE)
    assert state
    assert state.findings == 1
    load = database.load.measure()
    assert (load.integrity_findings, load.integrity_checked_at) == (1, state.checked_at)
