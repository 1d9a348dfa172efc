"""The heads' pages about destroying papers: proposing, approving by another, refusing, and the certificate."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pipeline.cli.in_transit import in_the_clear
from pipeline.destroying import Destructions
from pipeline.errors import Misconfigured
from pipeline.settings import Limits, Settings, load_settings
from pipeline.web.app import build_app
from schemas.access import LogFilter
from schemas.dossier import Paper
from schemas.people import Actor
from tests.signing_in import HERE, link_for
from tests.unit.desk import open_desk
from tests.unit.plain_papers import BIRTH, CHILD, CHILD_NUMBER
from tests.unit.plain_parsers import PlainParsers, scan

OFFICE = "phuong-a"
NO_TLS = "HOSO_DATABASE without sslmode=verify-full"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, office_id=OFFICE, limits=Limits(parsers=1))


@pytest.fixture
def paper(settings: Settings) -> Paper:
    with open_desk(settings.home_path, PlainParsers()) as desk:
        return desk.file(scan(BIRTH), actor=Actor(office_id=OFFICE, actor_id="lan"))


@pytest.fixture
def app(settings: Settings, paper: Paper) -> Iterator[FastAPI]:
    app = build_app(settings)
    with TestClient(app, base_url=HERE):
        app.state.archive.parsers = PlainParsers()
        yield app


def head(app: FastAPI, settings: Settings, login: str) -> TestClient:
    client = TestClient(app, base_url=HERE, headers={"origin": HERE}, follow_redirects=False)
    client.get("/", params={"token": link_for(settings, "head", login=login)})
    return client


def destructions(app: FastAPI) -> Destructions:
    return Destructions(app.state.archive, lambda _: "UBND phường A")


def proposed(app: FastAPI, paper: Paper, login: str = "hoa") -> str:
    actor = Actor(office_id=OFFICE, actor_id=login)
    return destructions(app).propose(actor, [paper.document_id], "citizen_request").subject_id


def answer(client: TestClient, destruction_id: str, said: str) -> int:
    return int(client.post(f"/destructions/{destruction_id}/answer", data={"said": said}).status_code)


def test_what_is_proposed_is_listed_and_shown_without_a_name(app: FastAPI, settings: Settings, paper: Paper) -> None:
    destruction_id, client = proposed(app, paper), head(app, settings, "minh")
    listed, one = client.get("/destructions"), client.get(f"/destructions/{destruction_id}")
    assert f"/destructions/{destruction_id}" in listed.text
    assert "Giấy khai sinh".casefold() in one.text.casefold()
    assert not any(said in listed.text + one.text for said in (CHILD, CHILD.title(), CHILD_NUMBER))


def test_who_proposed_is_offered_no_approval_and_refused_one(app: FastAPI, settings: Settings, paper: Paper) -> None:
    destruction_id, client = proposed(app, paper), head(app, settings, "hoa")
    assert 'value="approve"' not in client.get(f"/destructions/{destruction_id}").text
    assert answer(client, destruction_id, "approve") == 403
    assert destructions(app).get(OFFICE, destruction_id).answer is None


def test_another_head_approves_and_the_certificate_is_shown_once_it_is_done(
    app: FastAPI, settings: Settings, paper: Paper
) -> None:
    destruction_id, client = proposed(app, paper), head(app, settings, "minh")
    assert answer(client, destruction_id, "approve") == 303
    assert destructions(app).carry_out(OFFICE, destruction_id, lambda *_: None)
    shown = client.get(f"/destructions/{destruction_id}").text
    assert "BIÊN BẢN TIÊU HỦY" in shown
    assert "UBND phường A" in shown
    assert str(paper.sha256) in shown


def test_a_refused_proposal_leaves_the_list(app: FastAPI, settings: Settings, paper: Paper) -> None:
    destruction_id, client = proposed(app, paper), head(app, settings, "minh")
    assert answer(client, destruction_id, "refuse") == 303
    assert destruction_id not in client.get("/destructions").text
    assert answer(client, destruction_id, "approve") == 422


def test_nothing_is_proposed_where_no_term_is_over(app: FastAPI, settings: Settings) -> None:
    client = head(app, settings, "hoa")
    assert "/destructions" in client.get("/destructions").text
    assert client.post("/destructions").status_code == 422
    assert destructions(app).standing(OFFICE) == ()


def test_every_look_and_answer_is_in_the_access_log(app: FastAPI, settings: Settings, paper: Paper) -> None:
    destruction_id, client = proposed(app, paper), head(app, settings, "minh")
    client.get(f"/destructions/{destruction_id}")
    answer(client, destruction_id, "refuse")
    log = app.state.archive.tables.access_log.find(OFFICE, LogFilter(actor_id="minh"), 9)
    told = [(one.entry.access, one.entry.document_id) for one in log if one.entry.subject_id == destruction_id]
    assert told == [("change", None), ("look", paper.document_id)]


# -- on the way -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings_said", "plain"),
    [
        ({"database": "postgresql://hoso@db.example/hoso"}, (NO_TLS,)),
        ({"database": "postgresql://hoso@db.example/hoso?sslmode=prefer"}, (NO_TLS,)),
        ({"database": "postgresql://hoso@/hoso?host=db.example"}, (NO_TLS,)),
        ({"database": "postgresql://hoso@db.example/hoso?sslmode=verify-full"}, ()),
        ({"database": "postgresql://hoso@127.0.0.1/hoso"}, ()),
        ({"database": "postgresql://hoso@/hoso?host=/run/postgresql"}, ()),
        ({"store": "s3:http://s3.example:9000/hoso"}, ("HOSO_STORE by http",)),
        ({"store": "s3:https://s3.example/hoso"}, ()),
        ({"store": "s3:http://127.0.0.1:9000/hoso"}, ()),
    ],
)
def test_what_leaves_the_machine_unencrypted_is_told(settings_said: dict[str, str], plain: tuple[str, ...]) -> None:
    assert in_the_clear(Settings.model_validate(settings_said)) == plain


@pytest.mark.parametrize("url", ["http://quay.example", "http://10.0.0.5:8460"])
def test_the_page_is_not_reached_by_plain_http_from_elsewhere(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSO_WEB_URL", url)
    with pytest.raises(Misconfigured) as caught:
        load_settings()
    assert caught.value.code == "bad_setting"
