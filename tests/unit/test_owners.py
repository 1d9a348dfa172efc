"""Who owns a paper, against a small register: numbers and names that fit, hardly fit, or are new."""

from datetime import date

import pytest

from pipeline.catalogue import load_catalogue
from pipeline.stages.identify import Identification, identify
from pipeline.stages.owners import NAMESAKES
from schemas.catalog import DocumentType, PersonRule
from schemas.dossier import Field
from schemas.people import Citizen
from tests.unit.test_identify import MAI, Register, field, owners, paper

NUMBER, NEXT_NUMBER, OTHER_NUMBER = "079190012345", "079190012346", "079190099999"
BORN = "1990-11-06"
FIRM = Citizen(citizen_id="o1", kind="organisation", tax_code="0314409058", name="CÔNG TY TNHH HOA SEN VÀNG")
GUEST = Citizen(citizen_id="g1", name="ANNA MARIA ERIKSSON", aliases=("L8989020",))
NOBODY = Citizen(citizen_id="n1", name="Lê Thị Mai", date_of_birth=date(1990, 11, 6))


def outcome(found: Identification) -> tuple[str, tuple[str, ...]]:
    (person,) = found.people
    return person.link, found.reasons


@pytest.mark.parametrize("name", ["LÊ THỊ MAI", "Lê Thi Mai", "LE THI MAI", "Lê Thị Mal"])
@pytest.mark.parametrize("evidence", ["qr", "mrz", "two_places"])
def test_a_number_seen_twice_is_the_known_persons_although_the_name_lost_something(name: str, evidence: str) -> None:
    number = field(NUMBER).model_copy(update={"evidence": evidence})
    assert outcome(owners(paper(number, field(name)), MAI)) == ("filed", ())


@pytest.mark.parametrize("name", ["Lê Thi Mai", "Lê Thị Mal"])
def test_a_number_seen_once_under_a_name_that_differs_a_little_asks(name: str) -> None:
    assert outcome(owners(paper(field(NUMBER, "check"), field(name)), MAI)) == ("proposed", ("name_differs",))


def test_an_earlier_name_is_the_same_persons() -> None:
    renamed = MAI.model_copy(update={"name": "Lê Ngọc Ánh", "earlier_names": ("Lê Thị Mai",)})
    assert outcome(owners(paper(field(NUMBER, "check")), renamed)) == ("filed", ())


def test_a_name_in_bare_capitals_asks_when_a_twin_has_nearly_the_number() -> None:
    twin = Citizen(citizen_id="c2", personal_id=NEXT_NUMBER, name="Lê Thị Mải", date_of_birth=MAI.date_of_birth)
    fields = paper(field(NUMBER, "check"), field("LE THI MAI"))
    assert outcome(owners(fields, MAI)) == ("filed", ())
    assert outcome(owners(fields, MAI, twin)) == ("proposed", ("name_differs",))


def test_a_year_on_the_paper_agrees_with_a_birth_date_of_that_year() -> None:
    assert outcome(owners(paper(field(NUMBER, "check"), born=field("1990")), MAI)) == ("filed", ())
    assert outcome(owners(paper(field(NUMBER, "check"), born=field("1991")), MAI)) == ("proposed", ("owner_conflict",))


def test_number_and_name_that_agree_are_borne_out_and_nothing_else_is() -> None:
    assert owners(paper(field(NUMBER)), MAI).borne_out == ("personal_id", "full_name")
    assert owners(paper(field(NUMBER, "qr"), field("LE THI MAI")), MAI).borne_out == ()
    assert owners(paper(field(NUMBER, "qr"))).borne_out == ()


@pytest.mark.parametrize("evidence", ["qr", "check"])
def test_a_newcomer_whose_number_is_a_digit_from_one_of_the_same_name_asks(evidence: str) -> None:
    number = field(NEXT_NUMBER).model_copy(update={"evidence": evidence})
    assert outcome(owners(paper(number), MAI)) == ("proposed", ("owner_alike",))


def test_a_twin_of_another_name_enters_the_register() -> None:
    assert outcome(owners(paper(field(NEXT_NUMBER, "qr"), field("Lê Thị Lan")), MAI)) == ("filed", ())
    assert outcome(owners(paper(field(NEXT_NUMBER, "qr"), field("Lê Thị Mải")), MAI)) == ("filed", ())


def test_a_twin_whose_number_was_seen_once_and_whose_name_differs_in_a_mark_asks() -> None:
    fields = paper(field(NEXT_NUMBER, "check"), field("Lê Thị Mải"))
    assert outcome(owners(fields, MAI)) == ("proposed", ("owner_alike",))


def test_another_of_the_same_name_enters_the_register_by_a_number_of_their_own() -> None:
    assert outcome(owners(paper(field(OTHER_NUMBER, "check"), born=field(BORN)), MAI)) == ("filed", ())


@pytest.mark.parametrize(("born", "link"), [(BORN, "proposed"), ("1990", "proposed"), ("1985-01-02", "filed")])
def test_a_newcomer_asks_when_somebody_of_the_name_has_no_number_yet(born: str, link: str) -> None:
    assert outcome(owners(paper(field(OTHER_NUMBER, "check"), born=field(born)), NOBODY))[0] == link


def test_a_card_leads_to_whom_the_register_knows_by_the_old_number_only() -> None:
    known = Citizen(citizen_id="c1", name="Lê Thị Mai", aliases=("271234567",))
    assert outcome(with_card(known)) == ("filed", ())
    assert outcome(with_card(known.model_copy(update={"name": "Phan Văn Tám"}))) == ("proposed", ("owner_conflict",))


def with_card(*citizens: Citizen) -> Identification:
    fields = {
        "full_name": field("Lê Thị Mai", "qr"),
        "personal_id": field(NUMBER, "qr"),
        "qr": field(f"{NUMBER}|271234567|Lê Thị Mai|06111990|Nữ|Huế|15062021", "qr"),
    }
    return identify(load_catalogue().types["citizen_id_card"], fields, Register(*citizens), "local")


# -- without a number -------------------------------------------------------------------------------------------------


def without_number(*citizens: Citizen, **changes: Field) -> Identification:
    return owners(paper(None, born=field(BORN)) | changes, *citizens)


def test_somebody_without_any_number_is_found_by_name_and_birth_date() -> None:
    found = without_number(NOBODY)
    assert outcome(found) == ("filed", ())
    assert found.people[0].citizen_id == NOBODY.citizen_id


@pytest.mark.parametrize(
    "changes",
    [
        {"date_of_birth": field("1990")},
        {"date_of_birth": field("1990-11-07")},
        {"date_of_birth": field(BORN, needs_review=True)},
        {"full_name": field("Lê Thi Mai")},
        {"full_name": field("LE THI MAI")},
        {"full_name": field("Lê Thị Mai", needs_review=True)},
        {"sex": field("Nam")},
    ],
)
def test_less_than_the_very_name_and_the_whole_birth_date_asks(changes: dict[str, Field]) -> None:
    assert outcome(without_number(MAI, **changes)) == ("proposed", ("owner_doubtful",))


@pytest.mark.parametrize(
    "other",
    [
        Citizen(citizen_id="c2", personal_id=OTHER_NUMBER, name="Lê Thị Mải", date_of_birth=date(1990, 11, 6)),
        Citizen(citizen_id="c2", personal_id=OTHER_NUMBER, name="Lê Thị Mai", birth_year=1990),
        Citizen(citizen_id="c2", personal_id=OTHER_NUMBER, name="Lê Thị Mai"),
        Citizen(citizen_id="c2", name="Lê Lan", earlier_names=("Lê Thị Mai",), date_of_birth=date(1990, 11, 6)),
    ],
    ids=["another mark", "the same year", "unknown birth", "an earlier name"],
)
def test_whoever_else_it_may_be_makes_it_a_question(other: Citizen) -> None:
    assert outcome(without_number(MAI, other)) == ("proposed", ("owner_doubtful",))


def test_the_first_of_january_tells_nobody_from_another() -> None:
    old = MAI.model_copy(update={"date_of_birth": date(1958, 1, 1)})
    assert outcome(without_number(old, date_of_birth=field("1958-01-01"))) == ("proposed", ("owner_doubtful",))


@pytest.mark.parametrize(("others", "link"), [(NAMESAKES - 1, "filed"), (NAMESAKES, "proposed")])
def test_a_name_that_many_bear_files_nothing(others: int, link: str) -> None:
    namesakes = [
        Citizen(
            citizen_id=f"c{n}", personal_id=f"0791900999{n:02}", name="Lê Thị Mai", date_of_birth=date(1990, 1, n + 2)
        )
        for n in range(others)
    ]
    assert outcome(without_number(MAI, *namesakes))[0] == link


# -- organisations and passports --------------------------------------------------------------------------------------

REPORT = (
    load_catalogue()
    .types["labour_report"]
    .model_copy(
        update={"owners": (PersonRule(role="organisation", name="organisation", tax_code="tax_code"),), "mentions": ()}
    )
)
PASSPORT: DocumentType = REPORT.model_copy(
    update={"owners": (PersonRule(role="holder", name="full_name", personal_id="personal_id", passport="passport"),)}
)


def report(code: Field | None, name: str, *citizens: Citizen) -> Identification:
    fields = {"organisation": field(name)} | ({"tax_code": code} if code else {})
    return identify(REPORT, fields, Register(*citizens), "local")


def test_an_organisation_is_its_tax_code() -> None:
    found = report(field("0314409058", "check"), "CÔNG TY TNHH HOA SEN VÀNG")
    assert outcome(found) == ("filed", ())
    assert (found.people[0].tax_code, found.people[0].personal_id) == ("0314409058", None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Công ty TNHH Hoa Sen Vàng", ("filed", ())),
        ("CÔNG TY TNHH HOA SEN VANC", ("filed", ())),
        ("CÔNG TY TNHH MAI LAN", ("proposed", ("owner_conflict",))),
    ],
)
def test_a_known_tax_code_goes_with_the_name(name: str, expected: tuple[str, tuple[str, ...]]) -> None:
    assert outcome(report(field("0314409058", "check"), name, FIRM)) == expected


def test_an_organisation_without_its_tax_code_is_only_mentioned() -> None:
    found = report(None, FIRM.name, FIRM)
    assert (found.people, found.reasons) == ((), ())
    assert [(mention.role, mention.name) for mention in found.mentions] == [("organisation", FIRM.name)]


def test_a_citizens_number_as_tax_code_names_the_person() -> None:
    found = report(field(NUMBER, "check"), "Lê Thị Mai", MAI)
    assert outcome(found) == ("filed", ())
    assert (found.people[0].personal_id, found.people[0].tax_code) == (NUMBER, None)


def test_a_passport_names_who_has_no_personal_number() -> None:
    fields = {"full_name": field("ANNA MARIA ERIKSSON"), "passport": field("L8989020", "mrz")}
    for register in (Register(), Register(GUEST)):
        found = identify(PASSPORT, fields, register, "local")
        assert outcome(found) == ("filed", ())
        assert found.people[0].passport == "L8989020"


def test_a_new_passport_number_read_once_asks() -> None:
    fields = {"full_name": field("ANNA MARIA ERIKSSON"), "passport": field("L8989020", confidence=0.99)}
    assert outcome(identify(PASSPORT, fields, Register(), "local")) == ("proposed", ("owner_doubtful",))


def test_an_enterprise_certificate_is_the_organisations_and_its_representatives() -> None:
    fields = {
        "tax_code": field("0314409058", confidence=0.99),
        "organisation": field("CÔNG TY TNHH HOA SEN VÀNG"),
        "personal_id": field(NUMBER, "two_places"),
        "full_name": field("Lê Thị Mai"),
    }
    found = identify(load_catalogue().types["enterprise_certificate"], fields, Register(FIRM), "local")
    assert [(person.role, person.number, person.link) for person in found.people] == [
        ("organisation", "0314409058", "filed"),
        ("representative", NUMBER, "filed"),
    ]
