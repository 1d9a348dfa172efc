"""The archive with real parsers: a scan goes in, and a searchable copy that says the same comes out."""

from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest

from pipeline.adapters.parser_pool import ParserPool
from pipeline.settings import Limits
from tests.specimens import Specimen, make_specimens
from tests.unit.desk import Desk, open_desk


@pytest.fixture(scope="module")
def pool() -> Iterator[ParserPool]:
    with ParserPool(Limits(parsers=1)) as parsers:
        yield parsers


@pytest.fixture(scope="module")
def specimens(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Specimen]]:
    folder = tmp_path_factory.mktemp("specimens")
    return folder, make_specimens(folder, 1, 2, ("birth_certificate", "citizen_id_card"), ("clean",))


@pytest.fixture
def real_desk(tmp_path: Path, pool: ParserPool) -> Iterator[Desk]:
    with open_desk(tmp_path, pool) as desk:
        yield desk


def test_a_scan_becomes_a_searchable_copy_of_the_right_type_and_owner(
    real_desk: Desk, specimens: tuple[Path, list[Specimen]]
) -> None:
    folder, (birth, _) = specimens
    paper = real_desk.file((folder / birth.file).read_bytes())
    assert paper.type == birth.type
    assert {person.personal_id for person in paper.people} == set(birth.personal_ids)
    assert paper.object_key is not None
    copy = real_desk.folder / "copy.pdf"
    real_desk.archive.fetch_copy("phuong-a", paper.document_id, copy)
    assert birth.fields["document_number"] in pypdf.PdfReader(copy).pages[0].extract_text()
    assert real_desk.bytes_of(paper.original_keys[0]) == (folder / birth.file).read_bytes()


def test_the_same_scan_gives_the_same_bytes_in_another_home(
    real_desk: Desk, specimens: tuple[Path, list[Specimen]], pool: ParserPool, tmp_path: Path
) -> None:
    folder, (birth, _) = specimens
    (tmp_path / "other").mkdir()
    with open_desk(tmp_path / "other", pool) as other:
        data = (folder / birth.file).read_bytes()
        one, two = real_desk.file(data), other.file(data)
    assert (one.document_id, one.object_key, one.sha256) == (two.document_id, two.object_key, two.sha256)
    assert one.fields == two.fields


def test_a_scanned_card_leaves_its_fields_and_no_picture(
    real_desk: Desk, specimens: tuple[Path, list[Specimen]]
) -> None:
    folder, (_, card) = specimens
    paper = real_desk.file((folder / card.file).read_bytes())
    assert (paper.type, paper.object_key) == ("citizen_id_card", None)
    assert paper.fields["personal_id"].value == card.fields["personal_id"]
    assert paper.fields["personal_id"].evidence in {"qr", "mrz"}
    assert [key.rpartition(".")[2] for key in real_desk.keys("archive/")] == ["json"]
