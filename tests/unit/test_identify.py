from datetime import date

import pytest

from pipeline.catalogue import load_catalogue
from pipeline.stages.classify import Classification
from pipeline.stages.identify import Identification, bear_out, identify
from pipeline.stages.same_name import folded_name
from pipeline.stages.settle import settle
from schemas.dossier import Evidence, Field
from schemas.people import Citizen, PersonOnPaper

TYPES = load_catalogue().types
MAI = Citizen(
    citizen_id="c1",
    personal_id="079190012345",
    name="Lê Thị Mai",
    date_of_birth=date(1990, 11, 6),
    aliases=("271234567",),
)


class Register:
    """The register of the office `local`: the promises of People over a few citizens, found by looking at them all."""

    def __init__(self, *citizens: Citizen) -> None:
        self.citizens = citizens

    def _known(self, office_id: str) -> tuple[Citizen, ...]:
        return self.citizens if office_id == "local" else ()

    def by_id(self, office_id: str, citizen_id: str) -> Citizen | None:
        return next((c for c in self._known(office_id) if citizen_id == c.citizen_id), None)

    def by_number(self, office_id: str, number: str) -> Citizen | None:
        return next((c for c in self._known(office_id) if number in c.numbers), None)

    def namesakes(self, office_id: str, name: str, most: int) -> tuple[Citizen, ...]:
        bearers = [c for c in self._known(office_id) if folded_name(name) in map(folded_name, c.names)]
        return tuple(bearers[:most])

    def alike(self, office_id: str, name: str, born: str | None, number: str) -> tuple[Citizen, ...]:
        def may_be(citizen: Citizen) -> bool:
            held = citizen.born or ""
            return not (born and held) or held.startswith(born) or born.startswith(held)

        unnumbered = [c for c in self.namesakes(office_id, name, 99) if c.personal_id is None and may_be(c)]
        near = [c for c in self._known(office_id) if any(one_digit_apart(number, own) for own in c.numbers)]
        return (*unnumbered, *near)


def one_digit_apart(one: str, other: str) -> bool:
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def field(value: str, evidence: Evidence = "ocr", *, confidence: float = 0.9, needs_review: bool = False) -> Field:
    return Field(value=value, confidence=confidence, evidence=evidence, needs_review=needs_review)


def paper(number: Field | None, name: Field | None = None, born: Field | None = None) -> dict[str, Field]:
    fields = {"personal_id": number, "full_name": name or field("Lê Thị Mai"), "date_of_birth": born}
    return {key: value for key, value in fields.items() if value is not None}


def owners(fields: dict[str, Field], *citizens: Citizen, handed_in_by: str | None = None) -> Identification:
    return identify(TYPES["marital_status_confirmation"], fields, Register(*citizens), "local", handed_in_by)


def links(found: Identification) -> list[tuple[str | None, str]]:
    return [(person.personal_id, person.link) for person in found.people]


def test_a_certain_number_files_the_paper() -> None:
    found = owners(paper(field("079190012345", "check")))
    assert links(found) == [("079190012345", "filed")]
    assert found.reasons == ()


def test_a_number_read_from_print_alone_is_only_proposed() -> None:
    found = owners(paper(field("079190012345")))
    assert links(found) == [("079190012345", "proposed")]
    assert found.reasons == ("owner_doubtful",)


def test_a_number_read_very_surely_from_print_alone_files_the_paper() -> None:
    assert links(owners(paper(field("079190012345", confidence=0.99)))) == [("079190012345", "filed")]


def test_an_impossible_number_is_only_proposed_however_surely_it_was_read() -> None:
    assert links(owners(paper(field("003190012345", confidence=0.99)))) == [("003190012345", "proposed")]


def test_a_number_from_print_that_the_register_knows_under_the_same_name_is_filed() -> None:
    assert links(owners(paper(field("079190012345")), MAI)) == [("079190012345", "filed")]


def test_the_register_knows_a_name_without_its_marks() -> None:
    assert links(owners(paper(field("079190012345", "check"), field("LE THI MAI")), MAI)) == [("079190012345", "filed")]


def test_a_known_number_under_another_name_is_a_conflict() -> None:
    found = owners(paper(field("079190012345", "qr"), field("Lê Thị Mão")), MAI)
    assert links(found) == [("079190012345", "proposed")]
    assert found.reasons == ("owner_conflict",)


def test_a_known_number_with_another_birth_date_is_a_conflict() -> None:
    found = owners(paper(field("079190012345", "check"), born=field("1990-11-09")), MAI)
    assert found.reasons == ("owner_conflict",)


def test_another_offices_register_says_nothing() -> None:
    fields = paper(field("079190012345", "qr"), field("Lê Thị Mão"))
    found = identify(TYPES["marital_status_confirmation"], fields, Register(MAI), "other-office")
    assert found.reasons == ()


def test_a_doubtful_number_that_the_register_has_under_this_name_is_borne_out() -> None:
    found = owners(paper(field("079190012345", needs_review=True)), MAI)
    assert links(found) == [("079190012345", "filed")]
    assert found.borne_out == ("personal_id", "full_name")


@pytest.mark.parametrize("name", ["Lê Thi Mai", "LE THI MAI", "Lê Thị Mal"])
def test_a_doubtful_number_is_not_borne_out_by_a_name_that_differs(name: str) -> None:
    found = owners(paper(field("079190012345", needs_review=True), field(name)), MAI)
    assert (links(found), found.borne_out) == ([("079190012345", "proposed")], ())
    assert found.reasons == ("owner_doubtful",)


def test_the_register_bears_out_nothing_that_was_written_by_hand() -> None:
    by_hand = field("079190012345", needs_review=True).model_copy(update={"handwritten": True})
    found = owners(paper(by_hand), MAI)
    assert (links(found), found.borne_out) == ([("079190012345", "proposed")], ())


def test_what_the_register_bears_out_needs_no_person() -> None:
    fields = paper(field("079190012345", confidence=0.6, needs_review=True), field("Lê Thị Mai", needs_review=True))
    proven = bear_out(fields, owners(fields, MAI))
    assert {name: (one.evidence, one.needs_review) for name, one in proven.items()} == {
        "personal_id": ("two_places", False),
        "full_name": ("two_places", False),
    }
    assert bear_out(fields, owners(fields)) == fields


def test_what_a_code_says_stays_a_codes_word() -> None:
    fields = paper(field("079190012345", "qr"))
    assert bear_out(fields, owners(fields, MAI))["personal_id"] == fields["personal_id"]


def test_a_new_number_that_needs_review_never_files() -> None:
    assert links(owners(paper(field("079190012345", "check", needs_review=True)))) == [("079190012345", "proposed")]


def test_a_new_citizen_is_not_entered_under_a_doubtful_name() -> None:
    found = owners(paper(field("079190012345", "check"), field("Lê Thi Mai", needs_review=True)))
    assert links(found) == [("079190012345", "proposed")]


def test_name_and_birth_date_of_one_citizen_file_a_paper_without_a_number() -> None:
    found = owners(paper(None, born=field("1990-11-06")), MAI)
    assert links(found) == [("079190012345", "filed")]


def test_name_and_birth_date_of_two_citizens_file_nothing() -> None:
    twin = MAI.model_copy(update={"citizen_id": "c2", "personal_id": "079190054321"})
    found = owners(paper(None, born=field("1990-11-06")), MAI, twin)
    assert links(found) == [(None, "proposed")]
    assert found.reasons == ("owner_doubtful",)


def test_an_old_number_leads_to_its_citizen() -> None:
    assert links(owners(paper(field("271234567")), MAI)) == [("079190012345", "filed")]


def test_who_hands_a_paper_in_does_not_become_its_owner() -> None:
    found = owners(paper(field("079190012345", "check")), handed_in_by="001088054321")
    assert links(found) == [("079190012345", "proposed")]
    assert found.reasons == ("person_mismatch",)


def test_who_hands_in_an_own_paper_by_an_old_number_is_no_mismatch() -> None:
    assert owners(paper(field("079190012345", "check")), MAI, handed_in_by="271234567").reasons == ()


def test_a_paper_that_names_nobody_is_proposed_to_who_handed_it_in() -> None:
    found = owners({}, handed_in_by="001088054321")
    assert [(p.personal_id, p.role, p.link) for p in found.people] == [("001088054321", "handed_in_by", "proposed")]
    assert found.reasons == ("owner_unknown",)


def test_a_report_of_a_company_needs_no_person() -> None:
    found = identify(
        TYPES["labour_report"], {"organisation": field("CÔNG TY HOA SEN")}, Register(), "local", "001088054321"
    )
    assert found == Identification()


def test_two_owners_with_one_number_are_a_conflict() -> None:
    fields = {
        "wife_name": field("Lê Thị Mai"),
        "wife_personal_id": field("079190012345", "check"),
        "husband_name": field("Phan Văn Tám"),
        "husband_personal_id": field("079190012345", "check"),
    }
    found = identify(TYPES["marriage_certificate"], fields, Register(), "local")
    assert {person.link for person in found.people} == {"proposed"}
    assert found.reasons == ("owner_conflict",)


def test_a_missing_second_owner_asks_a_person() -> None:
    fields = {"wife_name": field("Lê Thị Mai"), "wife_personal_id": field("079190012345", "check")}
    assert "owner_unknown" in identify(TYPES["marriage_certificate"], fields, Register(), "local").reasons


def test_parents_are_mentioned_and_own_nothing() -> None:
    fields = {
        "full_name": field("Phan Văn Tám"),
        "personal_id": field("079219012345", "check"),
        "mother_name": field("Lê Thị Mai"),
    }
    found = identify(TYPES["birth_certificate"], fields, Register(), "local")
    assert [(mention.role, mention.name) for mention in found.mentions] == [("mother", "Lê Thị Mai")]
    assert [person.role for person in found.people] == ["child"]


def test_the_code_of_a_card_proves_the_old_number() -> None:
    payload = "079190012345|271234567|Lê Thị Mai|06111990|Nữ|Huế|15062021"
    fields = {
        "full_name": field("Lê Thị Mai", "qr"),
        "personal_id": field("079190012345", "qr"),
        "qr": field(payload, "qr"),
    }
    (person,) = identify(TYPES["citizen_id_card"], fields, Register(), "local").people
    assert (person.old_number, person.link) == ("271234567", "filed")


SURE = Classification(type="supplement_request", confidence=0.95)
WHOLE = {
    "dossier_code": field("H29.12.34-250708-0001"),
    "full_name": field("Lê Thị Mai"),
    "personal_id": field("079190012345", "check"),
}
OWNED = Identification(
    people=(PersonOnPaper(personal_id="079190012345", name="Lê Thị Mai", role="applicant", link="filed"),)
)


def test_a_paper_without_open_questions_is_filed() -> None:
    settled = settle(SURE, TYPES["supplement_request"], WHOLE, OWNED)
    assert (settled.state, settled.reasons) == ("filed", ())


def test_each_open_question_keeps_a_paper_from_being_filed() -> None:
    kind = TYPES["supplement_request"]
    unsure = SURE.model_copy(update={"confidence": 0.7})
    partial = {"full_name": WHOLE["full_name"], "personal_id": WHOLE["personal_id"]}
    doubtful = WHOLE | {"full_name": field("Lê Thi Mai", needs_review=True)}
    unowned = Identification(reasons=("owner_unknown",))
    assert settle(unsure, kind, WHOLE, OWNED).reasons == ("type_doubtful",)
    assert settle(SURE, kind, partial, OWNED).reasons == ("field_missing",)
    assert settle(SURE, kind, doubtful, OWNED).reasons == ("field_doubtful",)
    assert settle(SURE, kind, WHOLE, unowned).reasons == ("owner_unknown",)
    assert settle(SURE, kind, WHOLE, unowned).state == "needs_review"


def test_a_paper_of_no_known_type_is_never_filed() -> None:
    settled = settle(Classification(type="other", confidence=0.99), TYPES["other"], {}, Identification())
    assert (settled.state, settled.reasons) == ("needs_review", ("type_unknown",))


def test_a_form_filled_in_by_hand_says_so() -> None:
    fields = {"full_name": field("Lê Thị Mai", needs_review=True)}
    kind = TYPES["residence_declaration"]
    assert "handwriting" in settle(Classification(type=kind.id, confidence=0.95), kind, fields, OWNED).reasons


def test_a_value_seen_to_be_by_hand_says_so_on_any_paper() -> None:
    by_hand = field("Lê Thị Mai", needs_review=True).model_copy(update={"handwritten": True})
    settled = settle(SURE, TYPES["supplement_request"], WHOLE | {"full_name": by_hand}, OWNED)
    assert settled.reasons == ("field_doubtful", "handwritten")


def test_a_doubtful_secrecy_mark_sends_a_paper_to_review() -> None:
    marked = SURE.model_copy(update={"secrecy_doubtful": True})
    settled = settle(marked, TYPES["supplement_request"], WHOLE, OWNED)
    assert (settled.state, settled.reasons) == ("needs_review", ("secrecy_doubtful",))


def test_a_secret_paper_is_rejected() -> None:
    settled = settle(Classification(type="secret_paper", confidence=0.99), TYPES["secret_paper"], {}, Identification())
    assert (settled.state, settled.reasons) == ("rejected", ("secret_paper",))
