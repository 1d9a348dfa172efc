"""Records follow rows; after an upgrade there are more of them to write than one who waits should wait for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.recording import catch_up, record_changes
from schemas.records import Change
from tests.unit.desk import Desk, open_desk
from tests.unit.plain_papers import BIRTH
from tests.unit.plain_parsers import PlainParsers, scan

OFFICE = "phuong-a"
_BEHIND = 250


@pytest.fixture
def upgraded(tmp_path: Path) -> Iterator[Desk]:
    """An office whose rows have all been noted as changed."""
    with open_desk(tmp_path, PlainParsers()) as desk:
        for number in range(_BEHIND):
            subject = f"{number:032x}"
            desk.tables.records.note(Change(mark=subject, office_id=OFFICE, kind="citizen", subject_id=subject))
        yield desk


def behind(desk: Desk) -> int:
    return len(desk.tables.records.changed(OFFICE, 2 * _BEHIND))


def test_filing_a_paper_does_not_wait_for_all_records_of_an_upgrade(upgraded: Desk) -> None:
    submission = upgraded.receive(scan(BIRTH))
    assert upgraded.archive.process(submission.submission_id)
    assert behind(upgraded) > _BEHIND / 2


def test_who_comes_often_enough_records_everything(upgraded: Desk) -> None:
    while record_changes(upgraded.archive.store, upgraded.tables.records, OFFICE):
        pass
    assert behind(upgraded) == 0


def test_catching_up_records_everything_at_once(upgraded: Desk) -> None:
    assert catch_up(upgraded.archive.store, upgraded.tables.records, OFFICE) == _BEHIND
    assert behind(upgraded) == 0


def test_catching_up_ends_after_as_many_as_it_may(upgraded: Desk) -> None:
    assert catch_up(upgraded.archive.store, upgraded.tables.records, OFFICE, 120) == 120
    assert behind(upgraded) == _BEHIND - 120
