"""The figures of an office: how much is digitised, used again, and done without asking anybody."""

from datetime import date, datetime
from typing import Literal

from pydantic import computed_field

from schemas.base import Value

By = Literal["day", "office", "procedure"]
_FULL_SCORE_AT = 0.8


class Counts(Value):
    """What is counted.

    Dossiers count on the day they were received, with all that was put into them since; papers on the day they were
    filed; values on the day an officer answered.
    """

    dossiers: int = 0
    dossiers_digitised: int = 0
    """With a file among the papers handed in and a file of the result."""
    dossiers_reusing: int = 0
    """With one paper or more that was not brought, because it was on file."""
    papers: int = 0
    """Filed, or filed after an officer was asked; refused ones are none."""
    papers_unasked: int = 0
    """Filed as they were read."""
    values_looked_at: int = 0
    """Read values that an officer was shown and answered."""
    values_changed: int = 0
    """Of these, the ones that the officer gave otherwise."""
    sheets_spared: int = 0
    """Pages of papers used again, and one for each paper whose data were found in a national database."""


class Figures(Counts):
    """Counts with the shares they give, each 0..1 or None where there is nothing to share out.

    Digitisation and reuse as QĐ 766/QĐ-TTg (2022) defines them, group "số hóa hồ sơ", 4.2 and 4.3; a score is the share
    of an indicator's points: all at 80 % and above, below that the rate over 80 %.
    """

    key: str
    """The day in ISO form, the office's id or the procedure's; empty where a dossier's or paper's is not known."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def digitisation_rate(self) -> float | None:
        """QĐ 766, 4.2: dossiers with a file among their papers and a result file, of those received."""
        return _share(self.dossiers_digitised, self.dossiers)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def digitisation_score(self) -> float | None:
        """Share of the points of 4.2."""
        return _score(self.digitisation_rate)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def reuse_rate(self) -> float | None:
        """QĐ 766, 4.3: dossiers with a paper that was used again, of those received."""
        return _share(self.dossiers_reusing, self.dossiers)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def reuse_score(self) -> float | None:
        """Share of the points of 4.3."""
        return _score(self.reuse_rate)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def automation_rate(self) -> float | None:
        """Papers filed without asking anybody, of all filed."""
        return _share(self.papers_unasked, self.papers)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def field_error(self) -> float | None:
        """Values changed by officers, of those they looked at."""
        return _share(self.values_changed, self.values_looked_at)


class KeptDay(Value):
    """A day's counts by procedure ("" where it is not known), as they stood at `kept_at`.

    Dossiers of the day that are completed later change its live figures, and not these: a report can be shown again as
    it was given.
    """

    day: date
    kept_at: datetime
    by_procedure: dict[str, Counts]


class DayOfWork(Value):
    """What waited at the end of a day at the counters, and how long answers took on it.

    `waiting`: submissions that had been received and not been read; of today, as it is now. `answer_s`: the median time
    from a question's being shown to its answer, in seconds; None where no time is known.
    """

    day: date
    waiting: int
    answers: int
    answer_s: float | None


class FigureTable(Value):
    """The figures of some days, both ends included: a row for each key with anything to count, by key, and all."""

    since: date
    until: date
    by: By
    rows: tuple[Figures, ...]
    total: Figures


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _score(rate: float | None) -> float | None:
    return None if rate is None else min(1.0, rate / _FULL_SCORE_AT)
