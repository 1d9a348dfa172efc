"""What the one-stop system gets of a dossier."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import schemas.export
from pipeline.adapters.database.engine import Database, open_database
from pipeline.catalogue import load_catalogue
from pipeline.errors import NotFound
from pipeline.export import dossier_sync, dossiers_sync
from schemas.dossiers import Component, Dossier, Party
from schemas.export import dossier_schema
from tests.contract.examples import ACTOR, HUONG_NUMBER, NEIGHBOUR, START, file, huong

CODE = "H29.12.34-260302-0001"
CATALOGUE = load_catalogue()
PERSON = Party(number=HUONG_NUMBER, name="Nguyễn Thị Hường")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'hoso.db'}")
    dossier = Dossier(code=CODE, actor=ACTOR, source="opened", owner=PERSON, received_at=START)
    opened.dossiers.put(dossier, lambda known: (known, ()))
    yield opened
    opened.close()


def part(database: Database, component: str, **said: Any) -> Component:
    """A paper of Hường's, as it stands in the dossier."""
    paper = file(database, "trang", type=said.pop("type", "birth_certificate"), people=(huong(),), object_key="a/b.pdf")
    values = {"dossier_code": CODE, "component": component, "document_id": paper.document_id, "actor": ACTOR}
    return Component(**values | {"attached_at": START, "digitised": True} | said)


def sync(database: Database) -> dict[str, Any]:
    sent: dict[str, Any] = dossier_sync(database, CATALOGUE, ACTOR.office_id, CODE).model_dump(mode="json")
    return sent


def test_the_committed_schema_is_that_of_the_values() -> None:
    committed = Path(schemas.export.__file__).with_name("dossier_sync.schema.json").read_text(encoding="utf-8")
    assert json.loads(committed) == dossier_schema()


def test_a_paper_is_sent_with_its_flags(database: Database) -> None:
    brought = part(database, "form")
    database.dossiers.attach(brought)
    (sent,) = sync(database)["TaiLieuNop"]
    assert sent == {
        "TepDinhKemId": brought.document_id,
        "TenTepDinhKem": f"{CATALOGUE.types['birth_certificate'].title.printed}.pdf",
        "IsDeleted": False,
        "MaThanhPhanHoSo": CATALOGUE.types["birth_certificate"].national_code,
        "DuongDanTaiTepTin": f"/api/v1/papers/{brought.document_id}/pdf",
        "DuocSoHoa": True,
        "DuocTaiSuDung": 0,
        "DuocLayTuKhoDMQG": False,
        "MaKetQuaThayThe": None,
    }


def test_a_paper_used_again_is_sent_with_its_code(database: Database) -> None:
    database.dossiers.attach(part(database, "proof", reused=2, reused_code="001190012345.X.716/2018.01"))
    (sent,) = sync(database)["TaiLieuNop"]
    assert (sent["DuocTaiSuDung"], sent["MaKetQuaThayThe"]) == (2, "001190012345.X.716/2018.01")


def test_a_result_is_sent_with_its_code_and_as_no_paper_handed_in(database: Database) -> None:
    database.dossiers.attach_result(part(database, ""))
    sent = sync(database)
    assert [result["MaGiayToKetQua"] for result in sent["GiayToKetQua"]] == [f"{CODE}-KQ1"]
    assert sent["TaiLieuNop"] == []


@pytest.mark.parametrize("digitised", [True, False])
def test_a_dossier_tells_whether_any_of_it_is_digitised(database: Database, digitised: bool) -> None:
    database.dossiers.attach(part(database, "form", digitised=digitised))
    assert sync(database)["HoSoCoThanhPhanSoHoa"] is digitised


def test_what_hoso_does_not_know_is_null(database: Database) -> None:
    assert sync(database)["TaiKhoanDuocXacThucVoiVNeID"] is None


def test_nobody_is_named(database: Database) -> None:
    database.dossiers.attach(part(database, "form"))
    sent = json.dumps(sync(database), ensure_ascii=False)
    assert "Hường" not in sent
    assert HUONG_NUMBER not in sent


def test_another_offices_dossier_is_not_there(database: Database) -> None:
    with pytest.raises(NotFound):
        dossier_sync(database, CATALOGUE, NEIGHBOUR.office_id, CODE)


def test_dossiers_are_exported_by_the_day_they_were_received(database: Database) -> None:
    on_the_day = dossiers_sync(database, CATALOGUE, ACTOR.office_id, date(2026, 3, 2), date(2026, 3, 2))
    assert [sent.dossier_code for sent in on_the_day] == [CODE]
    assert list(dossiers_sync(database, CATALOGUE, ACTOR.office_id, date(2026, 3, 3), date(2026, 3, 9))) == []
