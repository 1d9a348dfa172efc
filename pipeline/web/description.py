"""The description of the API, OpenAPI 3.1: what every operation asks for, answers, and refuses, with examples.

What holds for all operations is added here, once. The examples stand in `api_examples.json`: invented people only.
"""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute, iter_route_contexts

from pipeline.error_messages import MESSAGES
from pipeline.web.gate import COOKIE, ON_BEHALF
from pipeline.web.idempotency import HEADER, KEY_FORM
from pipeline.web.refusals import PROBLEM, REFUSALS, Problem
from pipeline.web.signed_in import OPEN, Needs, Open
from pipeline.web.upload_api import VERSION as TUS_VERSION
from pipeline.web.wording import sentence

_DESCRIPTION = f"""
The papers that an office keeps, for other programs of the same office.

**Who asks.** A program sends a token (`Authorization: Bearer hoso_…`, made by `hoso token add` or `POST /tokens`); it
may do what its scopes and its account's roles both permit. It may name the dossier that it asks for in the header
`{ON_BEHALF}`. Every look at a person's papers, download, reuse and change is logged.

**Refusals** are `{PROBLEM}` (RFC 9457) with a stable `code`; sentences are Vietnamese, or English with the cookie
`hoso_language=en`.

**Lists** are given page by page: `limit` of them, and `next` to be sent as `after`; null at the end.

**ETags** are strong. `If-None-Match` is answered with 304, and `If-Match` with 412 where the thing has changed.

**Twice sent, once done.** A POST with an `Idempotency-Key` is done once in 24 hours: sent again it gets the same answer
(`Idempotency-Replayed: true`), with another body 422, while the first is being answered 409. Answers that hold a secret
are not given twice (409 `shown_once`).

**Webhooks** are signed by Standard Webhooks 1.0.0; see `POST /webhooks`.
"""
_PREFIX = "/api/v1/"
_TAGS = {
    "submissions": "What was handed in, and how far the work on it is.",
    "deliveries": "What a counter's machine received while the centre was away, and hands over later.",
    "papers": "Papers on file: their fields, their files, links to them.",
    "search": "Finding papers.",
    "citizens": "Who looked at a citizen's papers.",
    "dossiers": "Dossiers: what is in them, what they owe, sheets to print.",
    "uploads": "Uploads that resume after a cut connection: tus 1.0.0 (tus.io).",
    "codes": "What a code says that a reader or a camera has seen.",
    "visits": "A citizen at the counter: the procedure first, then the papers that matter to it.",
    "checklist": "What a procedure asks of a citizen.",
    "prefill": "What is known beforehand for a form.",
    "review": "Open questions about papers, and their answers.",
    "decisions": "Decisions about papers that nobody asked for.",
    "figures": "The figures of the office.",
    "work": "What waits in an office, is stuck, is due, or may belong to a dossier.",
    "export": "Dossiers for the one-stop system.",
    "downloads": "Files behind signed, short-lived links.",
    "tokens": "Tokens of programs.",
    "webhooks": "Other systems that are told what becomes of papers.",
    "service": "Whether this process works.",
}
_REFUSED = {
    401: ("not_signed_in", "Nobody is signed in, or the token opens nothing (any more)."),
    403: ("not_permitted", "Account or scopes do not permit it, or nobody has said why he looks."),
    404: ("no_such_paper", "It is not there, or not this office's to see."),
    405: ("no_such_method", "This cannot be done at this address; `Allow` says what can."),
    409: ("being_answered", "The Idempotency-Key is being answered, or its answer held a secret."),
    413: ("too_large", "It is larger than any file may be."),
    412: ("changed_meanwhile", "It is no longer as it was under the ETag of `If-Match`."),
    415: ("bad_media_type", "The body has another format than is taken here."),
    429: ("too_fast", "Too many requests at once; `Retry-After` says for how many seconds to wait."),
    422: ("bad_request", "Something in the request is missing, wrong, or impossible."),
    503: ("database_away", "A service is away; it is worth trying again."),
    507: ("disk_full", "The disk is full; what was received is safe."),
}


def name_of(route: APIRoute) -> str:
    """The operationId of a route: its function's name."""
    return route.name


def routes_of(app: FastAPI) -> Iterator[APIRoute]:
    """All routes with their functions, those of included routers as well."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            yield context.original_route


def declared(route: APIRoute) -> Needs | Open | None:
    """What a route asks of who is signed in; None: it was forgotten."""
    asked = [one.call for one in route.dependant.dependencies if isinstance(one.call, Needs | Open)]
    return asked[0] if len(asked) == 1 else None


def describe(app: FastAPI) -> None:
    """Give the application its description, and the address at which everybody can read it: it tells of nobody."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    def show() -> JSONResponse:
        return JSONResponse(app.openapi())

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way
    app.get(f"{_PREFIX}openapi.json", include_in_schema=False, dependencies=[OPEN])(show)


def _described(app: FastAPI) -> dict[str, Any]:
    described = get_openapi(title=app.title, version=app.version, description=_DESCRIPTION, routes=app.routes)
    schemas = described["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = _problem_schema()
    described["components"]["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "The counter pages' own."},
        "token": {"type": "http", "scheme": "bearer", "description": "Of a program; see the beginning."},
    }
    asked = {
        (route.path, method.lower()): declared(route) for route in routes_of(app) for method in route.methods or ()
    }
    examples = json.loads(files("pipeline.web").joinpath("api_examples.json").read_text(encoding="utf-8"))
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            operation["tags"] = [path.removeprefix(_PREFIX).partition("/")[0].partition(".")[0]]
            if not path.startswith(_PREFIX):
                operation["tags"] = ["service"]
            _complete(operation, method, asked[path, method])
            _exemplify(operation, examples)
    used = {tag for methods in described["paths"].values() for one in methods.values() for tag in one["tags"]}
    described["tags"] = [{"name": tag, "description": _TAGS.get(tag, "")} for tag in sorted(used)]
    return described


def _problem_schema() -> dict[str, Any]:
    schema = Problem.model_json_schema()
    codes = sorted({*MESSAGES, *REFUSALS})
    schema["properties"]["code"]["enum"] = codes
    return schema


def _complete(operation: dict[str, Any], method: str, asks: Needs | Open | None) -> None:
    """Add what holds for all operations: who may use it, headers, and refusals."""
    parameters: list[dict[str, Any]] = operation.setdefault("parameters", [])
    responses: dict[str, Any] = operation["responses"]
    refused = {422, 503}
    if isinstance(asks, Needs):
        operation["security"] = [{"session": []}, {"token": []}]
        operation["x-permission"] = asks.permission
        refused |= {401, 403, 404, 429}
    else:
        operation["security"] = []
        refused |= {403, 404} if parameters else set()
        refused -= set() if parameters else {422}
    if method == "post":
        parameters.append(_header(HEADER.title(), "Done once, however often it is sent.", f"^{KEY_FORM}$"))
        refused |= {409}
    if method == "put":
        refused |= {409, 507}
    if method == "get" and "200" in responses:
        parameters.append(_header("If-None-Match", "ETags of what is there already.", None))
        responses["200"].setdefault("headers", {})["ETag"] = {"schema": {"type": "string"}}
        responses["304"] = {"description": "It is what the sender has already."}
    if any(one["name"].lower() == "if-match" for one in parameters):
        refused |= {412}
    if operation["tags"] == ["uploads"]:
        refused |= {409, 412, 413, 415, 507}
        if method not in ("get", "options"):
            version = {"type": "string", "enum": [TUS_VERSION]}
            parameters.append({"name": "Tus-Resumable", "in": "header", "required": True, "schema": version})
    if "requestBody" in operation:
        refused |= {415}
    responses.pop("422", None)
    for status in sorted(refused):
        code, text = _REFUSED[status]
        responses[str(status)] = _refusal(status, code, text)


def _header(name: str, text: str, form: str | None) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"} | ({"pattern": form} if form else {})
    return {"name": name, "in": "header", "required": False, "description": text, "schema": schema}


def _refusal(status: int, code: str, text: str) -> dict[str, Any]:
    title, instance = sentence(code, "vi"), "/api/v1/papers/8f0e6f0c-1c1e-5d57-9a35-6f0d4f4f3c11"
    told = Problem(type=f"urn:hoso:{code}", title=title, status=status, code=code, detail=title, instance=instance)
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": told.model_dump()}}
    return {"description": text, "content": content}


def _exemplify(operation: dict[str, Any], examples: dict[str, Any]) -> None:
    """Put the examples in, and the kinds of file that an operation gives."""
    mine = examples["operations"].get(operation["operationId"])
    if mine is None:  # A test tells; the description is whole without it.
        return
    for parameter in operation["parameters"]:
        example = mine.get("parameters", {}).get(parameter["name"], examples["parameters"].get(parameter["name"]))
        if example is not None:
            parameter["example"] = example
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        asked = mine.get("requests", {}).get(kind, mine.get("request"))
        if asked is not None:
            content["example"] = asked
    done = next(status for status in operation["responses"] if status.startswith("2"))
    answer = operation["responses"][done]
    if "answer" not in mine and "files" not in mine:
        answer.pop("content", None)
    if "files" in mine:
        answer["content"] = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in mine["files"]}
    if "answer" in mine:
        for content in answer.setdefault("content", {"text/plain": {}}).values():
            content["example"] = mine["answer"]
