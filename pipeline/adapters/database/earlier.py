"""Papers as they were before a decision, kept for a day, so that it can be taken back."""

import json
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from pipeline.adapters.database.access_tables import access_log
from pipeline.adapters.database.connections import now
from pipeline.adapters.database.desk_tables import earlier_papers
from pipeline.adapters.database.people import holder_of, number_key, remove_entry
from pipeline.adapters.database.tables import (
    paper_pages,
    papers,
)
from pipeline.earlier import is_wordless, may_be_remembered, remembered
from pipeline.review_ports import EarlierPaper
from pipeline.table_ports import PaperChange
from schemas.decided import Decided
from schemas.decisions import TakeBack
from schemas.dossier import Paper

_KEPT = timedelta(days=1)


class Remembering:
    """Notes what a decision changes: made before its rows are written, told to `keep` after."""

    def __init__(self, connection: Connection, decision: Decided, changes: Sequence[PaperChange]) -> None:
        self._connection, self._decision, self._changes = connection, decision, changes
        self._texts = {change.after.document_id: self._earlier_texts(change) for change in changes}
        self._newcomers = {change.after.document_id: self._unknown_numbers(change.after) for change in changes}

    def keep(self) -> None:
        """Write how the papers were, and forget what is a day old."""
        connection, decision = self._connection, self._decision
        office_id, moment = decision.actor.office_id, now(connection)
        old = earlier_papers.c.changed_at < moment - _KEPT
        connection.execute(delete(earlier_papers).where(earlier_papers.c.office_id == office_id, old))
        if not may_be_remembered(self._changes):
            _forget(connection, office_id, self._changes)
            return
        _forget_words(connection, office_id, [change for change in self._changes if is_wordless(change)])
        became = _records(connection, office_id, self._changes)
        rows = [
            decision.actor.model_dump()
            | {"decision_id": decision.decision_id, "document_id": document_id, "changed_at": moment}
            | {"was": was.model_dump_json() if (was := remembered(change)) else None, "became": became[document_id]}
            | {"texts": self._texts[document_id], "entered": " ".join(self._entered(document_id))}
            for change in self._changes
            if (document_id := change.after.document_id)
        ]
        if rows:
            connection.execute(insert(earlier_papers), rows)

    def _earlier_texts(self, change: PaperChange) -> str | None:
        """What stood on the pages, where it becomes other words that may be kept as well."""
        if change.texts is None or change.before is None or is_wordless(change):
            return None
        pages = paper_pages.c
        mine = (pages.office_id == change.before.actor.office_id) & (pages.document_id == change.before.document_id)
        return json.dumps(
            list(self._connection.execute(select(pages.kept_text).where(mine).order_by(pages.page)).scalars())
        )

    def _unknown_numbers(self, paper: Paper) -> list[str]:
        numbers = [person.number for person in paper.people if person.link == "filed" and person.citizen_id is None]
        keys = [number_key(number) for number in numbers if number]
        return [key for key in keys if holder_of(self._connection, paper.actor.office_id, key) is None]

    def _entered(self, document_id: str) -> list[str]:
        office_id = self._decision.actor.office_id
        holders = (holder_of(self._connection, office_id, number) for number in self._newcomers[document_id])
        return [one for one in dict.fromkeys(holders) if one]


def earlier(connection: Connection, office_id: str, decision_id: str) -> tuple[EarlierPaper, ...]:
    """See Papers.earlier."""
    this = (earlier_papers.c.office_id == office_id) & (earlier_papers.c.decision_id == decision_id)
    columns = (earlier_papers.c.was, earlier_papers.c.became, earlier_papers.c.texts, papers.c.record)
    joined = (papers.c.office_id == earlier_papers.c.office_id) & (papers.c.document_id == earlier_papers.c.document_id)
    query = select(*columns).join(papers, joined).where(this).order_by(papers.c.first_page, papers.c.document_id)
    return tuple(
        EarlierPaper(
            was=Paper.model_validate_json(row.was) if row.was else None,
            became=Paper.model_validate_json(row.became),
            now=Paper.model_validate_json(row.record),
            texts=tuple(json.loads(row.texts)) if row.texts else None,
        )
        for row in connection.execute(query)
    )


def forget_taken_back(connection: Connection, decision: TakeBack) -> None:
    """Once a decision is taken back: it cannot be so again, and whom it alone had put on the register leaves it."""
    office_id = decision.actor.office_id
    this = (earlier_papers.c.office_id == office_id) & (earlier_papers.c.decision_id == decision.undone)
    gone = connection.execute(delete(earlier_papers).where(this).returning(earlier_papers.c.entered)).scalars()
    for citizen_id in sorted({one for entered in gone for one in entered.split()}):
        looked = (access_log.c.office_id == office_id) & (
            access_log.c.citizen_id == citizen_id
        )  # opened at the counter
        remove_entry(connection, office_id, citizen_id, looked)


def _forget(connection: Connection, office_id: str, changes: Sequence[PaperChange]) -> None:
    connection.execute(delete(earlier_papers).where(_of(office_id, changes)))


def _forget_words(connection: Connection, office_id: str, changes: Sequence[PaperChange]) -> None:
    if changes:
        connection.execute(update(earlier_papers).where(_of(office_id, changes)).values(texts=None))


def _of(office_id: str, changes: Sequence[PaperChange]) -> ColumnElement[bool]:
    ids = [change.after.document_id for change in changes]
    return (earlier_papers.c.office_id == office_id) & earlier_papers.c.document_id.in_(ids)


def _records(connection: Connection, office_id: str, changes: Sequence[PaperChange]) -> dict[str, str]:
    ids = [change.after.document_id for change in changes]
    query = select(papers.c.document_id, papers.c.record).where(
        papers.c.office_id == office_id, papers.c.document_id.in_(ids)
    )
    return {row.document_id: row.record for row in connection.execute(query)}
