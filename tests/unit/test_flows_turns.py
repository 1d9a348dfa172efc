"""A schedule that meets itself: the second run ends at once and leaves everything as it is."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import batch, nightly, sweep
from pipeline.adapters import flow_server
from pipeline.adapters.database.engine import Database, open_database
from pipeline.settings import load_settings
from pipeline.turns import turn
from pipeline.wiring import open_store
from tests.unit.plain_papers import BIRTH
from tests.unit.plain_parsers import scan


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("HOSO_HOME", str(tmp_path))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setattr(batch, "_LOOK_AGAIN_S", 0.0)
    opened = open_database(load_settings().database_url)
    yield opened
    opened.close()


def test_the_inbox_is_gone_through_by_one_at_a_time(tables: Database, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox" / "birth_registration"
    inbox.mkdir(parents=True)
    (inbox / "a.pdf").write_bytes(scan(BIRTH))
    with turn(tables.turns, flow_server.RECEIVE_FOLDER, 60):
        batch._receive_folder(load_settings())
        assert tables.leases.waiting(9) == ()
    batch._receive_folder(load_settings())
    (waiting,) = tables.leases.waiting(9, "backlog")
    assert tables.submissions.get("local", waiting).procedure == "birth_registration"


def test_a_sweep_that_meets_another_ends_at_once(tables: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    swept = threading.Event()
    monkeypatch.setattr(sweep, "_put_right", lambda *_: swept.set())
    with turn(tables.turns, flow_server.SWEEP, 60):
        sweep._sweep()
        assert not swept.is_set()
    sweep._sweep()
    assert swept.is_set()


def test_marks_and_figures_are_made_by_one_at_a_time(tables: Database, tmp_path: Path) -> None:
    store = open_store(load_settings())
    with turn(tables.turns, flow_server.KEEP_FIGURES, 60), turn(tables.turns, flow_server.MARK_PAPERS, 60):
        nightly._keep_figures()
        nightly._mark_papers()
        assert list(store.find("figures/")) == []
    nightly._keep_figures()
    nightly._mark_papers()
    assert list(store.find("figures/local/"))
