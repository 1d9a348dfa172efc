import re
from pathlib import Path

import pytest

import schemas
from pipeline.catalogue import find_procedure, load_catalogue
from pipeline.errors import Misconfigured
from pipeline.stages.classify import classify
from schemas.catalog import FormerCode
from tests.unit.pages_of_text import page

TYPE = (Path(schemas.__file__).parent / "document_types" / "supplement_request.toml").read_text(encoding="utf-8")
FORM = (Path(schemas.__file__).parent / "document_types" / "land_change_application.toml").read_text(encoding="utf-8")
LOOK_UPS = (Path(schemas.__file__).parent / "look_ups" / "nq_66_7_2025.toml").read_text(encoding="utf-8")
PROCEDURE = (Path(schemas.__file__).parent / "procedures" / "land_change.toml").read_text(encoding="utf-8")


def fault(folder: Path, kind: str, name: str, text: str) -> str:
    """What the loader says of this file, without the folder."""
    (folder / kind).mkdir(exist_ok=True)
    path = folder / kind / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        load_catalogue(folder)
    assert caught.value.code == "bad_catalogue"
    return caught.value.detail.replace(str(path), "FILE")


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_the_built_in_catalogue_has_no_fault() -> None:
    catalogue = load_catalogue()
    assert {"other", "secret_paper", "birth_certificate"} <= set(catalogue.types)
    assert {p.code for p in catalogue.procedures.values()} >= {"1.001193", "1.000894", "1.013831"}


def test_the_picture_of_an_identity_card_is_not_kept() -> None:
    assert load_catalogue().types["citizen_id_card"].keeping.rule == "fields_only"


def test_every_fact_names_its_source() -> None:
    catalogue = load_catalogue()
    for kind in catalogue.types.values():
        assert all(group.source for group in (kind.title, kind.cues, kind.keeping, kind.validity, kind.reuse))
    assert all(paper.source for procedure in catalogue.procedures.values() for paper in procedure.papers)


def test_an_own_folder_adds_a_type_and_overrides_another(tmp_path: Path) -> None:
    (tmp_path / "document_types").mkdir()
    folder = tmp_path / "document_types"
    (folder / "local_slip.toml").write_text(TYPE.replace('"supplement_request"', '"local_slip"'), encoding="utf-8")
    (folder / "supplement_request.toml").write_text(
        TYPE.replace("Request to complete", "Call to complete"), encoding="utf-8"
    )
    types = load_catalogue(tmp_path).types
    assert "local_slip" in types
    assert types["supplement_request"].title.english == "Call to complete a dossier"


def test_a_type_with_a_title_alone_is_told_once_its_file_is_dropped_in(tmp_path: Path) -> None:
    (tmp_path / "document_types").mkdir()
    plain = re.sub(r"(?ms)^phrases = .*?\n|^\[\[.*|^stops = .*?\n", "", TYPE)
    plain = plain.replace('"supplement_request"', '"water_permit"').replace(
        "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ", "GIẤY PHÉP KHAI THÁC NƯỚC MẶT"
    )
    (tmp_path / "document_types" / "water_permit.toml").write_text(plain, encoding="utf-8")
    types = load_catalogue(tmp_path).types
    assert not types["water_permit"].cues.phrases
    paper = page("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\nGIẤY PHÉP KHAI THÁC NƯỚC MẶT")
    assert (classify([paper], types).type, classify([paper], types).certain) == ("water_permit", True)


def test_a_number_without_a_label_belongs_to_an_administrative_paper(tmp_path: Path) -> None:
    text = TYPE + '\n[[fields]]\nname = "document_number"\nkind = "document_number"\n'
    assert fault(tmp_path, "document_types", "supplement_request", text).endswith(
        "field 'document_number' has no labels"
    )


def test_an_issuer_is_found_by_its_place_and_has_no_label(tmp_path: Path) -> None:
    text = TYPE + '\n[[fields]]\nname = "issuer"\nkind = "issuer"\nlabels = ["Cơ quan"]\n'
    line = text[: text.index('labels = ["Cơ quan"]')].count("\n") + 1
    assert fault(tmp_path, "document_types", "supplement_request", text).startswith(f"FILE:{line}: ")


def test_every_administrative_type_has_the_same_head() -> None:
    kinds = [kind for kind in load_catalogue().types.values() if kind.is_administrative]
    assert len(kinds) > 15
    for kind in kinds:
        assert {"document_number", "issue_date", "issuer", "subject", "signer"} <= {rule.name for rule in kind.fields}


def test_a_misspelt_key_is_named_with_its_line(tmp_path: Path) -> None:
    text = TYPE.replace("required = true", "requierd = true", 1)
    detail = fault(tmp_path, "document_types", "supplement_request", text)
    assert detail.startswith(f"FILE:{line_of(text, 'requierd')}: fields.0.requierd")


def test_a_wrong_value_in_the_third_field_is_found_there(tmp_path: Path) -> None:
    text = TYPE.replace('kind = "personal_id"', 'kind = "passport"')
    assert fault(tmp_path, "document_types", "supplement_request", text).startswith(
        f"FILE:{line_of(text, 'passport')}: "
    )


def test_broken_toml_is_named_with_its_line(tmp_path: Path) -> None:
    text = TYPE.replace("[reuse]", "[reuse")
    assert fault(tmp_path, "document_types", "supplement_request", text).startswith(f"FILE:{line_of(text, '[reuse')}: ")


def test_an_owner_made_of_an_undeclared_field_is_found(tmp_path: Path) -> None:
    text = TYPE.replace('personal_id = "personal_id"', 'personal_id = "citizen_number"')
    wanted = f"FILE:{line_of(text, 'citizen_number')}: field 'citizen_number' is not declared"
    assert fault(tmp_path, "document_types", "supplement_request", text) == wanted


def test_a_broken_pattern_is_found(tmp_path: Path) -> None:
    text = TYPE.replace('kind = "dossier_code"', 'kind = "dossier_code"\npattern = "[0-9"')
    assert fault(tmp_path, "document_types", "supplement_request", text).startswith(
        f"FILE:{line_of(text, 'pattern')}: "
    )


def test_a_file_must_bear_the_name_of_its_id(tmp_path: Path) -> None:
    assert fault(tmp_path, "document_types", "slip", TYPE).startswith("FILE:1: id is 'supplement_request'")


def test_a_procedure_that_asks_for_an_unknown_type_is_found(tmp_path: Path) -> None:
    text = PROCEDURE.replace('"land_use_certificate"', '"red_book"')
    wanted = f"FILE:{line_of(text, 'red_book')}: there is no document type 'red_book'"
    assert fault(tmp_path, "procedures", "land_change", text) == wanted


def test_a_procedure_that_asks_for_a_role_no_type_has_is_found(tmp_path: Path) -> None:
    text = PROCEDURE.replace('role = "transferee"', 'role = "buyer"')
    assert fault(tmp_path, "procedures", "land_change", text).startswith(f"FILE:{line_of(text, 'buyer')}: ")


def test_a_misspelt_key_of_a_condition_is_named_with_its_line(tmp_path: Path) -> None:
    text = PROCEDURE.replace("question_en", "question_fr", 1)
    assert fault(tmp_path, "procedures", "land_change", text).startswith(f"FILE:{line_of(text, 'question_fr')}: ")


def test_dates_the_wrong_way_round_are_found(tmp_path: Path) -> None:
    text = PROCEDURE.replace(
        'code = "1.013831"', 'code = "1.013831"\nin_force = { since = 2026-01-01, until = 2025-01-01 }'
    )
    assert fault(tmp_path, "procedures", "land_change", text) == "FILE:3: ends before it begins"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        load_catalogue(tmp_path / "nothing")


@pytest.mark.parametrize("wanted", ["land_change", "1.013831", "1.013831.00.00.H38", "1.013831.H55.242", "1.000123"])
def test_a_procedure_is_found_by_id_code_former_code_and_code_with_a_local_tail(wanted: str) -> None:
    catalogue = load_catalogue()
    known = catalogue.procedures["land_change"]
    renamed = known.model_copy(update={"former_codes": (FormerCode(code="1.000123"),)})
    found = find_procedure(catalogue.model_copy(update={"procedures": {known.id: renamed}}), wanted)
    assert found == renamed


@pytest.mark.parametrize("wanted", ["", "1.01383", "1.0138310", "nothing"])
def test_what_is_no_known_code_finds_no_procedure(wanted: str) -> None:
    assert find_procedure(load_catalogue(), wanted) is None


@pytest.mark.parametrize(
    "form",
    [
        "death_notice", "marriage_registration_form", "marital_status_form", "construction_permit_application",
        "estate_division", "land_plot_application", "land_plot_drawing", "extract_copy_form", "passport",
    ],
)  # fmt: skip
def test_some_procedure_asks_for_the_paper(form: str) -> None:
    asked_for = (paper.any_of for procedure in load_catalogue().procedures.values() for paper in procedure.papers)
    assert any(form in types for types in asked_for)


def test_codes_of_procedures_are_known_once() -> None:
    codes = [procedure.code for procedure in load_catalogue().procedures.values() if procedure.code]
    assert len(codes) == len(set(codes))


def test_a_rule_of_look_ups_for_an_unknown_type_is_found(tmp_path: Path) -> None:
    text = LOOK_UPS.replace('"birth_certificate"', '"red_book"')
    assert fault(tmp_path, "look_ups", "nq_66_7_2025", text).endswith("there is no document type 'red_book'")


def test_a_form_that_is_known_from_an_unknown_field_is_found(tmp_path: Path) -> None:
    text = FORM.replace("land_use_certificate.serial_number", "land_use_certificate.colour")
    wanted = f"FILE:{line_of(text, 'colour')}: there is no field 'land_use_certificate.colour'"
    assert fault(tmp_path, "document_types", "land_change_application", text) == wanted
