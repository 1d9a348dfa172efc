"""Rates, scores, the table as CSV and as a picture."""

import csv
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pipeline.adapters.folder_store import FolderStore
from pipeline.figures import KeptFigures, as_csv, figures, keep_days
from pipeline.figures_chart import chart
from schemas.dossiers import Dossier
from schemas.figures import By, Counts, Figures, FigureTable
from schemas.paging import TimePlace

SINCE, UNTIL = date(2026, 3, 2), date(2026, 3, 6)
DAYS = {
    "2026-03-02": Counts(dossiers=4, dossiers_digitised=2, dossiers_reusing=4, papers=10, papers_unasked=9),
    "2026-03-03": Counts(papers=5, values_looked_at=8, values_changed=2, sheets_spared=7),
    "2026-03-05": Counts(dossiers=6, dossiers_digitised=6, papers=1),
}


class Source:
    """Counts as they are given, for every office."""

    def __init__(self, counts: dict[str, Counts]) -> None:
        self._counts = counts

    def count(self, office_id: str, since: date, until: date, by: By) -> dict[str, Counts]:
        return self._counts

    def dossiers_received(
        self, office_id: str, since: date, until: date, limit: int | None = None, after: TimePlace | None = None
    ) -> tuple[Dossier, ...]:
        return ()


def table(counts: dict[str, Counts] = DAYS, by: By = "day", offices: tuple[str, ...] = ("phuong-a",)) -> FigureTable:
    return figures(Source(counts), offices, SINCE, UNTIL, by)


def test_rates_are_parts_of_what_they_are_of() -> None:
    first, second, _ = table().rows
    assert (first.digitisation_rate, first.reuse_rate, first.automation_rate) == (0.5, 1.0, 0.9)
    assert second.field_error == 0.25


def test_without_dossiers_there_is_no_rate_and_no_score() -> None:
    row = table().rows[1]
    assert (row.digitisation_rate, row.digitisation_score, row.reuse_rate) == (None, None, None)


@pytest.mark.parametrize(("digitised", "score"), [(0, 0.0), (4, 0.5), (8, 1.0), (10, 1.0)])
def test_all_points_are_given_at_eighty_percent_and_fewer_below(digitised: int, score: float) -> None:
    row = Figures(key="x", dossiers=10, dossiers_digitised=digitised)
    assert row.digitisation_score == pytest.approx(score)


def test_the_total_is_counted_over_all_rows_and_no_mean_of_rates() -> None:
    assert table().total.digitisation_rate == 0.8
    assert table().total.sheets_spared == 7


def test_offices_are_added_up() -> None:
    both = table(offices=("phuong-a", "phuong-b"))
    assert [row.papers for row in both.rows] == [20, 10, 2]


def test_the_csv_has_every_row_and_the_total() -> None:
    rows = list(csv.DictReader(StringIO(as_csv(table()))))
    assert [row["day"] for row in rows] == [*DAYS, "total"]
    assert rows[0]["digitisation_rate"] == "0.5"
    assert rows[1]["digitisation_rate"] == ""


def test_the_chart_is_an_svg_with_a_line_for_each_share() -> None:
    drawn = ElementTree.fromstring(chart(table()))  # noqa: S314 (our own)
    assert drawn.tag.endswith("svg")
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}polyline"))) >= 3


def test_the_chart_by_procedure_has_a_bar_for_each_known_share() -> None:
    drawn = ElementTree.fromstring(  # noqa: S314 (our own)
        chart(table({"birth_registration": Counts(dossiers=2, dossiers_digitised=1)}, by="procedure"))
    )
    told = [title.text for title in drawn.iter("{http://www.w3.org/2000/svg}title")]
    assert told == ["birth_registration: 50.0 %", "birth_registration: 0.0 %"]


@pytest.mark.parametrize("days", [0, 1, 400])
def test_any_number_of_days_can_be_drawn(days: int) -> None:
    counts = {str(SINCE + timedelta(days=day)): Counts(dossiers=2, dossiers_digitised=1) for day in range(days)}
    assert ElementTree.fromstring(chart(table(counts))) is not None  # noqa: S314 (our own)


def test_a_day_that_was_kept_stays_as_it_was(tmp_path: Path) -> None:
    store, day = FolderStore(tmp_path / "store"), date(2026, 3, 2)
    assert keep_days(store, Source({"birth_registration": Counts(dossiers=4)}), "phuong-a", day + timedelta(days=1))
    assert (
        keep_days(store, Source({"birth_registration": Counts(dossiers=9)}), "phuong-a", day + timedelta(days=2)) == 1
    )
    kept = figures(KeptFigures(store), ["phuong-a"], day, day, "day")
    assert [(row.key, row.dossiers) for row in kept.rows] == [("2026-03-02", 4)]


def test_days_that_no_night_kept_are_kept_later(tmp_path: Path) -> None:
    store, source = FolderStore(tmp_path / "store"), Source({"": Counts(papers=1)})
    assert keep_days(store, source, "phuong-a", date(2026, 3, 3)) == 30
    assert keep_days(store, source, "phuong-a", date(2026, 3, 3)) == 0
    assert keep_days(store, source, "phuong-b", date(2026, 3, 3)) == 30


def test_kept_days_add_up_by_procedure_and_office(tmp_path: Path) -> None:
    store, source = FolderStore(tmp_path / "store"), Source({"birth": Counts(papers=1), "": Counts(papers=2)})
    keep_days(store, source, "phuong-a", date(2026, 3, 4))
    days = (date(2026, 3, 2), date(2026, 3, 5))
    by_procedure = figures(KeptFigures(store), ["phuong-a"], *days, "procedure")
    assert {row.key: row.papers for row in by_procedure.rows} == {"": 4, "birth": 2}
    assert figures(KeptFigures(store), ["phuong-a"], *days, "office").total.papers == 6


def test_days_that_were_never_kept_are_left_out(tmp_path: Path) -> None:
    assert figures(KeptFigures(FolderStore(tmp_path)), ["phuong-a"], SINCE, UNTIL, "day").rows == ()
