"""Human decisions on their way into the store: append-only objects, written before any row changes."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Protocol, TypeVar

from pipeline import keys
from pipeline.access_ports import AccessLog
from pipeline.ports import ObjectStore
from pipeline.record_ports import Records
from pipeline.recording import record_changes
from schemas.access import AccessEntry
from schemas.decided import Decided
from schemas.decisions import (
    Accept,
    AnyDecision,
    AskScan,
    Confirm,
    Invalidate,
    RegisterDecision,
    Reuse,
    SetCard,
    SetDossier,
    SetField,
    SetOwner,
    SetSame,
    SetSecrecy,
    SetType,
)
from schemas.destruction import Destroy
from schemas.people import Actor

_ABOUT_PAPER = (
    Accept, AskScan, Confirm, Destroy, Invalidate, Reuse, SetCard, SetDossier, SetField, SetOwner, SetSame, SetSecrecy,
    SetType,
)  # fmt: skip
"""Whose subject is a paper."""
_D = TypeVar("_D", bound=Decided)


class DecisionTables(Protocol):
    """The database as decisions need it."""

    @property
    def records(self) -> Records:
        """What is recorded of rows."""
        ...

    @property
    def access_log(self) -> AccessLog:
        """Who decided what."""
        ...


def new_decision(kind: type[_D], actor: Actor, subject_id: str, **said: Any) -> _D:
    """A decision of this kind, made now by `actor`."""
    return kind(decision_id=str(uuid.uuid4()), subject_id=subject_id, actor=actor, decided_at=datetime.now(UTC), **said)


@contextmanager
def deciding(store: ObjectStore, tables: DecisionTables, decision: AnyDecision) -> Iterator[None]:
    """Keep a decision in the store and its hash in the access log; the block writes what it makes of rows.

    Their records follow.

    Until all that is through, a mark tells `resume` that rows are still to be written.

    Raises:
        ServiceUnavailable: store_away, database_away; the block has not begun then.
    """
    data = decision.model_dump_json().encode()
    store.put(keys.unapplied(decision.actor.office_id, decision.decision_id), BytesIO(data), "application/json")
    keep(store, tables.access_log, decision)
    yield
    applied(store, tables.records, decision)


def keep(store: ObjectStore, access_log: AccessLog, decision: AnyDecision) -> None:
    """Put a decision among those of its subject; again changes nothing but that the log has it twice.

    Raises:
        ServiceUnavailable: store_away, database_away.
    """
    key = keys.decision(decision.actor.office_id, decision.subject_id, decision.decision_id)
    stored = store.put(key, BytesIO(decision.model_dump_json().encode()), "application/json")
    about_paper = isinstance(decision, _ABOUT_PAPER)
    access_log.write(
        AccessEntry(
            at=decision.decided_at,
            actor=decision.actor,
            access="decide",
            citizen_id=decision.subject_id if isinstance(decision, RegisterDecision) else None,
            document_id=decision.subject_id if about_paper else None,
            subject_id=f"{decision.subject_id}/{decision.decision_id}",
            object_sha256=stored.sha256,
        )
    )


def applied(store: ObjectStore, records: Records, decision: Decided) -> None:
    """Record what a decision has made of rows, and take its mark off. Raises: ServiceUnavailable."""
    record_changes(store, records, decision.actor.office_id)
    store.delete(keys.unapplied(decision.actor.office_id, decision.decision_id))
