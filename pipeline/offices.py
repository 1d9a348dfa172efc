"""Which offices a database serves."""

from pipeline.settings import Settings
from pipeline.table_ports import Tables


def known_offices(settings: Settings, tables: Tables) -> tuple[str, ...]:
    """The installation's own office, and every other that somebody has an account of; own first.

    Raises:
        ServiceUnavailable: database_away.
    """
    others = {account.office_id for account in tables.accounts.of_office(None)} - {settings.office_id}
    return (settings.office_id, *sorted(others))


def logged_offices(settings: Settings, tables: Tables) -> tuple[str, ...]:
    """Those, and behind them every other that the access log tells of: who had accounts once.

    Raises:
        ServiceUnavailable: database_away.
    """
    return tuple(dict.fromkeys((*known_offices(settings, tables), *tables.audit.offices())))
