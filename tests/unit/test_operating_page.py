"""What the operator's page names is there: an operator in trouble types what it says."""

import re

import pytest

from pipeline.cli import _COMMANDS
from pipeline.error_messages import MESSAGES
from pipeline.settings import Limits, Settings
from pipeline.web.words import PAIRS
from tests.topology.compose import ROOT, SERVICES

PAGE = (ROOT / "docs" / "operating.md").read_text()
_CODES = [line.split("`")[1] for line in PAGE.splitlines() if re.match(r"\| `[a-z]+_[a-z_]+` \|", line)]


def test_its_commands_are_there() -> None:
    named = set(re.findall(r"`(?:sudo )?hoso ([a-z]+)", PAGE)) | set(re.findall(r"web hoso ([a-z]+)", PAGE))

    assert named - _COMMANDS.keys() == set()
    assert {"doctor", "backup", "restore", "verify", "rebuild", "account"} <= named


@pytest.mark.parametrize("path", sorted(set(re.findall(r"(?:docs|\.ci)/[\w./-]*\w", PAGE))))
def test_its_files_are_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_its_make_targets_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text()

    for target in re.findall(r"`make ([a-z-]+)`", PAGE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("code", _CODES)
def test_its_codes_are_those_of_errors(code: str) -> None:
    assert code in MESSAGES


def test_its_variables_are_settings() -> None:
    known = {f"HOSO_{field.upper()}" for settings in (Settings, Limits) for field in settings.model_fields}
    # Of the compose file alone.
    folders = {"HOSO_INBOX_FOLDER", "HOSO_BACKUP_FOLDER", "HOSO_AUDIT_FOLDER", "HOSO_ROOTS_FOLDER"}

    assert set(re.findall(r"HOSO_[A-Z0-9_]+", PAGE)) - known - folders == set()


def test_its_parts_are_services() -> None:
    for parts in re.findall(r"docker compose (?:logs|ps) ([a-z0-9 ]+)`", PAGE):
        assert set(parts.split()) <= SERVICES.keys()


@pytest.mark.parametrize("words", re.findall(r"\*([^*\n]*[à-ỹÀ-Ỹđ][^*\n]*)\*", PAGE))
def test_it_calls_things_as_the_pages_do(words: str) -> None:
    assert any(words.lower() == shown.lower() for shown, _ in PAIRS.values())
