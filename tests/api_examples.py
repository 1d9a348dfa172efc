"""Makes the examples of the API's description anew: what the application answers about papers of invented people.

`python -m tests.api_examples` writes `pipeline/web/api_examples.json`. Run it when an operation is new or answers
otherwise; `tests/unit/test_api_description.py` tells when.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from starlette.testclient import TestClient

import pipeline.web
from pipeline.entrance import new_account
from pipeline.settings import Settings
from pipeline.wiring import open_tables
from schemas.people import Actor
from tests.services.authority import PASSPHRASE, Authority
from tests.signing_in import EVERY_ROLE, signed_in_client
from tests.unit.desk import open_desk
from tests.unit.plain_papers import BIRTH, CHILD_NUMBER
from tests.unit.plain_parsers import PlainParsers, scan

TARGET = Path(pipeline.web.__file__).parent / "api_examples.json"
OFFICE, CODE = "phuong-a", "H29.12.34-260302-0001"
_UNNUMBERED = BIRTH.replace("Số: 150/2020\n", "")
_PDF, _JPEG = ["application/pdf"], ["image/jpeg"]
_ANY_SCAN = [
    *("application/pdf", "image/jpeg", "image/png", "image/tiff", "image/webp", "image/jp2", "image/heic"),
    "application/octet-stream",
]
"""The last is said of what could act where it is opened."""


class Asked(NamedTuple):
    """One operation as it is asked; `{name}` in the path is filled from what is known, `files` are kinds it gives."""

    operation: str
    method: str
    path: str
    body: Any = None
    query: Mapping[str, str] = {}
    files: list[str] | None = None
    headers: Mapping[str, str] = {}
    content: bytes | None = None


_TUS = {"tus-resumable": "1.0.0"}
_PIECE = {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
_HALF = b"%PDF-1.7"
ASKED = (
    Asked("describe_uploads", "OPTIONS", "/uploads"),
    Asked("begin_upload", "POST", "/uploads", headers={**_TUS, "upload-length": "16"}),
    Asked("continue_upload", "PATCH", "/uploads/{upload_id}", headers={**_TUS, **_PIECE}, content=_HALF),
    Asked("locate_upload", "HEAD", "/uploads/{upload_id}", headers=_TUS),
    Asked("list_uploads", "GET", "/uploads"),
    Asked("show_upload", "GET", "/uploads/{upload_id}"),
    Asked("end_upload", "DELETE", "/uploads/{upload_id}", headers=_TUS),
    Asked("read_codes", "POST", "/codes", {"text": f"hoso:cover:1:{CODE}"}),
    Asked("list_submissions", "GET", "/submissions", query={"limit": "1"}),
    Asked("show_submission", "GET", "/submissions/{submission_id}"),
    Asked("search", "POST", "/search", {"words": "khanh nhu"}),
    Asked("show_paper", "GET", "/papers/{document_id}"),
    Asked("list_accesses", "GET", "/citizens/{citizen_id}/accesses", query={"limit": "2"}),
    Asked("fetch_pdf", "GET", "/papers/{document_id}/pdf", files=_PDF),
    Asked("fetch_original", "GET", "/papers/{document_id}/originals/{number}", files=_ANY_SCAN),
    Asked("make_link", "POST", "/papers/{document_id}/links", {"kind": "copy", "seconds": 60}),
    Asked("download", "GET", "/downloads/{ticket}", files=_ANY_SCAN),
    Asked("open_dossier", "POST", "/dossiers", {"code": CODE, "procedure": "1.001193", "owner_number": CHILD_NUMBER}),
    Asked("import_list", "POST", "/dossiers/import", {"dossiers": [{"code": CODE}, {"code": "H29"}]}),
    Asked("show_dossier", "GET", "/dossiers/{code}"),
    Asked("answer_conditions", "POST", "/dossiers/{code}/checklist", {}),
    Asked("attach", "POST", "/dossiers/{code}/papers", {"component": "", "document_id": "{document_id}"}),
    Asked("note_call", "POST", "/dossiers/{code}/calls", {"outcome": "no_answer"}),
    Asked("show_calls", "GET", "/dossiers/{code}/calls"),
    Asked("show_work", "GET", "/work"),
    Asked("fetch_cover_sheet", "GET", "/dossiers/{code}/cover-sheet", files=_PDF),
    Asked("fetch_missing_list", "GET", "/dossiers/{code}/missing", files=_PDF),
    Asked(
        "ask_checklist",
        "POST",
        "/checklist",
        {"procedure": "birth_registration", "citizen": CHILD_NUMBER, "day": "2026-03-02"},
    ),
    Asked("ask_known_values", "POST", "/prefill", {"form": "birth_registration_form", "citizen": CHILD_NUMBER}),
    Asked("show_queue", "GET", "/review", query={"limit": "1"}),
    Asked("show_item", "GET", "/review/{item_id}"),
    Asked("fetch_crop", "GET", "/review/{item_id}/crop", files=_JPEG),
    Asked("answer_item", "POST", "/review/{item_id}", {"value": "150/2020"}),
    Asked("show_answer_times", "GET", "/review/figures"),
    Asked("show_comparison", "GET", "/dossiers/{code}/comparison"),
    Asked("confirm_dossier", "POST", "/dossiers/{code}/confirmation", {"papers": ["{looked}"]}),
    Asked("take_back", "POST", "/dossiers/{code}/confirmation/undo", {"decision_id": "{decision_id}"}),
    Asked("confirm_dossier", "POST", "/dossiers/{code}/confirmation", {"papers": ["{looked}"]}),
    Asked("sign_dossier", "POST", "/dossiers/{code}/signature", {"pin": "1234"}),
    Asked("fetch_signed", "GET", "/papers/{looked[document_id]}/signed", files=_PDF),
    Asked(
        "confirm_paper",
        "POST",
        "/papers/{looked[document_id]}/confirmation",
        {"sha256": "{looked_sha256}", "pages": [1], "copy_kind": "original"},
    ),
    Asked("fetch_slip", "GET", "/dossiers/{code}/slip", files=_PDF),
    Asked("detach", "POST", "/dossiers/{code}/papers/{document_id}/detach"),
    Asked("show_figures", "GET", "/figures", query={"since": "2026-03-01", "until": "2026-03-31"}),
    Asked("fetch_figures", "GET", "/figures.csv", files=["text/csv"]),
    Asked("draw_figures", "GET", "/figures.svg", files=["image/svg+xml"]),
    Asked("export_dossier", "GET", "/export/dossiers/{code}"),
    Asked("export_dossiers", "GET", "/export/dossiers", query={"since": "2026-03-01"}),
    Asked(
        "make_token", "POST", "/tokens", {"account_id": "{account_id}", "name": "One-stop", "scopes": ["papers.read"]}
    ),
    Asked("list_tokens", "GET", "/tokens"),
    Asked("revoke_token", "DELETE", "/tokens/{token_id}"),
    Asked("add_webhook", "POST", "/webhooks", {"url": "https://one-stop.example/hoso"}),
    Asked("list_webhooks", "GET", "/webhooks"),
    Asked("list_deliveries", "GET", "/webhooks/{hook_id}/deliveries"),
    Asked("remove_webhook", "DELETE", "/webhooks/{hook_id}"),
    Asked(
        "open_a_visit",
        "POST",
        "/visits",
        {
            "procedure": "birth_registration",
            "reason": "advice",
            "said": CHILD_NUMBER,
            "showing": {"presence": "in_person"},
        },
    ),
    Asked("show_visit", "GET", "/visits/{visit_id}"),
    Asked("answer_in_visit", "POST", "/visits/{visit_id}/answers", {"by_proxy": True}),
    Asked("name_dossier", "POST", "/visits/{visit_id}/dossier", {"code": CODE}),
    Asked("end_visit", "POST", "/visits/{visit_id}/close"),
)

_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_DELIVERY, _SIGNING = "0d8c1f0e-5f5a-4f55-8d1c-3a9b1f6f2b11", "7c9e6679-7425-40de-944b-e07fc1f90ae7"
_RECEIPT: dict[str, Any] = {
    "delivery_id": _DELIVERY,
    "submission_id": "{submission_id}",
    "sha256s": [_SHA256],
    "received_at": "2026-03-02T07:30:00Z",
    "received_by": "lan",
    "taken_at": "2026-03-02T09:10:00Z",
}
SAID: dict[str, dict[str, Any]] = {
    "receive": {"requests": {"multipart/form-data": {"files": ["%PDF-1.7 …"]}, "application/json": {"uploads": ["0"]}}},
    "reuse": {
        "request": {"component": "dwelling", "document_id": "{document_id}", "purpose": "đăng ký tạm trú"},
        "answer": {
            "dossier_code": CODE,
            "component": "dwelling",
            "document_id": "{document_id}",
            "actor": {"office_id": OFFICE, "actor_id": "lan"},
            "attached_at": "2026-03-02T07:30:00Z",
            "digitised": False,
            "reused": 2,
            "reused_code": "001190012345.KQ01.5/2026.01",
            "result_code": None,
        },
    },
    "look_up": {
        "request": {"component": "residence", "outcome": "found"},
        "answer": {
            "decision_id": "5b8f1d4e-0a53-4a54-9e4e-1a6a1c3f7c11",
            "subject_id": CODE,
            "actor": {"office_id": OFFICE, "actor_id": "lan"},
            "decided_at": "2026-03-02T07:30:00Z",
            "kind": "look_up",
            "component": "residence",
            "outcome": "found",
        },
    },
    "decide": {
        "request": {"kind": "invalidate", "subject_id": "{document_id}", "state": "cancelled", "since": "2026-03-02"}
    },
    "prepare_signing": {
        "request": {"certificates": ["308202…"]},
        "answer": {
            "signing_id": _SIGNING,
            "digests": [_SHA256],
        },
    },
    "finish_signing": {"request": {"signatures": ["3045…"]}},
    "take_delivery": {
        "request": {
            "uploads": ["f1fa55ded1c244db8d1158e5cb80ffc8"],
            "dossier_code": CODE,
            "received_at": "2026-03-02T07:30:00Z",
            "received_by": "lan",
        },
        "answer": _RECEIPT,
    },
    "show_receipt": {"answer": _RECEIPT},
    "show_thumbnail": {"files": _JPEG},
    "retry": {"answer": {"retried": True}},
    "try_webhook": {"answer": {"arrived": False, "error": "503"}},
    "health": {"answer": {"status": "ok"}},
    "ready": {"answer": {"status": "ready"}},
    "metrics": {"files": ["text/plain"], "answer": "hoso_open_questions 7.0"},
}
"""What is not asked here: it needs a service, or a day on which it is allowed."""


def make_examples() -> dict[str, Any]:
    """The examples by operation, and the parameters that all of them share."""
    with TemporaryDirectory() as folder:
        authority = Authority()
        key = authority.key_file(Path(folder) / "key.p12", authority.issue(kind="ec"))
        signing: dict[str, Any] = {"signing": "key", "signing_key": key, "signing_passphrase": PASSPHRASE}
        settings = Settings(home=Path(folder), office_id=OFFICE, **signing)
        known = _prepare(settings)
        with signed_in_client(settings, *EVERY_ROLE, "service") as client:
            client.app.state.archive.parsers = PlainParsers()  # type: ignore[attr-defined]
            made = {asked.operation: _ask(client, asked, known) for asked in ASKED}
    made["receive"] = {**_filled(SAID["receive"], known), "answer": made["show_submission"]["answer"]}
    made |= {operation: _filled(said, known) for operation, said in SAID.items() if operation != "receive"}
    made["finish_signing"]["answer"] = made["sign_dossier"]["answer"]
    own = ("account_id", "looked", "looked_sha256", "decision_id")
    shared = {name: value for name, value in known.items() if name not in own}
    parameters = shared | {
        "delivery_id": _DELIVERY,
        "signing_id": _SIGNING,
        "page": 1,
        "upload-length": 16,
        "upload-offset": 0,
    }
    return {"parameters": parameters, "operations": dict(sorted(made.items()))}


def _prepare(settings: Settings) -> dict[str, Any]:
    """An office with two papers on file, one of which asks something."""
    with open_desk(settings.home_path, PlainParsers()) as desk:
        lan = Actor(office_id=OFFICE, actor_id="lan")
        paper, asking = (desk.file(scan(text), actor=lan, dossier_code=CODE) for text in (BIRTH, _UNNUMBERED))
    with open_tables(settings) as tables:
        child = tables.people.by_number(OFFICE, CHILD_NUMBER)
        assert child
        service = new_account("one-stop", "One-stop", OFFICE, ["service"])
        tables.accounts.add(service, None, "tests")
    item_id = next(f"{asking.document_id}.{one.part}" for one in asking.questions if one.kind == "field")
    ids = {"document_id": paper.document_id, "submission_id": paper.submission_id, "item_id": item_id}
    return {**ids, "code": CODE, "number": 1, "account_id": service.account_id, "citizen_id": child.citizen_id}


def _ask(client: TestClient, asked: Asked, known: dict[str, Any]) -> dict[str, Any]:
    body = _filled(asked.body, known)
    sent: dict[str, Any] = {"json": body} if asked.content is None else {"content": asked.content}
    path = f"/api/v1{asked.path.format(**known)}"
    answer = client.request(asked.method, path, params=asked.query, headers=asked.headers, **sent)
    assert answer.is_success, (asked.operation, answer.text)
    example: dict[str, Any] = {"parameters": dict(asked.query)} if asked.query else {}
    if body is not None:
        example["request"] = body
    if asked.files is not None:
        return example | {"files": asked.files}
    if "location" in answer.headers:
        known["upload_id"] = answer.headers["location"].rpartition("/")[2]
    if answer.content:
        example["answer"] = answer.json()
        known |= _told(example["answer"])
    return example


def _told(answer: Any) -> dict[str, Any]:
    """What later operations are asked with."""
    if isinstance(answer, list):
        compared = (one for one in answer if one.get("stands") == "open")
        looked = [{"document_id": one["paper"]["document_id"], "sha256": one["sha256"]} for one in compared]
        if not looked:
            return {}
        said = {**looked[0], "pages": [1], "copy_kind": "original"}
        return {"looked": said, "looked_sha256": looked[0]["sha256"]}
    if "visit" in answer or "decision_id" in answer:
        name, told = ("visit_id", answer["visit"]) if "visit" in answer else ("decision_id", answer)
        return {name: told[name]}
    if "url" in answer and "expires_at" in answer:
        return {"ticket": answer["url"].rpartition("/")[2]}
    if "secret" in answer:
        kind, name = ("token", "token_id") if "token" in answer else ("webhook", "hook_id")
        answer["secret"] = "hoso_…" if kind == "token" else "whsec_…"
        return {name: answer[kind][name]}
    return {}


def _filled(said: Any, known: dict[str, Any]) -> Any:
    if isinstance(said, dict):
        return {key: _filled(value, known) for key, value in said.items()}
    if isinstance(said, list):
        return [_filled(value, known) for value in said]
    return known.get(said[1:-1], said) if isinstance(said, str) and said.startswith("{") else said


if __name__ == "__main__":
    TARGET.write_text(json.dumps(make_examples(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
