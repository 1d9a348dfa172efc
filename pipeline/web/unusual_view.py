"""What the page of the access log tells of who looked at papers of unusually many people, in one language."""

from collections.abc import Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

from pipeline.audit.unusual import KNOWN_DAYS, unusual_days
from pipeline.day_chart import DayValue, as_text, day_chart
from pipeline.sheets import day_of
from pipeline.web.wording import Language, words
from schemas.access import Account
from schemas.audit import DayOfLooks, UnusualDay
from schemas.base import Value


class UnusualRow(Value):
    """An account's day: whose, which, what is unusual, and the query of an address that leads to its entries."""

    name: str
    day: str
    seen: str
    query: str


class UnusualView(Value):
    """What is told; `svg` shows the office's looks by day, drawn by us and safe to stand in a page."""

    rows: tuple[UnusualRow, ...]
    looks: str
    svg: str


def unusual_view(
    days: Sequence[DayOfLooks], today: date, accounts: Sequence[Account], language: Language
) -> UnusualView:
    """Args: days: those of one office; accounts: of the same."""
    said, known = words(language), {one.login: one for one in accounts}
    looks = as_text(sum(one.looks for one in days), "count")
    return UnusualView(
        rows=tuple(_row(one, known.get(one.login), said) for one in unusual_days(days)),
        looks=looks,
        svg=_chart(days, today, said, looks),
    )


def _row(one: UnusualDay, account: Account | None, said: dict[str, str]) -> UnusualRow:
    seen = said["unusual_seen"].format(as_text(one.people, "count"), as_text(one.usual, "count"))
    night = said["unusual_night"].format(as_text(one.at_night, "count")) if one.at_night else ""
    # What was done at the command line has a login and no account; then the day alone is shown.
    whose = {"account": account.account_id} if account else {}
    return UnusualRow(
        name=account.name if account else one.login,
        day=day_of(one.day),
        seen=seen + night,
        query=urlencode(whose | {"since": str(one.day), "until": str(one.day)}),
    )


def _chart(days: Sequence[DayOfLooks], today: date, said: dict[str, str], looks: str) -> str:
    shown = [today - timedelta(days=back) for back in reversed(range(KNOWN_DAYS))]
    points = [DayValue(day, sum(one.looks for one in days if one.day == day)) for day in shown]
    label = said["figures_picture"].format(said["unusual_looks"], day_of(shown[0]), day_of(today), looks)
    return day_chart(points, "count", label)
