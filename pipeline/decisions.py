"""Human decisions on their way into the store: append-only objects, written before any row changes."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, TypeVar

from pipeline import keys
from pipeline.ports import ObjectStore
from schemas.decisions import Decided
from schemas.people import Actor

_D = TypeVar("_D", bound=Decided)


def new_decision(kind: type[_D], actor: Actor, subject_id: str, **said: Any) -> _D:
    """A decision of this kind, made now by `actor`."""
    return kind(decision_id=str(uuid.uuid4()), subject_id=subject_id, actor=actor, decided_at=datetime.now(UTC), **said)


@contextmanager
def deciding(store: ObjectStore, decision: Decided) -> Iterator[None]:
    """Keep a decision in the store; the block writes what it makes of rows.

    Until the block is through, a mark tells `resume` that rows are still to be written.

    Raises:
        ServiceUnavailable: store_away; the block has not begun then.
    """
    data = decision.model_dump_json().encode()
    store.put(keys.unapplied(decision.actor.office_id, decision.decision_id), BytesIO(data), "application/json")
    keep(store, decision)
    yield
    applied(store, decision)


def keep(store: ObjectStore, decision: Decided) -> None:
    """Put a decision among those of its subject; again changes nothing. Raises: ServiceUnavailable (store_away)."""
    key = keys.decision(decision.actor.office_id, decision.subject_id, decision.decision_id)
    store.put(key, BytesIO(decision.model_dump_json().encode()), "application/json")


def applied(store: ObjectStore, decision: Decided) -> None:
    """Take the mark off a decision whose rows are written."""
    store.delete(keys.unapplied(decision.actor.office_id, decision.decision_id))
