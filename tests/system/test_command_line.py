"""`hoso ingest` as other programs see it: its answers, its exit codes, and what it leaves in the store."""

import hashlib
import json
import re
import shutil
import unicodedata
from pathlib import Path

import pypdf
import pytest

from schemas.ingest import IngestLine, IngestLineWithText
from tests.services.processes import free_port
from tests.sheets import save, text_page
from tests.specimens import Specimen
from tests.system.command import ingest, run
from tests.system.conftest import Filed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def blank(path: Path) -> Path:
    """The quickest scan there is: an empty sheet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return save(text_page((), size=(700, 500)), path)


def not_a_scan(path: Path) -> Path:
    """A file that calls itself a scan and is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("Số liệu tháng này")
    return path


def test_every_key_is_there_in_every_answer(filed: Filed, home: Path, tmp_path: Path) -> None:
    refused = ingest(home, "--text", not_a_scan(tmp_path / "a.pdf")).lines
    for line in (*filed.told.lines, *refused):
        assert set(line) == set(IngestLineWithText.model_fields)
        IngestLineWithText.model_validate(line)


def test_page_texts_are_there_only_when_asked_for(home: Path, tmp_path: Path) -> None:
    (line,) = ingest(home, blank(tmp_path / "a.png")).lines
    assert set(line) == set(IngestLine.model_fields)


def test_answers_are_ascii_one_line_a_paper_and_nothing_else(filed: Filed) -> None:
    assert filed.told.out.isascii()
    assert filed.told.out.endswith("\n")
    assert [Path(json.loads(line)["source"]).name for line in filed.told.out.splitlines()] == sorted(
        specimen.file for specimen in (filed.birth, filed.card, filed.status)
    )


def test_type_owner_and_values_are_those_of_the_paper(filed: Filed) -> None:
    lines = {Path(line["source"]).name: line for line in filed.told.lines}
    for specimen in (filed.birth, filed.card, filed.status):
        line = lines[specimen.file]
        assert line["type"] == specimen.type
        assert [person["personal_id"] for person in line["people"]] == list(specimen.personal_ids)
    card = lines[filed.card.file]
    assert {name: card["fields"][name]["value"] for name in ("personal_id", "date_of_birth", "full_name")} == {
        name: filed.card.fields[name] for name in ("personal_id", "date_of_birth", "full_name")
    }
    assert card["state"] == "filed"
    assert not any(field["needs_review"] for field in card["fields"].values())


def test_page_texts_are_in_composed_form_one_a_page(filed: Filed) -> None:
    for line in filed.told.lines:
        assert len(line["page_texts"]) == len(line["source_pages"]) == len(line["rotations"])
        assert all(unicodedata.is_normalized("NFC", text) for text in line["page_texts"])
        assert line["page_texts"][0]


def test_the_copy_and_the_original_are_where_the_answer_says(filed: Filed) -> None:
    line = next(line for line in filed.told.lines if line["type"] == "birth_certificate")
    store = filed.home / "store"
    copy, original = (store / line["object_key"]).read_bytes(), (store / line["original_key"]).read_bytes()
    assert (hashlib.sha256(copy).hexdigest(), len(copy)) == (line["sha256"], line["size_bytes"])
    assert original == filed.scan(filed.birth).read_bytes()
    assert hashlib.sha256(original).hexdigest() == line["original_sha256"]


def test_what_is_on_file_is_known_again_without_reading_it(filed: Filed) -> None:
    again = ingest(filed.home, "--text", filed.folder)
    assert again.code == 0
    assert all("already_filed" in line["reasons"] for line in again.lines)
    assert [line["document_id"] for line in again.lines] == [line["document_id"] for line in filed.told.lines]
    assert again.cpu_s < filed.told.cpu_s / 2


def test_content_is_known_again_under_another_name(filed: Filed, tmp_path: Path) -> None:
    renamed = tmp_path / "khác tên.pdf"
    shutil.copy(filed.scan(filed.card), renamed)
    (line,) = ingest(filed.home, renamed).lines
    assert (line["source"], line["document_id"]) == (str(renamed), filed.document(filed.card))


def test_a_named_file_that_is_no_scan_is_refused(home: Path, tmp_path: Path) -> None:
    told = ingest(home, not_a_scan(tmp_path / "a.pdf"))
    assert told.code == 65
    line = told.value
    assert (line["state"], line["code"], line["reasons"]) == ("rejected", "not_a_scan", ["not_a_scan"])
    assert line["message"]
    assert (line["document_id"], line["original_key"]) == (None, None)


def test_a_refused_file_among_good_ones_loses_nothing(home: Path, tmp_path: Path) -> None:
    good, bad, other = blank(tmp_path / "a.png"), not_a_scan(tmp_path / "b.pdf"), blank(tmp_path / "c.tif")
    told = ingest(home, good, bad, other)
    assert told.code == 65
    assert [(line["source"], line["state"]) for line in told.lines] == [
        (str(good), "needs_review"),
        (str(bad), "rejected"),
        (str(other), "needs_review"),
    ]
    for line, file in zip(told.lines[::2], (good, other), strict=True):
        assert (home / "store" / line["original_key"]).read_bytes() == file.read_bytes()


def test_a_file_that_cannot_be_opened_is_refused_and_its_original_kept(home: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing more")
    told = ingest(home, broken)
    assert (told.code, told.value["code"]) == (65, "damaged")
    assert (home / "store" / told.value["original_key"]).read_bytes() == broken.read_bytes()


def test_what_is_no_scan_in_a_folder_is_told_and_does_no_harm(home: Path, tmp_path: Path) -> None:
    blank(tmp_path / "pile" / "a.png")
    not_a_scan(tmp_path / "pile" / "below" / "b.txt")
    not_a_scan(tmp_path / "pile" / ".hidden")
    told = ingest(home, tmp_path / "pile")
    assert told.code == 0
    assert [line["code"] for line in told.lines] == [None, "not_a_scan"]


def test_a_path_that_leads_nowhere_is_not_found_and_the_rest_is_stored(home: Path, tmp_path: Path) -> None:
    good = blank(tmp_path / "a.png")
    told = ingest(home, tmp_path / "nowhere.pdf", good)
    assert told.code == 66
    codes = {line["source"]: line["code"] for line in told.lines}
    assert codes == {str(tmp_path / "nowhere.pdf"): "no_such_path", str(good): None}


@pytest.mark.parametrize(
    "arguments", [["ingest"], ["ingest", "--channel", "pigeon", "a.pdf"], ["ingest", "--no-such-option"], ["digest"]]
)
def test_a_wrong_call_is_a_usage_error(home: Path, arguments: list[str]) -> None:
    told = run(home, *arguments)
    assert (told.code, told.out) == (2, "")


@pytest.mark.parametrize(
    ("setting", "value"), [("HOSO_PARSERS", "0"), ("HOSO_LEASE_S", "soon"), ("HOSO_STORE", "ftp://somewhere")]
)
def test_a_wrong_setting_is_named_and_its_value_is_not(home: Path, tmp_path: Path, setting: str, value: str) -> None:
    told = ingest(home, blank(tmp_path / "a.png"), **{setting: value})
    assert (told.code, told.out) == (78, "")
    assert setting in told.errors
    assert value not in told.errors or len(value) == 1
    assert "Traceback" not in told.errors


def test_a_database_that_is_away_is_told_as_such(home: Path, tmp_path: Path) -> None:
    away = f"postgresql://hoso:geheim@127.0.0.1:{free_port()}/hoso"
    told = ingest(home, blank(tmp_path / "a.png"), HOSO_DATABASE=away)
    assert (told.code, told.out) == (75, "")
    assert "database_away" in told.errors
    assert "geheim" not in told.errors


def test_a_store_that_is_away_is_told_as_such(home: Path, tmp_path: Path) -> None:
    away = {"HOSO_STORE": f"s3:http://127.0.0.1:{free_port()}/hoso", "HOSO_S3_ACCESS_KEY": "key"}
    told = ingest(home, blank(tmp_path / "a.png"), HOSO_S3_SECRET_KEY="geheim", **away)
    assert (told.code, told.out) == (75, "")
    assert "store_away" in told.errors
    assert "geheim" not in told.errors


def test_photos_handed_in_together_are_one_paper(home: Path, tmp_path: Path) -> None:
    one, two = blank(tmp_path / "1.jpg"), blank(tmp_path / "2.png")
    (line,) = ingest(home, "--together", one, two).lines
    assert line["source_pages"] == [1, 2]
    assert line["sources"] == [{"path": str(one), "pages": [1]}, {"path": str(two), "pages": [1]}]
    copy = pypdf.PdfReader(home / "store" / line["object_key"])
    assert len(copy.pages) == 2


def test_a_paper_handed_in_by_another_goes_to_review(filed: Filed, home: Path) -> None:
    (line,) = ingest(home, "--citizen", filed.birth.personal_ids[0], filed.scan(filed.card)).lines
    assert (line["state"], "person_mismatch" in line["reasons"]) == ("needs_review", True)
    assert [(p["personal_id"], p["link"]) for p in line["people"]] == [(filed.card.personal_ids[0], "proposed")]


def test_a_procedure_nobody_knows_is_not_found(home: Path, tmp_path: Path) -> None:
    told = ingest(home, "--procedure", "trồng cây", blank(tmp_path / "a.png"))
    assert (told.code, told.out) == (66, "")
    assert "no_such_procedure" in told.errors


def test_two_homes_give_a_content_the_same_id_and_the_same_copy(filed: Filed, home: Path) -> None:
    first = next(line for line in filed.told.lines if line["type"] == "birth_certificate")
    (second,) = ingest(home, filed.scan(filed.birth)).lines
    for key in ("document_id", "object_key", "sha256", "original_key"):
        assert second[key] == first[key], key


def test_neither_keys_nor_errors_hold_names_or_numbers(filed: Filed) -> None:
    objects = [str(file.relative_to(filed.home)) for file in (filed.home / "store").rglob("*") if file.is_file()]
    assert len(objects) > 6
    for told in (*objects, filed.told.errors):
        assert re.search(r"(?<![0-9a-f])\d{12}(?![0-9a-f])", told) is None
        assert all(_plain_words(specimen) & set(told.casefold().split("/")) == set() for specimen in _specimens(filed))


def _specimens(filed: Filed) -> tuple[Specimen, ...]:
    return filed.birth, filed.card, filed.status


def _plain_words(specimen: Specimen) -> set[str]:
    return {word.casefold() for name in specimen.names for word in name.split()}
