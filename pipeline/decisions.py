"""Human decisions on their way into the store: append-only objects, written before any row changes."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, TypeVar

from pipeline import keys
from pipeline.ports import ObjectStore
from pipeline.record_ports import Records
from pipeline.recording import record_changes
from schemas.decided import Decided
from schemas.people import Actor

_D = TypeVar("_D", bound=Decided)


def new_decision(kind: type[_D], actor: Actor, subject_id: str, **said: Any) -> _D:
    """A decision of this kind, made now by `actor`."""
    return kind(decision_id=str(uuid.uuid4()), subject_id=subject_id, actor=actor, decided_at=datetime.now(UTC), **said)


@contextmanager
def deciding(store: ObjectStore, records: Records, decision: Decided) -> Iterator[None]:
    """Keep a decision in the store; the block writes what it makes of rows, whose records follow.

    Until all that is through, a mark tells `resume` that rows are still to be written.

    Raises:
        ServiceUnavailable: store_away; the block has not begun then.
    """
    data = decision.model_dump_json().encode()
    store.put(keys.unapplied(decision.actor.office_id, decision.decision_id), BytesIO(data), "application/json")
    keep(store, decision)
    yield
    applied(store, records, decision)


def keep(store: ObjectStore, decision: Decided) -> None:
    """Put a decision among those of its subject; again changes nothing. Raises: ServiceUnavailable (store_away)."""
    key = keys.decision(decision.actor.office_id, decision.subject_id, decision.decision_id)
    store.put(key, BytesIO(decision.model_dump_json().encode()), "application/json")


def applied(store: ObjectStore, records: Records, decision: Decided) -> None:
    """Record what a decision has made of rows, and take its mark off. Raises: ServiceUnavailable."""
    record_changes(store, records, decision.actor.office_id)
    store.delete(keys.unapplied(decision.actor.office_id, decision.decision_id))
