"""What the page of the figures shows, in one language."""

from collections.abc import Sequence
from datetime import date, timedelta

from pipeline.day_chart import DayValue, Kind, as_text, day_chart
from pipeline.sheets import day_of
from pipeline.web.wording import Language, words
from schemas.base import Value
from schemas.catalog import Catalogue
from schemas.figures import DayOfWork, Figures, FigureTable

_SHARES = (("digitised", "digitisation_rate"), ("reused", "reuse_rate"), ("automatic", "automation_rate"))
_WITH_GOAL = ("digitised", "reused")


class Period(Value):
    """The days shown, both ends included; `days` where they are the last so many."""

    since: date
    until: date
    days: int | None = None


class ChartView(Value):
    """One measure: its sum or share over all days in `total`, and `svg`, drawn by us and safe to stand in a page."""

    name: str
    title: str
    hint: str
    total: str
    svg: str


class RowView(Value):
    """A row of a table: what it is of, and its cells in the order of the heads."""

    title: str
    cells: tuple[str, ...]


class TotalView(Value):
    """A figure that stands for itself."""

    title: str
    number: str


class FiguresView(Value):
    """All that the page shows."""

    totals: tuple[TotalView, ...]
    charts: tuple[ChartView, ...]
    heads: tuple[str, ...]
    procedures: tuple[RowView, ...]
    day_heads: tuple[str, ...]
    days: tuple[RowView, ...]
    all_days: RowView


class FiguresViewer:
    """Shows figures in one language."""

    def __init__(self, catalogue: Catalogue, language: Language) -> None:
        """Args: catalogue: what procedures are called; language: of the browser."""
        self._catalogue, self._words = catalogue, words(language)

    def view(
        self,
        period: Period,
        by_day: FigureTable,
        by_procedure: FigureTable,
        work: Sequence[DayOfWork],
        answer_s: float | None,
    ) -> FiguresView:
        """The whole page. Args: answer_s: the median time of all answers of the period, in seconds."""
        rows = {row.key: row for row in by_day.rows}
        days = [period.since + timedelta(days=number) for number in range((period.until - period.since).days + 1)]
        by_date = [rows.get(day.isoformat(), Figures(key=day.isoformat())) for day in days]
        sums = (*self._cells(by_day.total), _cell(answer_s, "seconds"), "")
        return FiguresView(
            totals=self._totals(by_day.total),
            charts=self._charts(period, by_date, by_day.total, work, answer_s),
            heads=self._heads(),
            procedures=tuple(self._procedure(row) for row in sorted(by_procedure.rows, key=_busiest_first)),
            day_heads=(*self._heads(), self._words["figures_short_answer"], self._words["figures_short_waiting"]),
            days=tuple(self._day(row, of_day) for row, of_day in zip(by_date, work, strict=True)),
            all_days=RowView(title=self._words["figures_total"], cells=sums),
        )

    def _totals(self, total: Figures) -> tuple[TotalView, ...]:
        told = (
            ("dossiers", as_text(total.dossiers, "count")),
            ("papers_in", as_text(total.papers, "count")),
            ("spared", as_text(total.sheets_spared, "count")),
            ("error", self._text(total.field_error, "share")),
        )
        return tuple(TotalView(title=self._words[f"figures_{name}"], number=number) for name, number in told)

    def _charts(
        self,
        period: Period,
        by_date: Sequence[Figures],
        total: Figures,
        work: Sequence[DayOfWork],
        answer_s: float | None,
    ) -> tuple[ChartView, ...]:
        days = [one.day for one in work]
        charts = [self._chart(period, "papers", "count", days, [row.papers for row in by_date], total.papers)]
        for name, measure in _SHARES:
            values = [getattr(row, measure) for row in by_date]
            charts.append(self._chart(period, name, "share", days, values, getattr(total, measure)))
        charts.append(self._chart(period, "answer", "seconds", days, [one.answer_s for one in work], answer_s))
        waiting = [one.waiting for one in work]
        charts.append(self._chart(period, "waiting", "count", days, waiting, waiting[-1]))
        answers = sum(one.answers for one in work)
        return tuple(one.model_copy(update={"hint": one.hint.format(answers)}) for one in charts)

    def _chart(
        self,
        period: Period,
        name: str,
        kind: Kind,
        days: Sequence[date],
        values: Sequence[float | None],
        total: float | None,
    ) -> ChartView:
        title, text = self._words[f"figures_{name}"], self._text(total, kind)
        label = self._words["figures_picture"].format(title, day_of(period.since), day_of(period.until), text)
        points = [DayValue(day, value) for day, value in zip(days, values, strict=True)]
        svg = day_chart(points, kind, label, goal=name in _WITH_GOAL)
        return ChartView(name=name, title=title, hint=self._words[f"figures_{name}_hint"], total=text, svg=svg)

    def _heads(self) -> tuple[str, ...]:
        names = ("dossiers", "papers", *(name for name, _ in _SHARES))
        return tuple(self._words[f"figures_short_{name}"] for name in names)

    def _cells(self, row: Figures) -> tuple[str, ...]:
        shares = (_cell(getattr(row, measure), "share") for _, measure in _SHARES)
        return (as_text(row.dossiers, "count"), as_text(row.papers, "count"), *shares)

    def _procedure(self, row: Figures) -> RowView:
        known = self._catalogue.procedures.get(row.key)
        return RowView(title=known.title if known else self._words["figures_no_procedure"], cells=self._cells(row))

    def _day(self, row: Figures, work: DayOfWork) -> RowView:
        cells = (*self._cells(row), _cell(work.answer_s, "seconds"), as_text(work.waiting, "count"))
        return RowView(title=day_of(work.day), cells=cells)

    def _text(self, value: float | None, kind: Kind) -> str:
        return self._words["figures_none"] if value is None else as_text(value, kind)


def _cell(value: float | None, kind: Kind) -> str:
    return "–" if value is None else as_text(value, kind)


def _busiest_first(row: Figures) -> tuple[bool, int, str]:
    """What has no procedure stands last."""
    return row.key == "", -row.dossiers - row.papers, row.key
