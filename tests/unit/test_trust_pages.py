"""The pages about trust name only tests that there are, and say what their tables say."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATES = ("met", "not met", "n/a")


@cache
def known_tests() -> frozenset[str]:
    sources = sorted((ROOT / "tests").rglob("test_*.py"))
    return frozenset(name for one in sources for name in re.findall(r"^def (test_\w+)", one.read_text(), re.MULTILINE))


def rows(page: str) -> list[list[str]]:
    """The cells of all tables of a page but their heads."""
    lines = [line for line in (ROOT / "docs" / page).read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] not in ("line", "who")]


def named(text: str) -> set[str]:
    return set(re.findall(r"`(test_\w+)`", text))


@pytest.mark.parametrize("page", ["asvs.md", "threat-model.md"])
def test_every_test_that_a_page_of_trust_names_exists(page: str) -> None:
    told = named((ROOT / "docs" / page).read_text())
    assert len(told) > 30
    assert told - known_tests() == set()


def test_every_line_of_the_standard_stands_once_with_a_state_and_what_shows_it() -> None:
    lines = rows("asvs.md")
    assert len({line[0] for line in lines}) == len(lines) > 100
    assert [line[0] for line in lines if line[2] not in STATES] == []
    assert [line[0] for line in lines if line[2] == "met" and not named(line[4])] == []
    assert [line[0] for line in lines if line[2] != "met" and not line[3]] == []


def test_the_standards_page_counts_its_own_lines() -> None:
    told = re.search(r"\*\*(\d+) met, (\d+) not met, (\d+) not applicable", (ROOT / "docs" / "asvs.md").read_text())
    assert told
    states = [line[2] for line in rows("asvs.md")]
    assert [int(number) for number in told.groups()] == [states.count(state) for state in STATES]


def test_every_threat_is_met_by_something_that_is_shown_and_leaves_something() -> None:
    threats = rows("threat-model.md")
    assert len(threats) >= 9
    assert [one[0] for one in threats if len(one) != 5 or not named(one[3]) or not one[4]] == []
