"""Human decisions on their way into the store: append-only objects, written before any row changes."""

import uuid
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


def keep_decision(store: ObjectStore, decision: Decided) -> None:
    """Put the decision into the store. Raises: ServiceUnavailable (store_away); nothing may change then."""
    key = keys.decision(decision.actor.office_id, decision.subject_id, decision.decision_id)
    store.put(key, BytesIO(decision.model_dump_json().encode()), "application/json")
