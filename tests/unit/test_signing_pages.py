"""Signing over the web: the API with a key here and with one at the counter, what pages say, and what is traced."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from starlette.testclient import TestClient

from pipeline.adapters.signing.software_key import SoftwareKey
from pipeline.decisions import new_decision
from pipeline.settings import Settings
from pipeline.settling import Settling
from schemas.access import LogFilter
from schemas.destruction import Destroy
from schemas.people import Actor
from tests.services import signing_service as remote
from tests.services.authority import PASSPHRASE, Authority, Issued
from tests.signing_in import signed_in_client
from tests.unit.desk import open_desk
from tests.unit.dossier_office import a_dossier
from tests.unit.plain_papers import BIRTH, CARD, FORM_BY_HAND
from tests.unit.plain_parsers import PlainParsers, scan

OFFICE, CODE = "office-1", "H29.12.34-261120-0001"
LAN = Actor(office_id=OFFICE, actor_id="lan")
API = f"/api/v1/dossiers/{CODE}"


@pytest.fixture
def key_file(tmp_path: Path, authority: Authority, issued: Issued) -> Path:
    return authority.key_file(tmp_path / "key.p12", issued)


class Counter(NamedTuple):
    """The web process as an officer sees it, and the one paper of the dossier."""

    client: TestClient
    document_id: str

    def confirm(self) -> None:
        path = f"/api/v1/papers/{self.document_id}"
        looked_at = {"sha256": self.client.get(f"{path}/pdf").headers["etag"].strip('"'), "pages": [1]}
        answer = self.client.post(f"{path}/confirmation", json={**looked_at, "copy_kind": "original"})
        assert answer.is_success, answer.text

    def paper(self) -> dict[str, Any]:
        return dict(self.client.get(f"/api/v1/papers/{self.document_id}").json())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def settings(home: Path) -> dict[str, Any]:
    """How the office signs; tests add to it before they open the counter."""
    return {"home": home, "office_id": OFFICE, "office_name": "UBND phường Tân An"}


def counter(settings: dict[str, Any]) -> Iterator[Counter]:
    home: Path = settings["home"]
    home.mkdir()
    with open_desk(home, PlainParsers()) as desk:
        desk.archive.dossiers.open(a_dossier(code=CODE, actor=LAN, procedure="birth_registration"))
        paper = desk.file(scan(BIRTH), actor=LAN, dossier_code=CODE)
    with signed_in_client(Settings(**settings)) as client:
        client.app.state.archive.parsers = PlainParsers()  # type: ignore[attr-defined]
        yield Counter(client, paper.document_id)


@pytest.fixture
def with_key(settings: dict[str, Any], key_file: Path) -> Iterator[Counter]:
    yield from counter(settings | {"signing": "key", "signing_key": key_file, "signing_passphrase": PASSPHRASE})


@pytest.fixture
def with_token(settings: dict[str, Any]) -> Iterator[Counter]:
    yield from counter(settings | {"signing": "token", "web_url": "http://127.0.0.1:8460"})


@pytest.fixture
def unset(settings: dict[str, Any]) -> Iterator[Counter]:
    yield from counter(settings)


def test_a_confirmed_paper_is_held_only_once_it_is_signed(with_key: Counter) -> None:
    assert with_key.paper()["signed"] is None
    with_key.confirm()
    before = with_key.client.get(f"/dossiers/{CODE}").text
    assert "Ký số 1 giấy tờ" in before
    assert "chưa ký số" in before
    signed = with_key.client.post(f"{API}/signature", json={})
    assert signed.status_code == 200, signed.text
    assert signed.json()["papers"][0]["document_id"] == with_key.document_id
    after = with_key.client.get(f"/dossiers/{CODE}").text
    assert "Ký số 1 giấy tờ" not in after
    assert "đã ký số" in after


def test_where_signing_is_not_set_up_nothing_asks_for_it(unset: Counter) -> None:
    unset.confirm()
    assert "ký số" not in unset.client.get(f"/dossiers/{CODE}").text.lower()
    for answer in (
        unset.client.post(f"{API}/signature", json={}),
        unset.client.post(f"{API}/signing", json={"certificates": ["00"]}),
        unset.client.get(f"/dossiers/{CODE}/sign"),
    ):
        assert answer.status_code == 422


def test_the_signed_copy_can_be_had_by_page_api_and_link(with_key: Counter) -> None:
    address = f"/api/v1/papers/{with_key.document_id}"
    with_key.confirm()
    assert with_key.client.get(f"{address}/signed").status_code == 404
    assert with_key.client.post(f"{address}/links", json={"kind": "signed"}).status_code == 404
    with_key.client.post(f"{API}/signature", json={})
    told = with_key.paper()["signed"]
    link = with_key.client.post(f"{address}/links", json={"kind": "signed"}).json()["url"]
    for path in (f"{address}/signed", f"/papers/{with_key.document_id}/signed?for=dossier", link):
        answer = with_key.client.get(path)
        assert answer.status_code == 200, path
        assert hashlib.sha256(answer.content).hexdigest() == told["sha256"]
        assert answer.headers["content-type"] == "application/pdf"


def test_the_papers_page_says_who_signed(with_key: Counter, issued: Issued) -> None:
    with_key.confirm()
    with_key.client.post(f"{API}/signature", json={})
    page = with_key.client.get(f"/papers/{with_key.document_id}").text
    assert "Ký số bản số hóa" in page
    assert str(issued.certificate.serial_number) in page
    assert "PAdES B-B" in page


def test_hashes_go_out_to_the_counter_and_its_signatures_come_in(
    with_token: Counter, key_file: Path, issued: Issued, authority: Authority
) -> None:
    with_token.confirm()
    chain = [issued.der.hex(), authority.root.der.hex()]
    prepared = with_token.client.post(f"{API}/signing", json={"certificates": chain})
    assert prepared.status_code == 201
    digests = [bytes.fromhex(one) for one in prepared.json()["digests"]]
    made = [one.hex() for one in SoftwareKey(key_file, PASSPHRASE).sign(digests, "")]
    address = f"{API}/signing/{prepared.json()['signing_id']}"
    assert with_token.client.post(address, json={"signatures": ["00"]}).json()["code"] == "wrong_signature"
    assert with_token.client.post(address, json={"signatures": made}).json()["code"] == "signing_over"
    prepared = with_token.client.post(f"{API}/signing", json={"certificates": chain})
    digests = [bytes.fromhex(one) for one in prepared.json()["digests"]]
    made = [one.hex() for one in SoftwareKey(key_file, PASSPHRASE).sign(digests, "")]
    answer = with_token.client.post(f"{API}/signing/{prepared.json()['signing_id']}", json={"signatures": made})
    assert answer.status_code == 200
    assert with_token.paper()["signed"]["serial"] == str(issued.certificate.serial_number)


@pytest.mark.parametrize("certificates", [[], ["zz"], ["00"], ["00"] * 11])
def test_what_is_no_certificate_prepares_nothing(with_token: Counter, certificates: list[str]) -> None:
    with_token.confirm()
    assert with_token.client.post(f"{API}/signing", json={"certificates": certificates}).status_code == 422


def test_the_page_of_a_token_keeps_its_window_and_names_this_machines_signer(with_token: Counter) -> None:
    with_token.confirm()
    page = with_token.client.get(f"/dossiers/{CODE}/sign")
    assert 'data-signer="http://127.0.0.1:47115"' in page.text
    assert page.headers["cross-origin-opener-policy"] == "same-origin-allow-popups"
    assert with_token.client.get(f"/dossiers/{CODE}").headers["cross-origin-opener-policy"] == "same-origin"


def test_a_pin_of_the_service_is_asked_for_and_a_wrong_one_signs_nothing(
    settings: dict[str, Any], issued: Issued
) -> None:
    with remote.signing_service(issued) as service:
        said = {"signing": "service", "signing_service": service.url, "signing_service_token": remote.TOKEN}
        opened = counter(settings | said | {"signing_credential": remote.CREDENTIAL})
        office = next(opened)
        office.confirm()
        assert 'id="pin"' in office.client.get(f"/dossiers/{CODE}/sign").text
        refused = office.client.post(f"{API}/signature", json={"pin": remote.WRONG_PIN})
        assert (refused.status_code, refused.json()["code"]) == (403, "wrong_pin")
        assert remote.WRONG_PIN not in refused.text
        assert office.paper()["signed"] is None
        assert office.client.post(f"{API}/signature", json={"pin": remote.PIN}).status_code == 200
        assert office.paper()["signed"]["converter"] == "Officer"
        assert next(opened, None) is None


def test_every_step_leaves_a_trace(with_key: Counter) -> None:
    with_key.confirm()
    with_key.client.get(f"/dossiers/{CODE}/sign")
    with_key.client.post(f"{API}/signature", json={})
    log = with_key.client.app.state.archive.tables.access_log  # type: ignore[attr-defined]
    kept, last, before = (one.entry for one in log.find(OFFICE, LogFilter(), 3))
    assert (kept.access, str(kept.subject_id).partition("/")[0]) == ("decide", CODE)
    assert (last.access, last.subject_id, last.document_id) == ("change", CODE, with_key.document_id)
    assert (before.access, before.document_id) == ("look", with_key.document_id)


def test_a_dossier_of_all_kinds_says_of_each_paper_whether_it_is_signed(
    with_key: Counter, settings: dict[str, Any]
) -> None:
    with_key.confirm()
    with_key.client.post(f"{API}/signature", json={})
    with open_desk(settings["home"], PlainParsers()) as desk:
        kinds = (FORM_BY_HAND, CARD, BIRTH.replace("Số: 150/2020", "Số: 151/2020"))
        fresh, card, gone = (desk.file(scan(text), actor=LAN, dossier_code=CODE) for text in kinds)
        for paper in (fresh, card):
            desk.archive.confirm(LAN, paper.document_id, "original")
        decision = new_decision(Destroy, LAN, gone.document_id, destruction_id="one", type=gone.type, objects=())
        Settling(desk.archive).decide(decision)
    page = with_key.client.get(f"/dossiers/{CODE}").text
    assert "Ký số 1 giấy tờ" in page
    assert (page.count("chưa ký số"), page.count("đã ký số")) == (1, 1)
    to_sign = with_key.client.get(f"/dossiers/{CODE}/sign").text
    assert to_sign.count("<ol><li>") == 1
    assert 'data-papers="1"' in to_sign
    answer = with_key.client.post(f"{API}/signature", json={}).json()
    assert [one["document_id"] for one in answer["papers"]] == [fresh.document_id]
    assert with_key.client.post(f"{API}/signature", json={}).json()["code"] == "nothing_to_sign"
