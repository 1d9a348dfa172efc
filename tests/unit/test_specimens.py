"""The specimens that tests, measurements and the demo stand on are what their truth says they are."""

import json
import unicodedata
from collections import defaultdict
from datetime import date
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pypdf
import pytest
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageFont, ImageSequence

from tests.specimens import LEVELS, TYPES, Specimen, make_demo, make_specimens
from tests.specimens.__main__ import main
from tests.specimens.capture import turned_away
from tests.specimens.fonts import LETTERS, font
from tests.specimens.layout import Case
from tests.specimens.making import PAPERS
from tests.specimens.names import PEOPLES
from tests.specimens.numbers import check_digit, date_in_words, spoken
from tests.specimens.people import LATEST, Family, Person, make_family
from tests.specimens.places import MERGER, PLACES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("specimens")


@pytest.fixture(scope="module")
def specimens(folder: Path) -> list[Specimen]:
    """One of every type and some more, at whatever level the seed gives."""
    return make_specimens(folder, seed=3, count=len(TYPES) + 4)


def images(file: Path) -> list[NDArray[np.uint8]]:
    """The pages of any specimen file as grey pixels, read by other programs than those that wrote it."""
    if file.suffix == ".pdf":
        pictures = [image.image for page in pypdf.PdfReader(file).pages for image in page.images]
    else:
        with Image.open(file) as opened:
            pictures = [frame.copy() for frame in ImageSequence.Iterator(opened)]
    return [np.asarray(picture.convert("L"), dtype=np.uint8) for picture in pictures if picture is not None]


def families(count: int) -> list[Family]:
    return [make_family(Random(f"test/{i}"), 10 * i) for i in range(count)]  # noqa: S311 no secrets here


def members(family: Family) -> list[Person]:
    return [family.father, family.mother, *family.children]


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        for level in LEVELS:
            make_specimens(tmp_path / name / level, 1, 3, ("decision", "citizen_id_card"), (level,))
    files = sorted(file.relative_to(tmp_path / "one") for file in (tmp_path / "one").rglob("*.*"))
    assert len(files) == 2 * 3 * len(LEVELS)
    assert ".pdf" in {file.suffix for file in files}
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_paper_does_not_depend_on_how_many_are_made(tmp_path: Path) -> None:
    few = make_specimens(tmp_path / "few", 5, 1, ("decision",))
    many = make_specimens(tmp_path / "many", 5, 4, ("receipt_slip", "decision"))
    assert few[0] in many


def test_another_seed_gives_other_people(tmp_path: Path) -> None:
    one, two = (make_specimens(tmp_path, seed, 1, ("decision",))[0] for seed in (1, 2))
    assert one.personal_ids != two.personal_ids


def test_every_file_opens_with_the_pages_its_truth_counts(folder: Path, specimens: list[Specimen]) -> None:
    for specimen in specimens:
        pages = images(folder / specimen.file)
        assert len(pages) == specimen.page_count == len(specimen.pages), specimen.id
        for page, truth in zip(pages, specimen.pages, strict=True):
            lies = page.shape[1] > page.shape[0]
            assert lies == (truth.rotate in (90, 270)), specimen.id
            assert np.mean(page < 110) > 0.002, f"{specimen.id} is blank"


def test_the_truth_lies_beside_the_file(folder: Path, specimens: list[Specimen]) -> None:
    for specimen in specimens:
        truth = json.loads((folder / f"{specimen.id}.json").read_text(encoding="utf-8"))
        assert truth["file"] == specimen.file
        assert truth["fields"] == specimen.fields
        assert truth["pages"][0].keys() == {"level", "skew", "rotate"}


def test_fields_and_owners_stand_in_the_text(specimens: list[Specimen]) -> None:
    for specimen in specimens:
        text = "\n".join(specimen.text).casefold()
        for name, value in specimen.fields.items():
            if name in ("qr", "mrz") or name == "expiry_date":
                continue
            printed = value
            if name.endswith("date") or name in ("date_of_birth", "valid_from"):
                day = date.fromisoformat(value)
                assert f"{day:%d/%m/%Y}" in text or f"ngày {day:%d} tháng {day:%m} năm {day.year}" in text, specimen.id
                continue
            if name == "area_m2":
                printed = value.replace(".", ",")
            assert printed.casefold() in text, f"{specimen.id} {name}"
        assert all(owner.casefold() in text for owner in (*specimen.names, *specimen.personal_ids))


def test_all_text_is_nfc(specimens: list[Specimen]) -> None:
    for specimen in specimens:
        for text in (*specimen.text, *specimen.fields.values(), *specimen.names):
            assert unicodedata.is_normalized("NFC", text)


def test_the_code_of_a_clean_card_reads_as_its_truth(tmp_path: Path) -> None:
    cards = make_specimens(tmp_path, 11, 6, ("citizen_id_card",), ("clean", "office"))
    for card in cards:
        found = [code.text for page in images(tmp_path / card.file) for code in zxingcpp.read_barcodes(page)]
        assert found == [card.fields["qr"]], card.id
        fields = card.fields["qr"].split("|")
        assert (fields[0], fields[2], fields[4]) == (card.personal_ids[0], card.names[0], card.fields["sex"])


def test_the_machine_readable_lines_keep_to_icao_9303(tmp_path: Path) -> None:
    for card in make_specimens(tmp_path, 12, 4, ("citizen_id_card",), ("fax",)):
        first, second, third = lines = card.fields["mrz"].split("\n")
        assert [len(line) for line in lines] == [30, 30, 30]
        number = card.fields["personal_id"]
        assert first == f"IDVNM{number[-9:]}{check_digit(number[-9:])}{number}<<{check_digit(number)}"
        assert second[6] == check_digit(second[:6])
        assert second[14] == check_digit(second[8:14])
        assert second[29] == check_digit(first[5:] + second[:7] + second[8:15] + second[18:29])
        assert second[:6] == date.fromisoformat(card.fields["date_of_birth"]).strftime("%y%m%d")
        assert third.isascii()


def test_check_digits_agree_with_the_example_of_the_standard() -> None:
    # ICAO 9303 part 3, appendix A: document number AB2134 gives 5, the date 27 July 1952 gives 3.
    assert check_digit("AB2134<<<") == "5"
    assert check_digit("520727") == "3"


def test_numbers_agree_with_birth_year_sex_and_province() -> None:
    for family in families(60):
        for person in members(family):
            number = person.personal_id
            assert len(number) == 12
            assert number[:3] in {place.code for place in PLACES}
            assert int(number[3]) == 2 * (person.born.year // 100 - 19) + (0 if person.male else 1)
            assert number[4:6] == f"{person.born.year % 100:02d}"
            assert number[6:8] == "99", "numbers of specimens come from a part of the range that is never reached"


def test_no_two_citizens_share_a_number(specimens: list[Specimen]) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for specimen in specimens:
        if not specimen.personal_ids:
            continue
        for number, name in zip(specimen.personal_ids, specimen.names, strict=True):
            owners[number].add(name)
    assert all(len(names) == 1 for names in owners.values())


def test_families_live_in_order() -> None:
    for family in families(60):
        assert all(parent.birthday(18) <= family.married for parent in (family.father, family.mother))
        births = [child.born for child in family.children]
        assert births == sorted(births)
        assert family.children
        assert family.married < births[0]
        assert births[-1] < LATEST


def test_nobody_in_a_family_has_the_name_of_another() -> None:
    for family in families(200):
        names = [person.name for person in members(family)]
        assert len(set(names)) == len(names)


def test_many_peoples_appear() -> None:
    groups = {person.ethnic_group for family in families(200) for person in members(family)}
    assert groups == {people.ethnic_group for people in PEOPLES}


def test_addresses_lose_the_district_with_the_merger() -> None:
    for family in families(20):
        place = family.home.place
        levels = family.home.address(date(2025, 6, 30)).split(", ")
        assert levels[1:] == [place.old_commune, place.district, place.old_province]
        assert family.home.address(MERGER).split(", ")[1:] == [place.new_commune, place.new_province]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (4, "bốn"),
        (10, "mười"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (105, "một trăm linh năm"),
        (1999, "một nghìn chín trăm chín mươi chín"),
        (2000, "hai nghìn"),
        (2005, "hai nghìn không trăm linh năm"),
        (2019, "hai nghìn không trăm mười chín"),
    ],
)
def test_numbers_are_spoken_as_in_vietnamese(number: int, words: str) -> None:
    assert spoken(number) == words


def test_april_has_its_own_word() -> None:
    assert date_in_words(date(2024, 4, 30)) == "Ngày ba mươi, tháng tư, năm hai nghìn không trăm hai mươi bốn"


def lacking(letters: set[str], drawn: ImageFont.FreeTypeFont) -> set[str]:
    """Letters that come out as the box of a missing one."""
    box = bytes(drawn.getmask("\U000f0000"))
    return {letter for letter in letters if not letter.isspace() and bytes(drawn.getmask(letter)) == box}


@pytest.mark.parametrize("style", [(bold, italic) for bold in (False, True) for italic in (False, True)])
def test_the_fonts_have_every_letter(style: tuple[bool, bool]) -> None:
    letters = set(LETTERS + LETTERS.upper()) | {c for people in PEOPLES for name in people.families for c in name}
    assert lacking(letters, font("Serif", 40, *style)) == set()
    assert lacking(letters, font("Sans", 40, *style)) == set()


def test_a_letter_that_the_font_lacks_is_noticed() -> None:
    assert lacking({"a", "漢"}, font("Serif", 40)) == {"漢"}


@pytest.mark.parametrize("type_id", TYPES)
def test_every_type_fits_its_sheet_for_many_families(type_id: str) -> None:
    paper = PAPERS[type_id]
    for i in range(3):
        rng = Random(f"{type_id}/{i}")  # noqa: S311 no secrets here
        family, other = make_family(rng, 0), make_family(rng, 6)
        person = family.children[0] if paper.of_child else family.mother
        drawn = paper.draw(Case(rng, family, person, other.father, paper.issued(rng, family, person)))
        for page in drawn.pages:
            edge = np.concatenate([page[:, :60].ravel(), page[:, -60:].ravel(), page[-60:].ravel()])
            assert np.mean(edge < 120) < 0.001, "print runs off the sheet"


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_turning_a_page_by_its_truth_sets_it_upright(degrees: int) -> None:
    page = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    clockwise = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    laid = turned_away(page, degrees)
    upright = cv2.rotate(laid, clockwise[degrees]) if degrees else laid
    assert np.array_equal(upright, page)


def test_skew_in_the_truth_is_the_skew_of_the_page(tmp_path: Path) -> None:
    specimen = make_specimens(tmp_path, 4, 1, ("residence_confirmation",), ("worn",))[0]
    page = images(tmp_path / specimen.file)[0]
    upright = np.ascontiguousarray(np.rot90(page, -specimen.pages[0].rotate // 90))

    # The rows of a level page differ most in darkness; the true angle must beat its neighbours and its opposite.
    def contrast(degrees: float) -> float:
        turn = cv2.getRotationMatrix2D((upright.shape[1] / 2, upright.shape[0] / 2), degrees, 1.0)
        level = cv2.warpAffine(upright, turn, upright.shape[::-1], borderValue=(255,))
        return float(np.var(np.mean(level[600:2400, 500:2000] < 110, axis=1)))

    skew = specimen.pages[0].skew
    assert abs(skew) > 0.5
    assert contrast(skew) > max(contrast(skew - 0.5), contrast(skew + 0.5), contrast(-skew))


def test_the_demo_shows_a_complete_family_and_a_landowner_without_contract(tmp_path: Path) -> None:
    demo = make_demo(tmp_path)
    scans = {file.name for file in (tmp_path / "scans").iterdir()}
    assert scans == {specimen.file for specimen in demo.specimens}, "nothing but scans, so that the folder can be filed"
    told = {specimen.id for specimen in (*demo.specimens, *demo.brought)}
    assert {file.stem for file in (tmp_path / "truth").iterdir()} == told
    owned = {specimen.type for specimen in demo.specimens if demo.landowner.personal_id in specimen.personal_ids}
    assert {"land_use_certificate", "citizen_id_card"} <= owned
    assert "land_transfer_contract" not in owned
    brought = {specimen.type: specimen.personal_ids for specimen in demo.brought}
    assert brought["land_transfer_contract"] == (demo.landowner.personal_id, demo.family.father.personal_id)
    levels = {page.level for specimen in demo.specimens for page in specimen.pages}
    assert levels == set(LEVELS)
    assert any(page.rotate in (90, 270) for specimen in demo.specimens for page in specimen.pages)


def test_the_command_makes_what_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "--papers", "2", "--types", "decision", "--levels", "clean"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert len(list(tmp_path.glob("decision-1-0*.json"))) == 2


def test_the_command_refuses_an_unknown_type(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path), "--types", "driving_licence"])
    assert "birth_certificate" in capsys.readouterr().err


def test_the_zone_of_a_passport_keeps_to_icao_9303(tmp_path: Path) -> None:
    for made in make_specimens(tmp_path, 13, 2, ("passport",), ("fax",)):
        first, second = lines = made.fields["mrz"].split("\n")
        assert [len(line) for line in lines] == [44, 44]
        assert first.startswith("P<VNM")
        parts = (second[:10], second[13:20], second[21:28], second[28:43])
        assert all(part[-1] == check_digit(part[:-1]) for part in parts)
        assert second[43] == check_digit("".join(parts))


def test_the_code_of_an_insurance_card_reads_as_its_truth(tmp_path: Path) -> None:
    (made,) = make_specimens(tmp_path, 13, 1, ("health_insurance_card",), ("office",))
    (found,) = [code.text for page in images(tmp_path / made.file) for code in zxingcpp.read_barcodes(page)]
    assert found == made.fields["qr"]
    assert bytes.fromhex(found.split("|")[1]).decode() == made.names[0]
