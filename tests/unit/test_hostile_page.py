"""What docs/hostile-files.md names is there."""

import re

import pytest

from pipeline.error_messages import MESSAGES
from pipeline.settings import Limits, Settings
from tests.topology.compose import ROOT

PAGE = (ROOT / "docs" / "hostile-files.md").read_text()


def test_its_settings_are_there() -> None:
    known = {f"HOSO_{name}".upper() for name in (*Settings.model_fields, *Limits.model_fields)}
    assert set(re.findall(r"HOSO_[A-Z_]+", PAGE)) - known == set()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"tests/[\w./]*\w", PAGE))))
def test_its_tests_are_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_its_codes_are_those_of_errors() -> None:
    named = set(re.findall(r"`([a-z]+_[a-z_]+)`", PAGE)) - {"active_content"}
    assert named - MESSAGES.keys() == set()
    assert {"virus_scanner_away", "infected", "parser_unconfined"} <= MESSAGES.keys()
