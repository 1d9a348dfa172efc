"""The description of the API: complete, with examples that are what is described."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jsonschema_rs import Draft202012Validator

from pipeline.error_messages import MESSAGES
from pipeline.settings import Settings
from pipeline.web.app import build_app
from pipeline.web.description import routes_of
from tests.api_examples import TARGET


class Operation(NamedTuple):
    """One operation of the description."""

    path: str
    method: str
    said: dict[str, Any]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    schema = build_app(Settings(home=tmp_path_factory.mktemp("home"))).openapi()
    return dict(json.loads(json.dumps(schema)))


@pytest.fixture(scope="module")
def operations(described: dict[str, Any]) -> list[Operation]:
    return [
        Operation(path, method, said)
        for path, methods in described["paths"].items()
        for method, said in methods.items()
    ]


def answer_of(operation: Operation) -> dict[str, Any]:
    answers: dict[str, Any] = operation.said["responses"]
    return dict(next(answer for status, answer in answers.items() if status.startswith("2")))


def test_it_is_openapi_3_1_and_every_operation_has_a_name_of_its_own(
    described: dict[str, Any], operations: list[Operation]
) -> None:
    names = [operation.said["operationId"] for operation in operations]
    assert described["openapi"].startswith("3.1.")
    assert sorted(names) == sorted(set(names))


def test_every_group_of_operations_is_described(described: dict[str, Any]) -> None:
    assert [tag["name"] for tag in described["tags"] if not tag["description"]] == []


def test_every_operation_shows_an_answer_and_what_it_is_sent(operations: list[Operation]) -> None:
    """New operations are added to `tests/api_examples.py`, which makes the examples anew."""
    shown = json.loads(TARGET.read_text())["operations"]
    silent = [operation.said["operationId"] for operation in operations if operation.said["operationId"] not in shown]
    for operation in operations:
        contents = list(answer_of(operation).get("content", {}).values())
        contents += operation.said.get("requestBody", {}).get("content", {}).values()
        if not all("example" in one or one.get("schema", {}).get("format") == "binary" for one in contents):
            silent.append(operation.said["operationId"])
    assert silent == []


def test_examples_are_what_is_described(described: dict[str, Any], operations: list[Operation]) -> None:
    wrong = []
    for operation in operations:
        parts = [answer_of(operation), operation.said.get("requestBody", {})]
        for content in (
            one for part in parts for kind, one in part.get("content", {}).items() if kind.endswith("json")
        ):
            schema = {**content["schema"], "components": described["components"]}
            errors = Draft202012Validator(schema).iter_errors(content["example"])
            wrong += [f"{operation.said['operationId']}: {error.instance_path}" for error in errors]
    assert wrong == []


def test_every_refusal_is_a_problem_with_a_stable_code(described: dict[str, Any], operations: list[Operation]) -> None:
    codes = described["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert set(MESSAGES) < set(codes)
    for operation in operations:
        for status, answer in operation.said["responses"].items():
            if status.startswith(("4", "5")):
                assert list(answer["content"]) == ["application/problem+json"], operation.said["operationId"]


def test_what_is_not_open_asks_for_a_session_or_a_token(operations: list[Operation]) -> None:
    is_open = {operation.path for operation in operations if not operation.said["security"]}
    assert is_open == {"/health", "/ready", "/api/v1/downloads/{ticket}"}


def test_the_check_of_what_routes_ask_sees_every_route(tmp_path: Path) -> None:
    """The framework lists included routers apart: a check that looks past them finds nothing and passes."""
    paths = {route.path for route in routes_of(build_app(Settings(home=tmp_path)))}
    assert {"/search", "/api/v1/papers/{document_id}", "/sign-in", "/health"} <= paths
