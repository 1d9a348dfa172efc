"""The page of a paper: in pairs, without what is needed and with it; what it tells, and what is written down."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pipeline.adapters.database.engine import Database
from pipeline.decisions import new_decision
from pipeline.settings import Settings
from pipeline.table_ports import PaperChange
from schemas.access import AccessEntry, LogFilter, Role
from schemas.decisions import SetField
from schemas.dossier import Conflict, PageGrade, Paper
from schemas.people import Actor
from schemas.viewing import PageWords, PlacedWord
from tests.contract.examples import HUONG_NUMBER, NEIGHBOUR, a_decision, a_field, file, huong
from tests.signing_in import signed_in_client

OFFICE = "phuong-a"
VISIT = {"procedure": "temporary_residence", "said": HUONG_NUMBER, "presence": "in_person", "reason": "hand_in"}


class PlainViews:
    """Pages of which only their number and size can be told."""

    def picture(self, _: str, __: str, page: int, width_px: int) -> bytes:
        return f"copy {page} {width_px}".encode()

    def original(self, _: str, __: str, page: int, width_px: int) -> bytes:
        return f"original {page} {width_px}".encode()

    def words(self, _: str, __: str, ___: int) -> PageWords:
        line = tuple(
            PlacedWord(text=text, left=at / 10, top=0.1, right=(at + 1) / 10, bottom=0.2)
            for at, text in enumerate(["Họ", "tên:", "Nguyễn", "Thị", "Hường"])
        )
        return PageWords(aspect=0.7, lines=(line,))


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with signed_in_client(settings, "counter", purpose="citizen_request") as one:
        show_plainly(one)
        yield one


def show_plainly(client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    app.state.page_views = PlainViews()


def a_kept(tables: Database, *texts: str, **changes: Any) -> Paper:
    """A paper of Hường's whose pages can be shown."""
    return file(tables, *(texts or ("Nguyễn Thị Hường",)), people=(huong(),), object_key="archive/copy", **changes)


def logged(tables: Database) -> list[tuple[str, str | None]]:
    """What was done with papers, oldest first, each with its purpose."""
    entries: list[AccessEntry] = [one.entry for one in reversed(tables.access_log.find(OFFICE, LogFilter(), 1000))]
    return [(entry.access, entry.purpose) for entry in entries if entry.document_id]


def text_of(client: TestClient, paper: Paper, query: str = "") -> str:
    answer = client.get(f"/papers/{paper.document_id}{query}")
    assert answer.status_code == 200, answer.text
    return str(answer.text)


# -- who may, and why -------------------------------------------------------------------------------------------------

PARTS = ("", "/pages/1/page", "/pages/1/row", "/originals/1/page", "/pages/1/words", "/print", "/pdf", "/files/1")


@pytest.mark.parametrize("part", PARTS)
def test_without_the_permission_nothing_of_a_paper_is_shown(settings: Settings, tables: Database, part: str) -> None:
    paper = a_kept(tables)
    with signed_in_client(settings, "auditor", "administrator", purpose=None) as client:
        answer = client.get(f"/papers/{paper.document_id}{part}")
    assert answer.status_code == 403
    assert "not_permitted" in answer.text


@pytest.mark.parametrize("role", ["counter", "reviewer", "head"])
def test_with_the_permission_it_is_shown(settings: Settings, tables: Database, role: Role) -> None:
    paper = a_kept(tables)
    purpose = {"counter": "citizen_request", "reviewer": "review", "head": "supervision"}[role]
    with signed_in_client(settings, role, purpose=None) as client:
        show_plainly(client)
        client.post("/purpose", data={"purpose": purpose})
        assert "Nguyễn Thị Hường" in text_of(client, paper)
        assert client.get(f"/papers/{paper.document_id}/pages/1/page").content == b"copy 1 1000"
    assert logged(tables) == [("look", purpose)]


@pytest.mark.parametrize("part", PARTS)
def test_a_paper_of_another_office_is_not_there(client: TestClient, tables: Database, part: str) -> None:
    paper = file(tables, "x", actor=NEIGHBOUR, object_key="archive/copy")
    assert client.get(f"/papers/{paper.document_id}{part}").status_code == 404


def test_without_a_purpose_it_is_asked_for_and_leads_back_to_the_paper(settings: Settings, tables: Database) -> None:
    paper = a_kept(tables)
    with signed_in_client(settings, "counter", purpose=None) as client:
        show_plainly(client)
        page = text_of(client, paper)
        assert "Vì sao cần tra cứu?" in page
        assert "Hường" not in page
        assert "purpose_needed" in client.get(f"/papers/{paper.document_id}/pages/1/page").text
        answer = client.post("/purpose", data={"purpose": "dossier", "back": paper.document_id})
        assert answer.headers["location"] == f"/papers/{paper.document_id}"
        assert "Nguyễn Thị Hường" in text_of(client, paper)


def test_the_work_that_led_to_a_paper_is_its_purpose(settings: Settings, tables: Database) -> None:
    paper = a_kept(tables)
    with signed_in_client(settings, "counter", purpose=None) as client:
        show_plainly(client)
        assert "Nguyễn Thị Hường" in text_of(client, paper, "?for=dossier")
        assert client.get(f"/papers/{paper.document_id}/pages/1/page?for=dossier").status_code == 200
        assert "Vì sao cần tra cứu?" in text_of(client, paper)
    assert logged(tables) == [("look", "dossier")]


@pytest.mark.parametrize("said", ["visit", "integration", "supervision"])
def test_work_that_is_not_this_officers_is_no_purpose(settings: Settings, tables: Database, said: str) -> None:
    paper = a_kept(tables)
    with signed_in_client(settings, "counter", purpose=None) as client:
        assert "Vì sao cần tra cứu?" in text_of(client, paper, f"?for={said}")
    assert logged(tables) == []


# -- what is written down ---------------------------------------------------------------------------------------------


def test_all_pages_of_a_look_are_one_look(client: TestClient, tables: Database) -> None:
    paper = a_kept(tables, "một", "hai")
    text_of(client, paper)
    for part in ("pages/1/page", "pages/2/page", "pages/2/large", "originals/1/page", "pages/1/words"):
        assert client.get(f"/papers/{paper.document_id}/{part}").status_code == 200
    assert logged(tables) == [("look", "citizen_request")]


@pytest.mark.parametrize("part", ["pages/1/row", "pages/1/page", "originals/1/page", "pages/1/words"])
def test_a_part_that_is_fetched_alone_is_a_look(client: TestClient, tables: Database, part: str) -> None:
    paper = a_kept(tables)
    assert client.get(f"/papers/{paper.document_id}/{part}").status_code == 200
    assert logged(tables) == [("look", "citizen_request")]


def test_the_small_picture_of_a_hit_belongs_to_the_search_and_the_page_does_not(
    client: TestClient, tables: Database
) -> None:
    paper = a_kept(tables)
    client.post("/search", data={"q": "hường"})
    client.get(f"/papers/{paper.document_id}/pages/1/row")
    client.post(f"/papers/{paper.document_id}/pages/1/marks", data={"q": "hường"})
    assert logged(tables) == [("search", "citizen_request")]
    client.get(f"/papers/{paper.document_id}/pages/1/page")
    assert logged(tables)[1:] == [("look", "citizen_request")]


def test_the_words_found_are_told_with_their_places(client: TestClient, tables: Database) -> None:
    paper = a_kept(tables)
    found = client.post(f"/papers/{paper.document_id}/pages/1/marks", data={"q": "thi huong"}).json()
    assert [(one["text"], one["left"]) for one in found] == [("Thị", 0.3), ("Hường", 0.4)]


# -- sensitive papers -------------------------------------------------------------------------------------------------


def a_health_paper(tables: Database) -> Paper:
    return a_kept(tables, "Tiền sử bệnh: hen", type="health_certificate")


def test_a_sensitive_paper_is_asked_for_again_before_anything_of_it_is_shown(
    client: TestClient, tables: Database
) -> None:
    paper = a_health_paper(tables)
    page = text_of(client, paper)
    assert "Vì sao cần xem lúc này?" in page
    assert "Hường" not in page
    for part in PARTS[1:]:
        answer = client.get(f"/papers/{paper.document_id}{part}")
        assert (answer.status_code, "ask_again" in answer.text) == (403, True), part
    marks = client.post(f"/papers/{paper.document_id}/pages/1/marks", data={"q": "hen"})
    assert marks.status_code == 403
    assert logged(tables) == []


def test_once_it_was_asked_for_it_is_shown_and_no_other_is(client: TestClient, tables: Database) -> None:
    paper, other = a_health_paper(tables), a_health_paper(tables)
    answer = client.post(f"/papers/{paper.document_id}/sensitive", data={"said": "dossier"})
    assert answer.headers["location"] == f"/papers/{paper.document_id}?for=dossier"
    assert "Nguyễn Thị Hường" in text_of(client, paper, "?for=dossier")
    assert client.get(f"/papers/{paper.document_id}/pages/1/page?for=dossier").status_code == 200
    assert "Vì sao cần xem lúc này?" in text_of(client, other, "?for=dossier")
    assert logged(tables) == [("look_sensitive", "dossier")]


@pytest.mark.parametrize("said", [{}, {"said": "supervision"}, {"reason": "tò mò"}])
def test_without_a_purpose_of_the_list_it_stays_shut(
    client: TestClient, tables: Database, said: dict[str, str]
) -> None:
    paper = a_health_paper(tables)
    assert "Vì sao cần xem lúc này?" in client.post(f"/papers/{paper.document_id}/sensitive", data=said).text
    assert logged(tables) == []


def test_within_a_visit_the_reason_is_given_in_words_and_kept_with_it(client: TestClient, tables: Database) -> None:
    paper = a_health_paper(tables)
    visit_id = client.post("/visits", data=VISIT).headers["location"].removeprefix("/visits/")
    shut = client.post(f"/papers/{paper.document_id}/sensitive", data={"reason": " "})
    assert (shut.status_code, "Vì sao cần xem lúc này?" in shut.text) == (422, True)
    answer = client.post(f"/papers/{paper.document_id}/sensitive", data={"reason": "Đổi giấy phép lái xe"})
    assert answer.headers["location"] == f"/papers/{paper.document_id}"
    assert "Nguyễn Thị Hường" in text_of(client, paper)
    (look,) = tables.visits.get(OFFICE, visit_id).sensitive_looks
    assert (look.kind, look.reason) == ("health", "Đổi giấy phép lái xe")
    assert logged(tables)[-1] == ("look_sensitive", "visit")


def test_what_a_visit_has_asked_for_already_opens_at_once(client: TestClient, tables: Database) -> None:
    paper = a_health_paper(tables)
    visit = client.post("/visits", data=VISIT).headers["location"]
    client.post(f"{visit}/sensitive", data={"kind": "health", "reason": "Đổi giấy phép lái xe"})
    assert "Nguyễn Thị Hường" in text_of(client, paper)


# -- what it tells ----------------------------------------------------------------------------------------------------


def test_fields_are_told_with_their_evidence_and_what_speaks_against_them(client: TestClient, tables: Database) -> None:
    against = (Conflict(code="words", value="2020-01-12"),)
    fields = {
        "date_of_birth": a_field("2020-01-02").model_copy(update={"conflicts": against, "needs_review": True}),
        "full_name": a_field("Lê Thị Mai").model_copy(update={"handwritten": True, "page": 1}),
    }
    cues, grade = ("tiêu đề GIẤY KHAI SINH",), PageGrade(page=1, verdict="blurred", grade=0.5)
    paper = a_kept(tables, type="birth_certificate", fields=fields, cues=cues, grades=(grade,))
    page = text_of(client, paper)
    told = ("02/01/2020", "phần ghi bằng chữ", "12/01/2020", "cần kiểm tra", "viết tay", "chắc 90 %", "mờ", "50 %")
    assert [
        one for one in (*told, "tiêu đề GIẤY KHAI SINH", 'data-find="Lê Thị Mai" data-at="1"') if one not in page
    ] == []


def test_of_a_paper_without_a_picture_the_fields_are_shown_and_why(client: TestClient, tables: Database) -> None:
    fields = {"full_name": a_field("Nguyễn Thị Hường")}
    paper = file(tables, "", type="citizen_id_card", keeping="fields_only", fields=fields)
    page = text_of(client, paper)
    assert "Nguyễn Thị Hường" in page
    assert "chỉ được lưu thông tin, không lưu hình" in page
    assert "Nghị định 356/2025/NĐ-CP" in page
    assert "data-viewer" not in page


def test_it_tells_who_compared_it_and_what_was_decided_newest_first(client: TestClient, tables: Database) -> None:
    officer = Actor(office_id=OFFICE, actor_id="officer")
    paper = a_kept(tables, type="birth_certificate", fields={"full_name": a_field("Hường")})
    said = new_decision(SetField, officer, paper.document_id, name="full_name", value="Nguyễn Thị Hường")
    assert tables.papers.change(said, [PaperChange(before=paper, after=paper)])
    tables.papers.decide(a_decision(paper, actor=officer))
    page = text_of(client, paper)
    assert "bản chính; Officer đã đối chiếu" in page
    assert "Họ, chữ đệm, tên: Nguyễn Thị Hường" in page
    history = page[page.index('class="history"') :]
    newest_first = sorted((said.decided_at, a_decision(paper).decided_at), reverse=True)
    assert (history.index("Xác định thông tin") < history.index("Đối chiếu")) == (newest_first[0] == said.decided_at)


def test_whether_it_holds_is_told_with_its_source(client: TestClient, tables: Database) -> None:
    born = a_kept(tables, type="birth_certificate")
    assert "Còn giá trị, không ghi thời hạn" in text_of(client, born)
    expired = a_kept(tables, type="citizen_id_card", fields={"expiry_date": a_field("2020-05-01")})
    page = text_of(client, expired)
    assert "Hết giá trị từ sau 01/05/2020" in page
    assert "Luật Căn cước 2023" in page


def test_a_page_beyond_the_last_is_the_last(client: TestClient, tables: Database) -> None:
    paper = a_kept(tables, "một", "hai")
    assert 'data-first="2"' in text_of(client, paper, "?page=9")


def test_the_page_speaks_english_as_well(client: TestClient, tables: Database) -> None:
    paper = a_kept(tables, type="birth_certificate")
    client.post("/language", data={"language": "en"})
    assert "What was read" in text_of(client, paper)
