"""The API of a real process, asked by schemathesis in every way that its description allows and does not allow."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, get_args
from uuid import UUID

import pytest

from schemas.access import Permission, Role
from tests.system.hoso_up import environment_of, hoso

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
_EXAMPLES = 8
_IMPOSSIBLE = "|".join(
    (
        *("list_.*", "show_queue", "export_dossiers", "search", "receive", "begin_upload", "read_codes"),
        *("open_dossier", "decide", "take_back", "open_a_visit", "make_token", "add_webhook", "note_call", "attach"),
        *("take_delivery", "sign_dossier", "prepare_signing", "finish_signing", "confirm_paper", "answer_item"),
    )
)
_CONFIG = """
hooks = "{hooks}"

[auth.openapi.token]
bearer = "{token}"

# The protocol of resumable uploads answers 412 where its version is missing or another (tus 1.0.0).
[checks]
negative_data_rejection.expected-statuses = ["4xx"]
missing_required_header.expected-statuses = ["4xx"]

# A description of forms cannot tell a scan from noise, or the `next` of a page from letters: what is understood and
# still impossible is refused with 422, what is too large with 413. Everywhere else what fits the description is taken.
[[operations]]
include-operation-id-regex = "^({impossible})$"
checks.positive_data_acceptance.expected-statuses = ["2xx", "304", "401", "403", "404", "409", "412", "413", "422"]
"""
_HOOKS = '''
import uuid

import schemathesis


@schemathesis.hook
def filter_case(context, case):
    """Whether it may be asked.

    It learns from lists which ids there are, and must not end its own token: it would be a stranger from then on.
    A header that nobody knows is no fault in HTTP.
    """
    ends_itself = "OWN_TOKEN_ID" in (case.path_parameters or {}).values()
    return not ends_itself and "x-schemathesis-unknown-property" not in (case.headers or {})


@schemathesis.hook
def before_call(context, case, kwargs):
    """A key that was used for something else is refused, so each request has its own; bad ones stay as they are."""
    if case.headers and case.meta and case.meta.generation.mode.is_positive and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())


@schemathesis.serializer("application/offset+octet-stream")
def blocks_of_an_upload(context, value):
    return value if isinstance(value, bytes) else str(value).encode()
'''


class Served(NamedTuple):
    """The process's address, and a token with every scope."""

    url: str
    token: str
    token_id: str


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    environment = environment_of(tmp_path / "home", HOSO_PARSERS="1")

    def told(*arguments: str) -> str:
        done = subprocess.run(hoso(*arguments), env=environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    told("account", "add", "program", "--no-password", *(part for role in get_args(Role) for part in ("--role", role)))
    token = told("token", "add", "program", *(part for one in get_args(Permission) for part in ("--scope", one)))
    token_id = str(UUID(told("token", "list").splitlines()[1].split()[0]))
    with subprocess.Popen(hoso("web"), env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Served(process.stdout.readline().strip(), token, token_id)
        process.terminate()


def test_the_api_does_what_it_says_and_refuses_the_rest(served: Served, tmp_path: Path) -> None:
    hooks, config = tmp_path / "own_keys.py", tmp_path / "schemathesis.toml"
    hooks.write_text(_HOOKS.replace("OWN_TOKEN_ID", served.token_id))
    config.write_text(_CONFIG.format(token=served.token, hooks=hooks, impossible=_IMPOSSIBLE))
    run = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
    run += [f"{served.url}/api/v1/openapi.json"]
    # Slower than an account may ask.
    how = [
        "--rate-limit",
        "45/s",
        "--phases",
        "examples,coverage,fuzzing",
        "--max-examples",
        str(_EXAMPLES),
        "--seed",
        "1",
        "--no-color",
    ]
    done = subprocess.run(
        [*run, *how, "--wait-for-schema", "120", "--continue-on-failure", "--warnings", "off"],
        cwd=tmp_path,  # where it leaves what it remembers of failures
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-2000:]
