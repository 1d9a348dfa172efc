"""Days and hours at the counters, as each of the databases tells them."""

from datetime import datetime

from sqlalchemy import Column, ColumnElement, func, literal

_ZONE = "Asia/Ho_Chi_Minh"
_AHEAD_OF_UTC = "+7 hours"


def day_of(moment: Column[datetime], *, on_postgresql: bool) -> ColumnElement[str]:
    """The day at the counters, in ISO form."""
    return _on_postgresql(moment, "YYYY-MM-DD") if on_postgresql else func.date(moment, _AHEAD_OF_UTC)


def hour_of(moment: Column[datetime], *, on_postgresql: bool) -> ColumnElement[str]:
    """The hour of the day at the counters, in two digits."""
    return _on_postgresql(moment, "HH24") if on_postgresql else func.strftime("%H", moment, _AHEAD_OF_UTC)


def _on_postgresql(moment: Column[datetime], form: str) -> ColumnElement[str]:
    # Constants of our own, not parameters: else the same expression of SELECT and GROUP BY would be two.
    return func.to_char(func.timezone(_constant(_ZONE), moment), _constant(form))


def _constant(text: str) -> ColumnElement[str]:
    return literal(text, literal_execute=True)
