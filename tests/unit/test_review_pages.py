"""The pages of the review desk: what they show, whom they hold it for, and what they leave in the access log."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.local_time import local_day
from pipeline.settings import Settings
from pipeline.wiring import open_tables
from schemas.access import LogFilter, Role
from schemas.dossier import Paper
from schemas.people import Actor
from tests.signing_in import signed_in_client
from tests.unit.desk import open_desk
from tests.unit.plain_papers import BIRTH, GOING_ON
from tests.unit.plain_parsers import PlainParsers, scan

OFFICE = "office-1"
UNNUMBERED = BIRTH.replace("Số: 150/2020\n", "")
UNDATED = BIRTH.replace("Ngày, tháng, năm đăng ký: 19/11/2020\n", "")
BOTH = UNNUMBERED.replace("Ngày, tháng, năm đăng ký: 19/11/2020\n", "")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, office_id=OFFICE)


@pytest.fixture
def papers(tmp_path: Path) -> list[Paper]:
    """Two papers that ask one thing each."""
    with open_desk(tmp_path, PlainParsers()) as desk:
        actor = Actor(office_id=OFFICE, actor_id="scanner")
        return [desk.file(scan(text), actor=actor) for text in (UNNUMBERED, UNDATED)]


def officer(settings: Settings, login: str, *roles: Role) -> Any:
    return signed_in_client(settings, *(roles or ("reviewer",)), purpose=None, login=login)


@pytest.fixture
def lan(settings: Settings, papers: list[Paper]) -> Iterator[TestClient]:
    with officer(settings, "lan") as client:
        client.app.state.archive.parsers = PlainParsers()
        yield client


@pytest.fixture
def minh(settings: Settings, papers: list[Paper]) -> Iterator[TestClient]:
    with officer(settings, "minh") as client:
        yield client


def item_of(page: str) -> str:
    found = re.search(r'data-item-id="([^"]+)"', page)
    return found.group(1) if found else ""


def page_of(page: str) -> str:
    return page.partition('data-page-id="')[2].partition('"')[0]


def test_the_desk_shows_a_question_with_why_it_is_asked(lan: TestClient) -> None:
    page = lan.get("/review").text
    assert "Trên giấy ghi gì ở mục" in page
    assert "Thiếu thông tin bắt buộc" in page
    assert item_of(page).partition(".")[2] in ("field.document_number", "field.issue_date")


@pytest.mark.parametrize("path", ["/review", "/review/cuts/x", "/review/items/x/crop", "/review/papers/x/pages/1/row"])
def test_who_may_not_answer_sees_nothing_of_the_desk(settings: Settings, papers: list[Paper], path: str) -> None:
    with officer(settings, "hoa", "counter") as client:
        assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", ["next", "answer", "rescan", "undo", "hold", "leave", "cuts/x"])
def test_who_may_not_answer_changes_nothing(settings: Settings, papers: list[Paper], path: str) -> None:
    form = {"item_id": "x", "subject_id": "x", "page_id": "x", "first_pages": "1"}
    with officer(settings, "hoa", "counter") as client:
        assert client.post(f"/review/{path}", data=form).status_code == 403


def test_two_officers_are_shown_two_papers(lan: TestClient, minh: TestClient, settings: Settings) -> None:
    first, second = item_of(lan.get("/review").text), item_of(minh.get("/review").text)
    assert first
    assert second
    assert first.partition(".")[0] != second.partition(".")[0]
    with officer(settings, "nga") as late:
        assert "đang do cán bộ khác xử lý" in late.get("/review").text


def test_what_another_officer_is_at_cannot_be_answered(lan: TestClient, minh: TestClient) -> None:
    item = item_of(lan.get("/review").text)
    answer = minh.post(f"/api/v1/review/{item}", json={"value": "150/2020"})
    assert (answer.status_code, answer.json()["code"]) == (409, "item_claimed")
    page = minh.post("/review/answer", data={"item_id": item, "value": "150/2020"}).text
    assert "Câu hỏi này đang do cán bộ khác xử lý" in page
    assert item_of(page) not in ("", item)


def test_a_question_that_nobody_holds_may_be_answered_by_a_program(lan: TestClient) -> None:
    item = next(one["item_id"] for one in lan.get("/api/v1/review").json()["items"])
    value = "150/2020" if item.endswith("document_number") else "19/11/2020"
    assert lan.post(f"/api/v1/review/{item}", json={"value": value}).status_code == 200


def test_the_next_question_of_the_same_paper_comes_first(tmp_path: Path, lan: TestClient) -> None:
    with open_desk(tmp_path, PlainParsers()) as desk:
        whole = desk.file(scan(BOTH), actor=Actor(office_id=OFFICE, actor_id="scanner"))
    assert len(whole.questions) == 2
    others = " ".join(
        one["item_id"] for one in lan.get("/api/v1/review").json()["items"] if one["document_id"] != whole.document_id
    )
    first = item_of(lan.post("/review/next", data={"put_off": others}).text)
    value = "150/2020" if first.endswith("document_number") else "19/11/2020"
    second = item_of(lan.post("/review/answer", data={"item_id": first, "value": value}).text)
    assert {first, second} == {f"{whole.document_id}.{asked.part}" for asked in whole.questions}


def test_what_is_put_off_comes_back_when_asked_for(lan: TestClient) -> None:
    first = item_of(lan.get("/review").text)
    second = item_of(lan.post("/review/next", data={"put_off": first}).text)
    assert second not in ("", first)
    page = lan.post("/review/next", data={"put_off": f"{first} {second}"}).text
    assert "Chỉ còn những câu bạn để lại" in page
    assert item_of(lan.post("/review/next").text) == first


def test_an_answer_that_is_none_is_told_and_the_question_stays(lan: TestClient) -> None:
    item = item_of(lan.get("/review").text)
    page = lan.post("/review/answer", data={"item_id": item, "value": ""}).text
    assert "Câu trả lời không hợp lệ" in page
    assert item_of(page) == item


def test_that_the_paper_says_nothing_is_an_answer(lan: TestClient) -> None:
    item = item_of(lan.get("/review").text)
    page = lan.post("/review/answer", data={"item_id": item, "nothing": "true"}).text
    assert item_of(page) not in ("", item)


def test_a_paper_that_cannot_be_read_waits_for_a_new_scan(lan: TestClient) -> None:
    item = item_of(lan.get("/review").text)
    lan.post("/review/rescan", data={"item_id": item})
    document_id = item.partition(".")[0]
    waiting = [one for one in lan.get("/api/v1/review").json()["items"] if one["document_id"] == document_id]
    assert [one["question"]["part"] for one in waiting] == ["page.scan_again"]


def test_the_last_answer_is_undone_and_its_question_shown_again(lan: TestClient) -> None:
    item = item_of(lan.get("/review").text)
    lan.post("/review/answer", data={"item_id": item, "nothing": "true"})
    page = lan.post("/review/undo").text
    assert item_of(page) == item
    assert "Đã hoàn tác" in page
    assert "Chưa có câu trả lời nào" in lan.post("/review/undo").text


def test_nobody_undoes_anothers_answer(lan: TestClient, minh: TestClient) -> None:
    item = item_of(lan.get("/review").text)
    lan.post("/review/answer", data={"item_id": item, "nothing": "true"})
    assert "Chưa có câu trả lời nào" in minh.post("/review/undo").text


def test_a_page_that_is_left_gives_back_what_no_newer_page_shows(lan: TestClient, minh: TestClient) -> None:
    old, new = lan.get("/review").text, lan.get("/review").text
    answer = {"item_id": item_of(new), "nothing": "true"}
    lan.post("/review/leave", data={"page_id": page_of(old)})
    assert "do cán bộ khác xử lý" in minh.post("/review/answer", data=answer).text
    minh.post("/review/leave", data={"page_id": page_of(old)})
    lan.post("/review/leave", data={"page_id": page_of(new)})
    assert "do cán bộ khác xử lý" not in minh.post("/review/answer", data=answer).text


def test_a_page_tells_that_somebody_is_still_at_it(lan: TestClient, minh: TestClient) -> None:
    subject = item_of(lan.get("/review").text).partition(".")[0]
    assert lan.post("/review/hold", data={"subject_id": subject}).status_code == 204
    assert minh.post("/review/hold", data={"subject_id": subject}).status_code == 409


def test_signing_out_gives_the_question_back(lan: TestClient, minh: TestClient) -> None:
    item = item_of(lan.get("/review").text)
    lan.post("/sign-out")
    answered = minh.post("/review/answer", data={"item_id": item, "nothing": "true"}).text
    assert "cán bộ khác" not in answered


def test_looks_and_changes_are_in_the_access_log_for_review(settings: Settings, lan: TestClient) -> None:
    item = item_of(lan.get("/review").text)
    document_id = item.partition(".")[0]
    lan.post("/review/answer", data={"item_id": item, "nothing": "true"})
    lan.post("/review/undo")
    with open_tables(settings) as tables:
        entries = [one.entry for one in tables.access_log.find(OFFICE, LogFilter(actor_id="lan"), 99)]
    seen = [one.access for one in reversed(entries) if one.document_id == document_id]
    assert seen == ["look", "change", "decide", "change"]  # Shown again a moment later, it is the same look.
    assert {one.purpose for one in entries if one.document_id and one.access != "decide"} == {"review"}


def test_a_picture_of_what_is_shown_is_no_further_look(
    settings: Settings, lan: TestClient, papers: list[Paper]
) -> None:
    shown = item_of(lan.get("/review").text)
    lan.get(f"/review/items/{shown}/crop")
    (other,) = (paper for paper in papers if not shown.startswith(paper.document_id))
    lan.get(f"/review/papers/{other.document_id}/pages/1/row")
    with open_tables(settings) as tables:
        looks = [
            one.entry.document_id
            for one in tables.access_log.find(OFFICE, LogFilter(), 99)
            if one.entry.access == "look"
        ]
    assert sorted(looks, key=str) == sorted(paper.document_id for paper in papers)


def test_answers_and_their_times_are_told_by_officer_and_day(settings: Settings, lan: TestClient) -> None:
    item = item_of(lan.get("/review").text)
    lan.post("/review/answer", data={"item_id": item, "nothing": "true"})
    with officer(settings, "head", "head") as head:
        (told,) = head.get("/api/v1/review/figures").json()
    assert (told["actor_id"], told["answers"], told["timed"]) == ("lan", 1, 1)
    assert told["day"] == local_day(datetime.now(UTC)).isoformat()
    assert told["median_s"] >= 0
    assert lan.get("/api/v1/review/figures").status_code == 403


def test_a_stack_is_cut_on_its_page(tmp_path: Path, lan: TestClient, minh: TestClient) -> None:
    actor = Actor(office_id=OFFICE, actor_id="scanner")
    with open_desk(tmp_path, PlainParsers()) as desk:
        whole = desk.file(scan(BIRTH.replace("150", "152"), GOING_ON), actor=actor)
    page = lan.get(f"/review/cuts/{whole.submission_id}")
    assert page.text.count('name="first_pages"') == 2
    assert minh.get(f"/review/cuts/{whole.submission_id}").status_code == 409
    assert minh.post(f"/review/cuts/{whole.submission_id}", data={"first_pages": [1, 2]}).status_code == 409
    assert lan.post(f"/review/cuts/{whole.submission_id}", data={"first_pages": [1, 2]}).status_code == 303
    with open_tables(Settings(home=tmp_path)) as tables:
        cut = tables.papers.of_content(OFFICE, whole.content_sha256)
    assert [paper.source_pages for paper in cut] == [(1,), (2,)]


def test_the_desk_speaks_english_when_asked(lan: TestClient) -> None:
    lan.cookies.set("hoso_language", "en")
    assert "What does the paper say for" in lan.get("/review").text
