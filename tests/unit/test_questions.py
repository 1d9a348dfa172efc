"""Open questions of a paper: what is asked, in which order, with which candidates."""

from pipeline.catalogue import load_catalogue
from pipeline.stages.questions import questions_of
from schemas.dossier import Conflict, Cut, Field, OtherType
from schemas.review import Candidate
from tests.contract.examples import a_paper, a_submission, huong

TYPES = load_catalogue().types
BIRTH = TYPES["birth_certificate"]


def doubtful(value: str, confidence: float = 0.6, **changes: object) -> Field:
    return Field(value=value, confidence=confidence, evidence="ocr", needs_review=True).model_copy(update=changes)


def parts(**changes: object) -> list[str]:
    paper = a_paper(a_submission(), type="birth_certificate", state="needs_review", **changes)
    return [asked.part for asked in questions_of(paper, BIRTH)]


def test_a_wrong_owner_is_feared_most_and_an_optional_value_least() -> None:
    fields = {
        "full_name": doubtful("Lê An"),
        "document_number": doubtful("12/2020"),
        "mother_name": doubtful("Lê Bình"),
        "date_of_birth": doubtful("2020-01-02", needs_review=False),
        "issue_date": doubtful("2020-02-03", needs_review=False),
    }
    reasons = ("field_doubtful", "owner_doubtful")
    people = (huong(role="child", link="proposed"),)
    assert parts(fields=fields, people=people, reasons=reasons) == [
        "owner.child",
        "field.document_number",
        "field.full_name",
        "field.mother_name",
    ]


def test_of_two_alike_the_more_doubtful_one_comes_first() -> None:
    fields = {"date_of_birth": doubtful("2020-01-02", 0.9), "issue_date": doubtful("2020-02-03", 0.2)}
    asked = parts(fields=fields, reasons=("field_doubtful",))
    assert asked.index("field.issue_date") < asked.index("field.date_of_birth")


def test_what_the_paper_is_comes_before_what_it_says() -> None:
    fields = {"issue_date": doubtful("2020-02-03")}
    assert parts(fields=fields, reasons=("type_doubtful", "field_doubtful")) == ["type"]
    assert parts(fields=fields, reasons=("secrecy_doubtful", "cut_doubtful", "field_doubtful")) == ["cut", "secrecy"]


def test_an_answered_question_is_not_asked_again() -> None:
    assert parts(reasons=("type_doubtful",), answered=("type",), fields={}) == []


def test_other_readings_and_what_speaks_against_a_value_are_candidates() -> None:
    field = doubtful(
        "2020-02-03",
        candidates=("2020-02-08", "2020-02-03"),
        conflicts=(Conflict(code="words", value="2020-02-13"), Conflict(code="birth_year", value="2019")),
    )
    paper = a_paper(a_submission(), type="birth_certificate", fields={"issue_date": field}, reasons=("field_doubtful",))
    asked = next(one for one in questions_of(paper, BIRTH) if one.name == "issue_date")
    assert asked.candidates == (
        Candidate(value="2020-02-03", source="ocr", confidence=0.6),
        Candidate(value="2020-02-13", source="ocr", label="words"),
        Candidate(value="2020-02-08", source="ocr"),
    )


def test_a_doubtful_type_offers_what_else_it_may_be() -> None:
    others = (OtherType(type="marriage_certificate", confidence=0.4),)
    paper = a_paper(a_submission(), type="birth_certificate", type_confidence=0.6, reasons=("type_doubtful",))
    (asked,) = questions_of(paper.model_copy(update={"other_types": others}), BIRTH)
    assert [one.value for one in asked.candidates] == ["birth_certificate", "marriage_certificate"]


def test_a_doubtful_cut_tells_what_spoke_for_and_against_it() -> None:
    cut = Cut(page=2, confidence=0.4, doubtful=True, speaks_for=("tiêu đề",), speaks_against=("số trang 2",))
    paper = a_paper(a_submission(), type="birth_certificate", reasons=("cut_doubtful",), cuts=(cut,))
    (asked,) = questions_of(paper, BIRTH)
    assert (asked.page, asked.speaks_for, asked.speaks_against) == (2, ("tiêu đề",), ("số trang 2",))
