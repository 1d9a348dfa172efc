"""What policy lets the archive keep, where it lies, and what is never written down."""

import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import NotFound
from schemas.dossier import PaperRecord
from schemas.search import SearchQuery
from tests.unit.desk import Desk, open_desk
from tests.unit.plain_papers import (
    BIRTH,
    CARD,
    CHILD,
    CHILD_NUMBER,
    CLASSIFIED,
    FORM_BY_HAND,
    HOLDER,
    HOLDER_NUMBER,
    LETTER,
    MARKED_LATER,
    TITLE_ONLY,
)
from tests.unit.plain_parsers import LOST, MendingParsers, PlainParsers, scan

LATER = datetime.now(UTC) + timedelta(days=31)
SOON = datetime.now(UTC) + timedelta(days=29)
FROM_CARD = "289 Nguyễn Trãi"
"""Stands on the card and is no field of it."""


def test_of_an_identity_card_only_the_fields_are_kept(desk: Desk) -> None:
    paper = desk.file(scan(CARD))
    assert (paper.type, paper.state, paper.keeping) == ("citizen_id_card", "filed", "fields_only")
    assert paper.object_key is None
    assert paper.fields["personal_id"].value == HOLDER_NUMBER
    assert desk.tables.papers.page_texts("phuong-a", paper.document_id) == ("",)
    assert [key.rpartition(".")[2] for key in desk.keys("archive/")] == ["json"]


def test_no_word_of_an_identity_card_but_its_fields_is_on_disk_after_intake(desk: Desk) -> None:
    desk.file(scan(CARD))
    assert FROM_CARD.encode() in desk.everything(), "its original is in intake"
    desk.archive.intake.expire("phuong-a", LATER)
    assert FROM_CARD.encode() not in desk.everything()


MISREAD = "Người ký đóng dấu theo thẩm quyên được giao tại cơ quan\n"


@pytest.mark.parametrize(("text", "kept"), [(BIRTH, ["quyên"]), (CARD, [])], ids=["may be kept", "may not"])
def test_repairs_are_kept_where_the_text_is(tmp_path: Path, text: str, kept: list[str]) -> None:
    with open_desk(tmp_path, MendingParsers()) as desk:
        paper = desk.file(scan(text + MISREAD))
        assert [repaired.read_as for repaired in paper.repairs if repaired.read_as == "quyên"] == kept
        (record,) = (stored.key for stored in desk.store.find("archive/") if stored.key.endswith(".json"))
        assert PaperRecord.model_validate_json(desk.bytes_of(record)).paper.repairs == paper.repairs


def test_an_identity_card_is_not_rendered_at_all(desk: Desk, parsers: PlainParsers) -> None:
    desk.file(scan(CARD))
    assert "render" not in parsers.calls


def test_an_identity_card_is_not_found_by_what_may_not_be_kept(desk: Desk) -> None:
    desk.file(scan(CARD))
    assert desk.tables.search.search(SearchQuery(offices=("phuong-a",), words="Nguyễn Trãi", limit=5)).hits == ()
    assert len(desk.tables.search.search(SearchQuery(offices=("phuong-a",), words=HOLDER, limit=5)).hits) == 1


def test_the_original_of_an_identity_card_stays_in_intake(desk: Desk) -> None:
    paper = desk.file(scan(CARD))
    (key,) = paper.original_keys
    assert key.startswith("intake/")
    assert desk.bytes_of(key) == scan(CARD)


def test_the_picture_of_an_identity_card_cannot_be_asked_for(desk: Desk) -> None:
    paper = desk.file(scan(CARD))
    with pytest.raises(NotFound) as error:
        desk.archive.fetch_copy("phuong-a", paper.document_id, desk.folder / "out.pdf")
    assert error.value.code == "no_picture_kept"


def test_a_secret_paper_is_wiped_and_said_so(desk: Desk) -> None:
    submission = desk.receive(scan(CLASSIFIED))
    assert desk.archive.process(submission.submission_id) == ()
    assert (desk.seen(submission).state, desk.seen(submission).reason) == ("done", "secret_paper")
    assert desk.keys("intake/") == desk.keys("archive/") == []
    assert "kho lưu trữ".encode() not in desk.everything()


def test_a_paper_under_suspicion_of_secrecy_waits_in_intake_for_a_person(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH, MARKED_LATER))
    assert paper.state == "needs_review"
    assert "secrecy_doubtful" in paper.reasons
    assert all(key.startswith("intake/") for key in (paper.object_key or "", *paper.original_keys))


def test_a_paper_of_doubtful_type_stays_in_intake_with_its_copy(desk: Desk) -> None:
    paper = desk.file(scan(TITLE_ONLY))
    assert (paper.type, paper.state) == ("birth_certificate", "needs_review")
    assert "type_doubtful" in paper.reasons
    assert paper.object_key is not None
    assert all(key.startswith("intake/") for key in (paper.object_key, *paper.original_keys))
    assert desk.bytes_of(paper.original_keys[0]) == scan(TITLE_ONLY)


def test_a_paper_of_unknown_type_stays_in_intake(desk: Desk) -> None:
    paper = desk.file(scan(LETTER))
    assert (paper.type, paper.reasons[0]) == ("other", "type_unknown")
    assert all(key.startswith("intake/") for key in paper.original_keys)


def test_a_paper_with_a_lost_page_keeps_its_original_and_has_no_copy(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH, LOST))
    assert (paper.state, paper.object_key) == ("needs_review", None)
    assert [(issue.code, issue.page) for issue in paper.issues] == [("page_lost", 2)]
    assert desk.bytes_of(paper.original_keys[0]) == scan(BIRTH, LOST)


def test_keys_hold_no_name_and_no_number(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    desk.file(scan(CARD), handed_in_by=HOLDER_NUMBER)
    desk.archive.confirm(paper.actor, paper.document_id, "original")
    keys = desk.keys()
    assert len(keys) >= 5
    for key in keys:
        assert CHILD_NUMBER not in key
        assert HOLDER_NUMBER not in key
        assert re.fullmatch(
            r"[a-z]+/phuong-a/([0-9a-f-]+/)?(original/[0-9a-f]{64}|1\.v[\w.]+|[0-9a-f-]{32,36}\.json)", key
        )


def test_logs_hold_no_name_no_number_and_no_word_that_was_read(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    papers = (BIRTH, CARD, FORM_BY_HAND, CLASSIFIED, LETTER)
    for paper in papers:
        submission = desk.receive(scan(paper), handed_in_by=HOLDER_NUMBER)
        desk.archive.process(submission.submission_id)
    desk.tables.search.search(SearchQuery(offices=("phuong-a",), words=CHILD, limit=5))
    assert submission.submission_id in caplog.text
    read = {
        word for paper in (BIRTH, CARD, FORM_BY_HAND, CLASSIFIED, LETTER) for word in paper.split() if len(word) > 4
    }
    vietnamese = {word.casefold() for word in read if not word.isascii()}
    logged = set(re.findall(r"[^\W\d]+", caplog.text.casefold()))
    assert vietnamese & logged == set()
    for number in re.findall(r"\d{9,}", " ".join(read)):
        assert number not in caplog.text


def test_intake_is_emptied_of_what_is_due(desk: Desk) -> None:
    card = desk.file(scan(CARD))
    assert desk.archive.intake.expire("phuong-a", SOON) == 0
    assert desk.archive.intake.expire("phuong-a", LATER) == 1
    assert desk.keys("intake/") == []
    assert desk.tables.papers.get("phuong-a", card.document_id).fields["personal_id"].value == HOLDER_NUMBER


def test_intake_keeps_what_waits_for_review(desk: Desk) -> None:
    paper = desk.file(scan(TITLE_ONLY))
    assert desk.archive.intake.expire("phuong-a", LATER) == 0
    assert desk.bytes_of(paper.original_keys[0]) == scan(TITLE_ONLY)


def test_intake_keeps_what_is_still_to_be_worked_off(desk: Desk) -> None:
    submission = desk.receive(scan(CARD))
    assert desk.archive.intake.expire("phuong-a", LATER) == 0
    assert desk.keys("intake/") == [submission.sources[0].key]


def test_intake_of_another_office_is_left_alone(desk: Desk) -> None:
    desk.file(scan(CARD))
    assert desk.archive.intake.expire("phuong-b", LATER) == 0
    assert len(desk.keys("intake/")) == 1


def test_what_a_crash_left_in_intake_after_filing_is_removed_when_due(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = desk.receive(scan(BIRTH))
    with monkeypatch.context() as crash:
        crash.setattr(desk.store, "delete", lambda _: None)
        desk.archive.process(submission.submission_id)
    assert len(desk.keys("intake/")) == 1
    assert desk.archive.intake.expire("phuong-a", LATER) == 1
    assert len(desk.keys("archive/")) == 3


def test_the_record_of_a_card_holds_no_text(desk: Desk) -> None:
    desk.file(scan(CARD))
    (key,) = desk.keys("archive/")
    assert PaperRecord.model_validate_json(desk.bytes_of(key)).page_texts == ("",)
