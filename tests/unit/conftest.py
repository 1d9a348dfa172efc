"""The counter that most tests of the archive stand at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.desk import Desk, open_desk
from tests.unit.plain_parsers import PlainParsers


@pytest.fixture
def parsers() -> PlainParsers:
    return PlainParsers()


@pytest.fixture
def desk(tmp_path: Path, parsers: PlainParsers) -> Iterator[Desk]:
    with open_desk(tmp_path, parsers) as opened:
        yield opened
