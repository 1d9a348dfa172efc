"""`hoso search`, `citizen`, `show`, `checklist`, `confirm`, `doctor`: what is on file is found again."""

import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest

from pipeline.local_time import local_day
from pipeline.vietnamese import fold
from tests.system.command import ingest, run
from tests.system.conftest import Filed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def found(filed: Filed, *words: str) -> list[str]:
    """Ids of the papers that a search finds."""
    told = run(filed.home, "search", "--json", *words)
    assert told.code == 0, told.errors
    return [hit["document_id"] for hit in told.value["hits"]]


@pytest.mark.parametrize("typed", [str, fold, lambda name: unicodedata.normalize("NFD", name), str.lower])
def test_a_name_is_found_however_it_is_typed(filed: Filed, typed: object) -> None:
    assert callable(typed)
    assert filed.document(filed.status) in found(filed, typed(filed.status.names[0]))


def test_a_paper_is_found_by_what_it_is(filed: Filed) -> None:
    assert found(filed, "giấy", "khai", "sinh")[0] == filed.document(filed.birth)


def test_a_paper_is_found_by_its_number(filed: Filed) -> None:
    assert found(filed, filed.birth.fields["document_number"]) == [filed.document(filed.birth)]


def test_a_paper_is_found_by_its_owners_number_and_by_the_old_one(filed: Filed) -> None:
    old_number = filed.card.fields["qr"].split("|")[1]
    assert len(old_number) == 9
    assert found(filed, filed.card.personal_ids[0]) == [filed.document(filed.card)]
    assert found(filed, old_number) == [filed.document(filed.card)]


def test_a_hit_shows_the_words_around_it(filed: Filed) -> None:
    (hit,) = run(filed.home, "search", "--json", filed.birth.fields["document_number"]).value["hits"]
    assert filed.birth.fields["document_number"] in hit["passage"]


def test_an_exact_hit_is_told_from_a_folded_one(filed: Filed) -> None:
    exact = run(filed.home, "search", "--json", "khai sinh").value["hits"][0]
    folded = run(filed.home, "search", "--json", "tinh trang hon nhan").value["hits"][0]
    assert (exact["exact"], folded["exact"]) == (True, False)


def test_nothing_is_found_of_what_nobody_handed_in(filed: Filed) -> None:
    assert found(filed, "xyzzy") == []


def test_papers_are_found_by_filters_without_words(filed: Filed) -> None:
    today = f"{local_day(datetime.now(UTC)):%d/%m/%Y}"
    assert found(filed, "--type", filed.birth.type, "--from", today) == [filed.document(filed.birth)]
    assert found(filed, "--type", filed.birth.type, "--until", "2000-12-31") == []
    assert found(filed, "giấy", "--state", "rejected") == []


def test_a_search_that_cannot_go_on_says_so(filed: Filed) -> None:
    told = run(filed.home, "search", "giấy", "--after", "somewhere")
    assert told.code == 65
    assert "bad_cursor" in told.errors


def test_another_office_finds_nothing(filed: Filed) -> None:
    told = run(filed.home, "search", "--json", "giấy", HOSO_OFFICE_ID="another")
    assert told.value["hits"] == []


def test_a_citizens_papers_are_listed(filed: Filed) -> None:
    told = run(filed.home, "citizen", "--json", filed.card.personal_ids[0])
    assert told.value["citizen"]["name"] == filed.card.fields["full_name"]
    assert [paper["document_id"] for paper in told.value["papers"]] == [filed.document(filed.card)]


def test_an_unknown_citizen_is_not_found_and_not_repeated(filed: Filed) -> None:
    told = run(filed.home, "citizen", "001190999999")
    assert told.code == 66
    assert "no_such_citizen" in told.errors
    assert "001190999999" not in told.errors


def test_a_paper_is_shown_with_its_fields(filed: Filed) -> None:
    document = filed.document(filed.birth)
    told = run(filed.home, "show", "--json", document)
    assert told.value["document_id"] == document
    assert told.value["fields"]["document_number"]["value"] == filed.birth.fields["document_number"]
    assert filed.birth.fields["document_number"] in run(filed.home, "show", document).out


def test_a_paper_is_shown_with_what_told_its_type(filed: Filed) -> None:
    document = filed.document(filed.birth)
    cues = run(filed.home, "show", "--json", document).value["cues"]
    assert any(cue.startswith("tiêu đề ") for cue in cues)
    assert f"told by: {'; '.join(cues)}" in run(filed.home, "show", document).out


def test_a_paper_is_shown_with_its_pages_verdicts_and_grades(filed: Filed) -> None:
    document = filed.document(filed.birth)
    (grade,) = run(filed.home, "show", "--json", document).value["grades"]
    assert (grade["page"], grade["verdict"]) == (1, "good")
    assert grade["grade"] > 0.8
    assert f"page 1: good, worst lines about {grade['grade']:.0%} right" in run(filed.home, "show", document).out


def test_the_text_of_a_paper_is_shown(filed: Filed) -> None:
    told = run(filed.home, "show", "--text", filed.document(filed.birth))
    assert "GIẤY KHAI SINH" in told.out


def test_the_pdf_of_a_paper_is_written(filed: Filed, tmp_path: Path) -> None:
    told = run(filed.home, "show", "--pdf", tmp_path / "copy.pdf", filed.document(filed.birth))
    assert told.code == 0
    assert "KHAI SINH" in pypdf.PdfReader(tmp_path / "copy.pdf").pages[0].extract_text()
    assert [file.name for file in tmp_path.iterdir()] == ["copy.pdf"]


def test_no_pdf_is_written_of_a_paper_whose_picture_is_not_kept(filed: Filed, tmp_path: Path) -> None:
    told = run(filed.home, "show", "--pdf", tmp_path / "copy.pdf", filed.document(filed.card))
    assert told.code == 66
    assert "no_picture_kept" in told.errors
    assert list(tmp_path.iterdir()) == []


def test_a_paper_nobody_knows_is_not_found(filed: Filed) -> None:
    assert run(filed.home, "show", "00000000-0000-0000-0000-000000000000").code == 66


def test_a_paper_is_held_only_once_an_officer_has_confirmed_it(filed: Filed, tmp_path: Path) -> None:
    home, number = tmp_path / "home", filed.card.personal_ids[0]
    (card,) = ingest(home, filed.scan(filed.card)).lines

    def identity() -> dict[str, object]:
        told = run(home, "checklist", "birth_registration", "--citizen", number, "--json")
        return next(row for row in told.value["papers"] if row["id"] == "identity")

    before = identity()
    assert (before["status"], before["document_id"]) == ("held_unconfirmed", card["document_id"])
    assert run(home, "confirm", card["document_id"]).code == 0
    assert identity()["status"] == "held"


def test_what_is_not_on_file_is_missing(filed: Filed) -> None:
    told = run(filed.home, "checklist", "1.001193", "--citizen", filed.card.personal_ids[0], "--json")
    rows = {row["id"]: row for row in told.value["papers"]}
    assert (rows["birth_notice"]["status"], rows["birth_notice"]["demanded"]) == ("missing", True)
    assert (rows["authorization"]["applies"], rows["authorization"]["demanded"]) == ("only_if", False)


def test_an_unknown_procedure_is_answered_with_those_that_are_known(filed: Filed) -> None:
    told = run(filed.home, "checklist", "nothing", "--citizen", filed.card.personal_ids[0])
    assert told.code == 66
    assert "birth_registration" in told.errors


def test_doctor_finds_nothing_wrong_here(filed: Filed) -> None:
    told = run(filed.home, "doctor", "--json")
    assert told.code == 0, told.out
    assert all(check["ok"] for check in told.value.values())
    assert {"programs", "catalogue", "store", "database", "parsers"} <= set(told.value)


def test_doctor_says_what_is_wrong(filed: Filed, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    told = run(tmp_path / "home", "doctor", "--json", HOSO_STORE=f"file:{in_the_way}")
    assert told.code == 78
    assert not told.value["store"]["ok"]
    assert told.value["database"]["ok"]
