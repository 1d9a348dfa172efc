"""Known values of forms: what is offered, from where, and what is not."""

from datetime import UTC, date, datetime
from typing import Any

from pipeline.catalogue import load_catalogue
from pipeline.prefill import prefill
from schemas.dossier import Field, Paper
from schemas.people import Actor, Citizen, PersonOnPaper
from schemas.prefill import PrefillField

TYPES = load_catalogue().types
HUONG = Citizen(citizen_id="c1", personal_id="001190012345", name="Nguyễn Thị Hường", date_of_birth=date(1990, 5, 17))
DAY, FILED = date(2026, 6, 1), datetime(2026, 3, 20, tzinfo=UTC)


def a_field(value: str, *, sure: bool = True) -> Field:
    return Field(value=value, confidence=0.95, evidence="ocr", needs_review=not sure)


def paper(kind: str, role: str, fields: dict[str, Field], **changes: Any) -> Paper:
    """A confirmed paper of Hường's."""
    values = {
        "document_id": kind,
        "submission_id": "s1",
        "actor": Actor(office_id="phuong-a", actor_id="lan"),
        "content_sha256": "0" * 64,
        "pipeline_version": "1",
        "type": kind,
        "type_confidence": 0.95,
        "state": "filed",
        "keeping": "keep",
        "fields": fields,
        "people": (PersonOnPaper(personal_id=HUONG.personal_id, name=HUONG.name, role=role, link="filed"),),
        "source_pages": (1,),
        "rotations": (0,),
        "filed_at": FILED,
        "copy_kind": "original",
        "confirmed_at": FILED,
    }
    return Paper.model_validate(values | changes)


def known(form: str, name: str, *papers: Paper) -> PrefillField:
    fields = prefill(TYPES[form], TYPES, HUONG, papers, DAY, lambda document_id: f"who confirmed {document_id}")
    return next(field for field in fields if field.name == name)


NOTICE = paper("birth_notice", "mother", {"date_of_birth": a_field("2026-05-20")})
CERTIFICATE = paper("land_use_certificate", "land_user", {"serial_number": a_field("AB12345678")})


def test_the_register_tells_who_fills_in_the_form() -> None:
    name = known("birth_registration_form", "applicant_name")
    assert (name.value, name.known[0].source) == ("Nguyễn Thị Hường", "register")
    assert known("residence_declaration", "date_of_birth").value == "1990-05-17"


def test_a_field_is_known_from_the_paper_that_the_form_names() -> None:
    (told,) = known("land_change_application", "serial_number", CERTIFICATE).known
    assert (told.value, told.document_id, told.field) == ("AB12345678", "land_use_certificate", "serial_number")


def test_who_confirmed_the_paper_and_when_is_told() -> None:
    (told,) = known("birth_registration_form", "date_of_birth", NOTICE).known
    assert (told.confirmed_by, told.confirmed_at) == ("who confirmed birth_notice", FILED)


def test_what_two_papers_say_alike_is_no_conflict() -> None:
    again = CERTIFICATE.model_copy(update={"document_id": "d2"})
    field = known("land_change_application", "serial_number", CERTIFICATE, again)
    assert (field.value, field.conflict, len(field.known)) == ("AB12345678", False, 2)


def test_what_disagrees_is_shown_and_not_chosen() -> None:
    other = CERTIFICATE.model_copy(update={"document_id": "d2", "fields": {"serial_number": a_field("CD87654321")}})
    field = known("land_change_application", "serial_number", CERTIFICATE, other)
    assert (field.value, field.conflict) == (None, True)
    assert {told.value for told in field.known} == {"AB12345678", "CD87654321"}


def test_a_name_on_a_paper_that_differs_from_the_register_is_shown() -> None:
    card = {"full_name": a_field("Nguyễn Thị Hương"), "expiry_date": a_field("2040-01-01")}
    field = known("birth_registration_form", "applicant_name", paper("citizen_id_card", "holder", card))
    assert field.conflict


def test_a_value_in_doubt_is_not_offered() -> None:
    doubtful = CERTIFICATE.model_copy(update={"fields": {"serial_number": a_field("AB12345678", sure=False)}})
    assert known("land_change_application", "serial_number", doubtful).known == ()


def test_a_paper_in_review_that_holds_no_longer_or_is_another_scan_tells_nothing() -> None:
    for change in ({"state": "needs_review"}, {"invalid_state": "cancelled"}, {"rendition_of": "d0"}):
        assert known("land_change_application", "serial_number", CERTIFICATE.model_copy(update=change)).known == ()


def test_what_nothing_tells_stays_empty() -> None:
    field = known("birth_registration_form", "child_name")
    assert (field.value, field.conflict, field.known) == (None, False, ())
