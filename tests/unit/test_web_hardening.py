"""What keeps hostile input and faults from telling or doing anything: OWASP ASVS 4.0.3, chapters 5, 7, 13 and 14."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pipeline.entrance import new_account
from pipeline.settings import Settings
from pipeline.web.app import build_app
from pipeline.wiring import open_tables
from schemas.people import Actor
from tests.signing_in import HERE, link_for, signed_in_client
from tests.unit.desk import open_desk
from tests.unit.plain_papers import BIRTH
from tests.unit.plain_parsers import PlainParsers, scan

ROOT = Path(__file__).parents[2]
SECRET = "mật khẩu của kho"  # noqa: S105 (what a fault might say)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with signed_in_client(settings) as one:
        yield one


def faulty(app: FastAPI) -> None:
    """A fault of ours at an address that everybody may ask."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(SECRET)

    app.state.archive.tables.submissions.recent = fail


def test_a_fault_is_told_without_what_it_was(settings: Settings) -> None:
    app = build_app(settings)
    with TestClient(app, base_url=HERE, headers={"origin": HERE}, raise_server_exceptions=False) as client:
        client.get("/", params={"token": link_for(settings)})
        faulty(app)
        answers = [client.get("/api/v1/submissions"), client.get("/receive")]
    for answer in answers:
        assert answer.status_code == 500
        for told in (SECRET, "RuntimeError", "Traceback", ".py", "starlette", "fastapi"):
            assert told not in answer.text
    assert answers[0].json()["code"] == "internal"


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/static/", "/.git/config", "/static/../gate.py"])
def test_nothing_but_the_pages_own_files_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (404, 405)


def test_no_way_leads_out_of_the_folder_of_static_files(client: TestClient) -> None:
    for path in ("/static/..%2fgate.py", "/static/%2e%2e/gate.py", "/static/....//gate.py", "/static//etc/passwd"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "import" not in answer.text


def test_what_people_are_called_is_text_and_never_markup(settings: Settings) -> None:
    name = """<script>alert(1)</script>"><img src=x onerror='alert(1)'>{{ 7 * 7 }}"""
    with open_tables(settings) as tables:
        assert tables.accounts.add(new_account("lan", name, "local", ["counter"]), None, "tests")
    with signed_in_client(settings, "administrator", purpose=None, login="quan") as admin:
        page = admin.get("/accounts").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{ 7 * 7 }}" in page


def test_no_template_lets_text_through_unescaped() -> None:
    templates = sorted((ROOT / "pipeline" / "web" / "templates").glob("*.html"))
    assert len(templates) > 30
    unsafe = re.compile(r"\|\s*safe|autoescape\s+false|\son\w+=|style=|<script(?![^>]*\ssrc=)", re.IGNORECASE)
    drawn_here = ["access_log.html", "figures.html"]  # charts of numbers; day_chart.svg escapes what they are called
    assert [one.name for one in templates if unsafe.search(one.read_text())] == drawn_here


@pytest.mark.parametrize(
    "words", ["'; DROP TABLE papers; --", '" OR ""="', "1 UNION SELECT password_hash FROM accounts"]
)
def test_what_is_asked_for_is_a_value_and_never_part_of_a_statement(client: TestClient, words: str) -> None:
    answer = client.post("/api/v1/search", json={"words": words})
    assert (answer.status_code, answer.json()["hits"]) == (200, [])
    assert client.get("/api/v1/papers/none' OR '1'='1").status_code == 404
    assert client.get("/api/v1/submissions").status_code == 200


def test_a_key_that_nobody_asked_for_is_refused(client: TestClient) -> None:
    code = {"code": "H29.12.34-261120-0001"}
    for more in ({"office_id": "elsewhere"}, {"actor": {"office_id": "elsewhere", "actor_id": "x"}}):
        assert client.post("/api/v1/dossiers", json=code | more).status_code == 422
    assert client.post("/api/v1/search", json={"words": "a", "offices": ["elsewhere"]}).status_code == 422


def test_a_body_of_another_type_is_refused(client: TestClient) -> None:
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
        answer = client.post("/api/v1/search", content='{"words": "a"}', headers={"content-type": kind})
        assert (answer.status_code, answer.json()["code"]) == (415, "bad_media_type")


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT"])
def test_a_method_that_an_address_does_not_know_is_refused(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/v1/submissions")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "POST"}


def test_every_answer_says_its_letters_and_where_it_may_be_shown(client: TestClient) -> None:
    for path in ("/search", "/me", "/sign-in", "/static/counter.css", "/api/v1/submissions", "/no/such/page"):
        headers = client.get(path).headers
        kind = headers["content-type"]
        assert not kind.startswith("text/") or "charset=utf-8" in kind
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "same-origin"
        assert "no-store" in headers["cache-control"]
        assert not [
            name for name, said in headers.items() if re.search(r"(python|uvicorn|starlette)\W*\d", said.lower())
        ]


def test_nothing_is_run_as_program_text_or_by_a_shell() -> None:
    sources = [one for folder in ("pipeline", "flows", "schemas") for one in sorted((ROOT / folder).rglob("*.py"))]
    assert len(sources) > 200
    found = []
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                shell = any(word.arg == "shell" for word in node.keywords)
                if called in ("eval", "exec", "os.system", "os.popen", "pickle.loads", "pickle.load") or shell:
                    found.append(f"{source.name}: {called}")
    scripts = sorted((ROOT / "pipeline" / "web" / "static").glob("*.js"))
    found += [one.name for one in scripts if re.search(r"\beval\(|new Function|document\.write", one.read_text())]
    assert scripts
    assert found == []


def test_pages_load_nothing_from_elsewhere() -> None:
    web = ROOT / "pipeline" / "web"
    sources = [*web.rglob("*.html"), *web.rglob("*.js"), *web.rglob("*.css")]
    loaded = re.compile(r"""(?:src|href|url\(|import|fetch\()\s*[=(]?\s*["']?(https?:)?//""", re.IGNORECASE)
    assert [one.name for one in sources if loaded.search(one.read_text())] == []


def test_an_original_is_given_as_a_download_under_a_name_of_ours(settings: Settings) -> None:
    with open_desk(settings.home_path, PlainParsers()) as desk:
        paper = desk.file(scan(BIRTH), actor=Actor(office_id="local", actor_id="lan"))
    with signed_in_client(settings) as client:
        answer = client.get(f"/api/v1/papers/{paper.document_id}/originals/1")
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{paper.document_id}-1')
    assert answer.headers["x-content-type-options"] == "nosniff"
