"""Webhooks and the outbox of what they are told, in the database."""

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from pipeline.adapters.database.connections import Connections, now
from pipeline.adapters.database.desk_tables import deliveries, webhooks
from pipeline.adapters.database.places import newest_first
from pipeline.adapters.database.tables import papers
from pipeline.errors import NotFound
from pipeline.program_ports import DueDelivery
from schemas.dossier import Paper
from schemas.hooks import Delivery, HookEvent, Webhook
from schemas.paging import TimePlace

_EVENTS: dict[str, HookEvent] = {"filed": "paper.filed", "needs_review": "paper.needs_review"}
"""By the state that a paper came into; the others are told to nobody."""


def tell(connection: Connection, paper: Paper) -> None:
    """Have the office's webhooks told, by the transaction that writes the paper, that it came into its state."""
    event = _EVENTS.get(paper.state)
    if event is None:
        return
    used = select(webhooks.c.hook_id).where(
        webhooks.c.office_id == paper.actor.office_id, webhooks.c.disabled_at.is_(None)
    )
    hook_ids = connection.execute(used).scalars().all()
    if not hook_ids:
        return
    moment = now(connection)
    row = paper.actor.model_dump() | {"event": event, "document_id": paper.document_id, "made_at": moment}
    rows = [row | {"delivery_id": str(uuid.uuid4()), "hook_id": hook_id} for hook_id in hook_ids]
    connection.execute(insert(deliveries), [one | {"attempts": 0, "next_at": moment} for one in rows])


class HookTable:
    """The port Hooks."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, hook: Webhook, secret: str) -> None:
        """See Hooks."""
        with self._connections.writing() as connection:
            connection.execute(insert(webhooks).values(**hook.model_dump(), secret=secret))

    def get(self, office_id: str, hook_id: str) -> tuple[Webhook, str]:
        """See Hooks."""
        with self._connections.reading() as connection:
            row = _row(connection, office_id, hook_id)
        return _hook(row), row["secret"]

    def of_office(self, office_id: str, limit: int, after: TimePlace | None = None) -> tuple[Webhook, ...]:
        """See Hooks."""
        columns = webhooks.c
        query = select(webhooks).where(columns.office_id == office_id, columns.disabled_at.is_(None))
        with self._connections.reading() as connection:
            rows = connection.execute(newest_first(query, columns.made_at, columns.hook_id, limit, after)).mappings()
            return tuple(_hook(row) for row in rows)

    def remove(self, office_id: str, hook_id: str) -> None:
        """See Hooks."""
        with self._connections.writing() as connection:
            _row(connection, office_id, hook_id)
            mine = (webhooks.c.office_id == office_id) & (webhooks.c.hook_id == hook_id)
            connection.execute(update(webhooks).where(mine).values(disabled_at=now(connection)))
            of_hook = (deliveries.c.office_id == office_id) & (deliveries.c.hook_id == hook_id)
            due = of_hook & deliveries.c.next_at.is_not(None)
            connection.execute(update(deliveries).where(due).values(next_at=None, last_error="hook_removed"))

    def deliveries(
        self, office_id: str, hook_id: str, limit: int, after: TimePlace | None = None
    ) -> tuple[Delivery, ...]:
        """See Hooks."""
        columns = deliveries.c
        query = select(deliveries).where(columns.office_id == office_id, columns.hook_id == hook_id)
        with self._connections.reading() as connection:
            _row(connection, office_id, hook_id)
            page = newest_first(query, columns.made_at, columns.delivery_id, limit, after)
            return tuple(_delivery(row) for row in connection.execute(page).mappings())

    def claim(self, lease_s: float) -> DueDelivery | None:
        """See Hooks."""
        with self._connections.reading() as connection:  # Mostly nothing is due, and looking must stop no writer.
            is_due = deliveries.c.next_at <= now(connection)
            if connection.execute(select(deliveries.c.delivery_id).where(is_due).limit(1)).first() is None:
                return None
        with self._connections.writing() as connection:
            moment = now(connection)
            first = select(deliveries.c.delivery_id).where(deliveries.c.next_at <= moment)
            first = first.order_by(deliveries.c.next_at).limit(1).with_for_update(skip_locked=True)
            delivery_id = connection.execute(first).scalar()
            if delivery_id is None:  # Somebody took it in between.
                return None
            leased = {"next_at": moment + timedelta(seconds=lease_s), "attempts": deliveries.c.attempts + 1}
            connection.execute(update(deliveries).where(deliveries.c.delivery_id == delivery_id).values(**leased))
            return _due(connection, delivery_id)

    def delivered(self, delivery_id: str) -> None:
        """See Hooks."""
        with self._connections.writing() as connection:
            over = {"next_at": None, "delivered_at": now(connection), "last_error": None}
            connection.execute(update(deliveries).where(deliveries.c.delivery_id == delivery_id).values(**over))

    def failed(self, delivery_id: str, error: str, again_in_s: float | None) -> None:
        """See Hooks."""
        with self._connections.writing() as connection:
            again = None if again_in_s is None else now(connection) + timedelta(seconds=again_in_s)
            # What was removed while it was sent is not to be sent again.
            still = (deliveries.c.delivery_id == delivery_id) & deliveries.c.next_at.is_not(None)
            connection.execute(update(deliveries).where(still).values(next_at=again, last_error=error))


def _row(connection: Connection, office_id: str, hook_id: str) -> RowMapping:
    mine = (webhooks.c.office_id == office_id) & (webhooks.c.hook_id == hook_id)
    row = connection.execute(select(webhooks).where(mine, webhooks.c.disabled_at.is_(None))).mappings().first()
    if row is None:
        raise NotFound("no_such_hook", hook_id)
    return row


def _due(connection: Connection, delivery_id: str) -> DueDelivery:
    of_paper = (papers.c.office_id == deliveries.c.office_id) & (papers.c.document_id == deliveries.c.document_id)
    query = (
        select(deliveries, webhooks.c.url, webhooks.c.secret, papers.c.record)
        .join(webhooks, webhooks.c.hook_id == deliveries.c.hook_id)
        .join(papers, of_paper, isouter=True)
        .where(deliveries.c.delivery_id == delivery_id)
    )
    row = connection.execute(query).mappings().one()
    record = row["record"]
    return DueDelivery(
        delivery=_delivery(row),
        url=row["url"],
        secret=row["secret"],
        paper=None if record is None else Paper.model_validate_json(record),
    )


def _hook(row: RowMapping) -> Webhook:
    return Webhook(**{name: row[name] for name in Webhook.model_fields})


def _delivery(row: RowMapping) -> Delivery:
    values: dict[str, Any] = {name: row[name] for name in Delivery.model_fields}
    return Delivery(**values)
