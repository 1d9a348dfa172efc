"""Packages: readable without hoso, checked by tools that know nothing of it."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import schemas.export
from pipeline.adapters.folder_store import FolderStore
from pipeline.bag import Bag, place_bag
from pipeline.errors import NotFound, ScanRejected
from pipeline.package import Folder, of_citizen, of_days, of_dossier
from pipeline.packer import Packer
from schemas.dossier import Paper
from schemas.export.package import package_schemas
from schemas.signing import SignedCopy
from tests.contract.examples import HUONG_NUMBER, NEIGHBOUR, a_submission, file, huong
from tests.unit.dossier_office import CODE, OFFICE, OTHER_CODE, Office

PDF = b"%PDF-1.7 invented"
SIGNED = PDF + b" and signed"
SCAN = b"as handed in"
NOW = datetime(2026, 4, 1, tzinfo=UTC)
Pack = Callable[..., Path]


@pytest.fixture
def pack(office: Office, tmp_path: Path) -> Pack:
    def packed(folders: Iterable[Folder], *, originals: bool = False) -> Path:
        (folder := tmp_path / "package").mkdir()
        packer = Packer(office.store, office.tables, office.catalogue, Bag(folder), originals=originals)
        for one in folders:
            packer.pack(one)
        packer.finish("Phường A", NOW)
        return folder

    return packed


def put(store: FolderStore, key: str, data: bytes) -> dict[str, Any]:
    stored = store.put(key, BytesIO(data), "application/pdf")
    return {"object_key": key, "sha256": stored.sha256, "size_bytes": stored.size_bytes}


def a_form(office: Office, **changes: Any) -> Paper:
    """A paper in the dossier, with its copy in the store."""
    copy = put(office.store, f"archive/{OFFICE}/ab/1.v1.pdf", PDF)
    return office.file("residence_declaration", "applicant", **copy | {"dossier_code": CODE} | changes)


def read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return value


def papers_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder / "data").as_posix() for path in (folder / "data").rglob("*-*.json"))


def test_a_dossier_lies_in_a_folder_of_its_code(office: Office, pack: Pack) -> None:
    office.open()
    paper = a_form(office)
    folder = pack([of_dossier(office.tables, OFFICE, CODE)]) / "data" / CODE
    assert sorted(path.name for path in folder.iterdir()) == [
        "001-residence_declaration.json",
        "001-residence_declaration.pdf",
        "dossier.json",
    ]
    assert (folder / "001-residence_declaration.pdf").read_bytes() == PDF
    told = read(folder / "001-residence_declaration.json")
    assert (told["document_id"], told["file"]["sha256"]) == (paper.document_id, hashlib.sha256(PDF).hexdigest())
    assert told["owners"][0]["number"] == HUONG_NUMBER
    dossier = read(folder / "dossier.json")
    assert (dossier["code"], dossier["documents"], dossier["retention"]) == (CODE, 1, None)
    assert [place["record"] for place in dossier["papers"]] == ["001-residence_declaration.json"]


def test_the_signed_copy_that_counts_lies_beside_the_plain_one(office: Office, pack: Pack) -> None:
    office.open()
    copy = put(office.store, f"archive/{OFFICE}/ab/signed/cd", SIGNED)
    signed = SignedCopy(
        key=copy["object_key"],
        sha256=copy["sha256"],
        size_bytes=copy["size_bytes"],
        of_sha256=hashlib.sha256(PDF).hexdigest(),
        actor=NEIGHBOUR,
        converter="Trần Đức Minh",
        signed_at=NOW,
        subject="CN=Trần Đức Minh",
        issuer="CN=Cơ quan chứng thực",
        serial="7",
        level="B-B",
    )
    a_form(office, signed_copies=(signed,), confirmed_at=NOW, copy_kind="original", confirmed=False)
    folder = pack([of_dossier(office.tables, OFFICE, CODE)]) / "data" / CODE
    told = read(folder / "001-residence_declaration.json")
    assert (folder / told["signed"]["file"]["path"]).read_bytes() == SIGNED
    assert (folder / told["file"]["path"]).read_bytes() == PDF
    assert (told["signed"]["converter"], told["signed"]["serial"]) == ("Trần Đức Minh", "7")


def test_sha256sum_finds_the_package_whole_and_tells_a_changed_byte(office: Office, pack: Pack) -> None:
    office.open()
    a_form(office)
    folder = pack([of_dossier(office.tables, OFFICE, CODE)])
    assert _sha256sum(folder) == 0
    (folder / "data" / CODE / "001-residence_declaration.pdf").write_bytes(PDF.replace(b"n", b"m"))
    assert _sha256sum(folder) == 1


def _sha256sum(folder: Path) -> int:
    check = ["sha256sum", "--check", "--strict", "--quiet", "manifest-sha256.txt", "tagmanifest-sha256.txt"]
    return subprocess.run(check, cwd=folder, check=False, capture_output=True).returncode


def test_it_is_a_whole_bag(office: Office, pack: Pack) -> None:
    """As RFC 8493, section 3, has a bag checked."""
    office.open()
    a_form(office)
    folder = pack([of_dossier(office.tables, OFFICE, CODE)])
    assert (folder / "bagit.txt").read_bytes() == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    payload = {path for path in (folder / "data").rglob("*") if path.is_file()}
    listed = _manifest(folder, "manifest-sha256.txt")
    assert set(listed) == payload
    beside = {path for path in folder.rglob("*") if path.is_file()} - payload
    tags = _manifest(folder, "tagmanifest-sha256.txt")
    assert set(tags) == beside - {folder / "tagmanifest-sha256.txt"}
    assert all(hashlib.sha256(path.read_bytes()).hexdigest() == said for path, said in (listed | tags).items())
    info = dict(line.split(": ", 1) for line in (folder / "bag-info.txt").read_text("utf-8").splitlines())
    assert info["Payload-Oxum"] == f"{sum(path.stat().st_size for path in payload)}.{len(payload)}"
    assert info["Source-Organization"] == "Phường A"


def _manifest(folder: Path, name: str) -> dict[Path, str]:
    lines = (line.split("  ", 1) for line in (folder / name).read_text("utf-8").splitlines())
    return {folder / path: sha256 for sha256, path in lines}


def test_its_json_is_as_the_schemas_in_it_say(office: Office, pack: Pack) -> None:
    office.open()
    a_form(office)
    folder = pack([of_dossier(office.tables, OFFICE, CODE)])
    kinds = {"dossier": "dossier.json", "paper": "001-residence_declaration.json"}
    for kind, name in kinds.items():
        schema = read(folder / "schemas" / f"package_{kind}.schema.json")
        jsonschema_rs.validator_for(schema).validate(read(folder / "data" / CODE / name))


@pytest.mark.parametrize("name", sorted(package_schemas()))
def test_the_committed_schema_is_that_of_the_values(name: str) -> None:
    committed = Path(schemas.export.__file__).with_name(name).read_text(encoding="utf-8")
    assert json.loads(committed) == package_schemas()[name]


def test_a_paper_of_which_only_the_values_may_be_kept_has_no_picture(office: Office, pack: Pack) -> None:
    office.open()
    a_form(office, object_key=None, sha256=None, size_bytes=None, keeping="fields_only")
    folder = pack([of_dossier(office.tables, OFFICE, CODE)])
    assert not list(folder.rglob("*.pdf"))
    assert read(folder / "data" / CODE / "001-residence_declaration.json")["file"] is None


def test_originals_come_where_they_are_asked_for_and_still_kept(office: Office, pack: Pack) -> None:
    key = f"archive/{OFFICE}/ab/original/cd"
    office.store.put(key, BytesIO(SCAN), "application/pdf")
    sha256 = hashlib.sha256(SCAN).hexdigest()
    source = a_submission().sources[0].model_copy(update={"sha256": sha256, "media_type": "application/pdf"})
    submission = a_submission(sources=(source, source.model_copy(update={"sha256": "expired"})))
    office.tables.submissions.receive(submission)
    office.open()
    paper = a_form(
        office, original_keys=(key, f"intake/{OFFICE}/x/original/y"), original_sha256s=(sha256, "expired")
    ).model_copy(update={"submission_id": submission.submission_id})
    folder = pack([Folder("no-dossier", ((paper, None),))], originals=True)
    (original,) = folder.rglob("*.original-*")
    assert (original.name, original.read_bytes()) == ("001-residence_declaration.original-1.pdf", SCAN)


def test_a_copy_that_is_gone_makes_no_package(office: Office, pack: Pack) -> None:
    office.open()
    paper = a_form(office)
    office.store.delete(str(paper.object_key))
    with pytest.raises(NotFound):
        pack([of_dossier(office.tables, OFFICE, CODE)])


def test_a_citizens_package_has_his_papers_and_nothing_of_the_dossiers(office: Office, pack: Pack) -> None:
    office.open()
    a_form(office)
    a_form(office, dossier_code=None)
    another = huong(personal_id="079192054321", name="Trần Thị Lan", role="applicant")
    a_form(office, people=(another,))
    citizen = office.tables.people.by_number(OFFICE, HUONG_NUMBER)
    assert citizen is not None
    folder = pack(of_citizen(office.tables, OFFICE, citizen.citizen_id))
    assert papers_in(folder) == [
        f"{CODE}/001-residence_declaration.json",
        "no-dossier/001-residence_declaration.json",
    ]
    assert not list(folder.rglob("dossier.json"))


def test_some_days_have_their_dossiers_and_the_papers_of_none(office: Office, pack: Pack) -> None:
    office.open()
    office.open(code=OTHER_CODE, received_at=datetime(2026, 3, 9, tzinfo=UTC))
    a_form(office)
    for _ in range(101):  # more than a search gives at once
        file(office.tables, "text", type="other", filed_at=datetime(2026, 3, 2, 20, tzinfo=UTC))
    file(office.tables, "text", type="other", filed_at=datetime(2026, 3, 9, tzinfo=UTC))
    file(office.tables, "text", type="other", actor=NEIGHBOUR)
    folder = pack(of_days(office.tables, OFFICE, date(2026, 3, 2), date(2026, 3, 3)))
    assert papers_in(folder) == [
        f"{CODE}/001-residence_declaration.json",
        *(f"no-dossier/2026-03/{number:03}-other.json" for number in range(1, 102)),
    ]


@pytest.mark.parametrize("suffix", ["", ".zip", ".tar"])
def test_it_is_placed_whole_under_its_name(suffix: str, tmp_path: Path) -> None:
    (made := tmp_path / "made").mkdir()
    bag = Bag(made)
    bag.add("a.txt", lambda target: target.write_text("a"))
    bag.finish({}, {})
    target = tmp_path / f"package{suffix}"
    place_bag(made, target)
    out = tmp_path / "out" if suffix else tmp_path
    if suffix:
        shutil.unpack_archive(target, out)
    assert _sha256sum(out / "package") == 0
    assert (out / "package/data/a.txt").read_text() == "a"


def test_what_has_the_name_already_is_left_alone(tmp_path: Path) -> None:
    (made := tmp_path / "made").mkdir()
    Bag(made).finish({}, {})
    (target := tmp_path / "package").mkdir()
    with pytest.raises(ScanRejected) as caught:
        place_bag(made, target)
    assert (caught.value.code, list(target.iterdir())) == ("target_taken", [])
