"""The page of searching: in pairs, without what is needed and with it; and what is written down."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from pipeline.adapters.database.engine import Database
from pipeline.settings import Settings
from schemas.access import AccessEntry, LogFilter
from tests.contract.examples import HUONG_NUMBER, NEIGHBOUR, file, huong, minutes
from tests.signing_in import signed_in_client

OFFICE = "phuong-a"
PART = {"hoso-part": "1"}
VISIT = {"procedure": "temporary_residence", "said": HUONG_NUMBER, "presence": "in_person", "reason": "hand_in"}


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with signed_in_client(settings, "counter", purpose="citizen_request") as one:
        yield one


def entries(tables: Database) -> list[AccessEntry]:
    """The log, oldest first."""
    return [logged.entry for logged in reversed(tables.access_log.find(OFFICE, LogFilter(), 1000))]


def hits(client: TestClient, **asked: str) -> list[str]:
    answer = client.post("/search", data=asked, headers=PART)
    assert answer.status_code == 200, answer.text
    return re.findall(r'data-id="([^"]+)"', answer.text)


def test_without_the_permission_there_is_no_searching(settings: Settings) -> None:
    with signed_in_client(settings, "auditor", "administrator", purpose=None) as client:
        for answer in (client.get("/search"), client.post("/search", data={"q": "hường"})):
            assert answer.status_code == 403
            assert "not_permitted" in answer.text


def test_with_the_permission_and_a_purpose_it_finds(client: TestClient, tables: Database) -> None:
    paper = file(tables, "Nguyễn Thị Hường", people=(huong(),))
    assert 'id="q"' in client.get("/search").text
    assert hits(client, q="nguyen thi huong") == [paper.document_id]


def test_without_a_purpose_it_is_asked_for_and_nothing_is_found(settings: Settings, tables: Database) -> None:
    file(tables, "Nguyễn Thị Hường", people=(huong(),))
    with signed_in_client(settings, "counter", purpose=None) as client:
        page = client.get("/search").text
        assert "Vì sao cần tra cứu?" in page
        assert 'id="q"' not in page
        refused = client.post("/search", data={"q": "hường"}, headers=PART)
        assert refused.status_code == 403
        assert "Hường" not in refused.text
    assert [entry.access for entry in entries(tables) if entry.document_id] == []


def test_the_purpose_can_be_changed(client: TestClient, tables: Database) -> None:
    paper = file(tables, "Nguyễn Thị Hường")
    answer = client.post("/purpose", data={"purpose": "dossier"})
    assert answer.headers["location"] == "/search"
    hits(client, q="hường")
    assert [(entry.document_id, entry.purpose) for entry in entries(tables) if entry.access == "search"] == [
        (paper.document_id, "dossier")
    ]


@pytest.mark.parametrize("purpose", ["supervision", "visit", "integration"])
def test_a_purpose_that_is_not_this_officers_is_not_taken(settings: Settings, purpose: str) -> None:
    with signed_in_client(settings, "counter", purpose=None) as client:
        client.post("/purpose", data={"purpose": purpose})
        assert 'id="q"' not in client.get("/search").text


def test_within_a_visit_the_visit_is_the_purpose(client: TestClient, tables: Database) -> None:
    paper = file(tables, "Nguyễn Thị Hường", people=(huong(),))
    address = client.post("/visits", data=VISIT).headers["location"]
    assert 'action="/purpose"' not in client.get("/search").text
    hits(client, q="hường")
    last = entries(tables)[-1]
    assert (last.access, last.document_id, last.purpose) == ("search", paper.document_id, "visit")
    assert address == f"/visits/{last.visit_id}"


def test_the_papers_shown_are_logged_once_while_one_types_on(client: TestClient, tables: Database) -> None:
    ids = {file(tables, f"Nguyễn Thị Hường {number}").document_id for number in range(3)}
    for words in ("nguyen th", "nguyen thi", "nguyen thi hu"):
        assert set(hits(client, q=words)) == ids
    logged = [entry.document_id for entry in entries(tables) if entry.access == "search"]
    assert sorted(filter(None, logged)) == sorted(ids)


def test_a_search_that_finds_nothing_is_logged_as_well(client: TestClient, tables: Database) -> None:
    assert hits(client, q="không có ai") == []
    last = entries(tables)[-1]
    assert (last.access, last.document_id, last.purpose) == ("search", None, "citizen_request")


def test_filters_narrow_what_is_found(client: TestClient, tables: Database) -> None:
    birth = file(tables, "Hường", type="birth_certificate", filed_at=minutes(0))
    land = file(tables, "Hường", type="land_use_certificate", state="needs_review", filed_at=minutes(60 * 24))
    assert hits(client, q="hường", type="birth_certificate") == [birth.document_id]
    assert hits(client, state="needs_review") == [land.document_id]
    assert hits(client, filed_until="2026-03-02") == [birth.document_id]
    assert hits(client, filed_from="2026-03-03") == [land.document_id]
    assert hits(client, q="hường", type="birth_certificate", state="needs_review") == []


def test_what_is_asked_stands_in_the_page_again_without_a_script(client: TestClient, tables: Database) -> None:
    paper = file(tables, "Nguyễn Thị Hường", type="birth_certificate")
    page = client.post("/search", data={"q": "hường", "type": "birth_certificate"}).text
    assert 'value="hường"' in page
    assert '<option value="birth_certificate" selected>' in page
    assert paper.document_id in page


def test_page_after_page_shows_every_paper_once(client: TestClient, tables: Database) -> None:
    ids = {file(tables, "Hường").document_id for _ in range(45)}
    seen: list[str] = []
    after = ""
    for _ in range(3):
        answer = client.post("/search", data={"q": "hường", "after": after}, headers=PART).text
        seen += re.findall(r'data-id="([^"]+)"', answer)
        (after,) = re.findall(r'data-next="([^"]*)"', answer)
    assert (len(seen), set(seen), after) == (45, ids, "")


def test_of_a_sensitive_paper_no_word_is_shown(client: TestClient, tables: Database) -> None:
    paper = file(tables, "Nguyễn Thị Hường tiền sử bệnh: hen", type="health_certificate")
    answer = client.post("/search", data={"q": "hường"}, headers=PART).text
    assert paper.document_id in answer
    assert "hen" not in re.sub(r"<[^>]*>", "", answer).split()
    assert "nhạy cảm" in answer


def test_papers_of_another_office_are_not_found(client: TestClient, tables: Database) -> None:
    file(tables, "Nguyễn Thị Hường", actor=NEIGHBOUR)
    assert hits(client, q="hường") == []


@pytest.mark.parametrize("asked", [{"filed_from": "hôm qua"}, {"state": "rejected"}, {"q": "x" * 201}])
def test_what_cannot_be_asked_is_refused(client: TestClient, asked: dict[str, str]) -> None:
    assert client.post("/search", data=asked, headers=PART).status_code == 422


# -- what a browser keeps to come back to ------------------------------------------------------------------------------


def kept_by(client: TestClient, **asked: str) -> str:
    kept: str = client.post("/search", data=asked, headers=PART).headers["hoso-kept"]
    return kept


def test_what_a_browser_keeps_of_a_search_is_sealed_and_its_session_opens_it(client: TestClient) -> None:
    kept = kept_by(client, q="Nguyễn Thị Hường", type="birth_certificate")
    padded = kept + "=" * (-len(kept) % 4)
    assert b"Nguy" not in urlsafe_b64decode(padded)
    assert "birth" not in kept
    told = client.post("/search/kept", data={"kept": kept}).json()
    assert (told["q"], told["type"], told["after"]) == ("Nguyễn Thị Hường", "birth_certificate", "")


def test_the_same_search_is_never_sealed_twice_alike(client: TestClient) -> None:
    assert kept_by(client, q="hường") != kept_by(client, q="hường")


def test_another_session_opens_nothing_of_it(client: TestClient, settings: Settings) -> None:
    kept = kept_by(client, q="hường")
    with signed_in_client(settings, "counter", login="khanh") as other:
        assert other.post("/search/kept", data={"kept": kept}).json()["q"] == ""


@pytest.mark.parametrize("kept", ["x", "gAAAAA", "é"])
def test_what_nobody_sealed_is_nothing(client: TestClient, kept: str) -> None:
    assert client.post("/search/kept", data={"kept": kept}).json()["q"] == ""


def test_who_may_not_search_opens_nothing_kept(settings: Settings) -> None:
    with signed_in_client(settings, "auditor", purpose=None) as client:
        assert client.post("/search/kept", data={"kept": "x"}).status_code == 403
