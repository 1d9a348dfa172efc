"""The access log after `hoso restore` and `hoso rebuild`: it goes on, and says what was lost."""

from datetime import UTC, datetime
from typing import Literal

from pipeline.audit.days import offices_in
from pipeline.audit.returning import bring_up_to_date
from pipeline.ports import ObjectStore
from pipeline.settings import Settings
from pipeline.table_ports import Tables
from pipeline.wiring import open_audit_copy
from schemas.access import AccessEntry


def continue_logs(
    settings: Settings,
    store: ObjectStore,
    tables: Tables,
    access: Literal["restore", "rebuild"],
    subject_id: str | None,
) -> tuple[int, int]:
    """Have the logs of all offices go on; how many entries came out of closed days, and how many are lost.

    Raises:
        ServiceUnavailable: store_away, database_away, audit_copy_away.
    """
    taken, lost = 0, 0
    copy, now = open_audit_copy(settings), datetime.now(UTC)
    for office_id in sorted({settings.office_id, *tables.audit.offices(), *offices_in(store)}):
        actor = settings.actor.model_copy(update={"office_id": office_id})
        entry = AccessEntry(at=now, actor=actor, access=access, subject_id=subject_id)
        one_taken, one_lost = bring_up_to_date(store, tables.audit, tables.access_log, copy, entry)
        taken, lost = taken + one_taken, lost + one_lost
    return taken, lost
