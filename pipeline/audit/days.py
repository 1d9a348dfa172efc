"""The closed days of an office's log, as they lie in the store."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import ValidationError

from pipeline import keys
from pipeline.chain import hash_of
from pipeline.errors import NotFound, ServiceUnavailable
from pipeline.ports import ObjectStore, StoredObject
from pipeline.small_objects import read_object
from schemas.audit import ClosedDay, Head


@dataclass(frozen=True)
class StoredDay:
    """A closed day as the store has it.

    `sha256` is its object's hash, `data` its bytes, and `head` what they say: None where they are altered or say
    nothing.
    """

    day: date
    sha256: str
    data: bytes
    head: ClosedDay | None


def stored_days(store: ObjectStore, office_id: str) -> list[StoredObject]:
    """The objects of all closed days, oldest first. Raises: ServiceUnavailable (store_away)."""
    return [one for one in store.find(keys.audit_day(office_id)) if one.key.endswith(".json") and day_of(one.key)]


def day_of(key: str) -> date | None:
    """The day that a key names."""
    try:
        return date.fromisoformat(key.rpartition("/")[2].partition(".")[0])
    except ValueError:
        return None


def load_day(store: ObjectStore, office_id: str, stored: StoredObject) -> StoredDay:
    """A day's head. Raises: ServiceUnavailable (store_away)."""
    day = day_of(stored.key) or date.min
    data = fetched(store, stored.key)
    try:
        head = ClosedDay.model_validate_json(data) if data is not None else None
    except ValidationError:
        head = None
    is_its_own = head is not None and (head.office_id, head.day) == (office_id, day)
    return StoredDay(day, stored.sha256, data or b"", head if is_its_own else None)


def load_lines(store: ObjectStore, office_id: str, day: date) -> list[bytes] | None:
    """A day's lines without their line breaks; None where they are gone or altered.

    Raises: ServiceUnavailable (store_away).
    """
    data = fetched(store, keys.audit_lines(office_id, day))
    return data.splitlines() if data is not None else None


def are_those_of(head: ClosedDay, lines: Sequence[bytes]) -> bool:
    """Whether a day's lines are those that its head speaks of."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line + b"\n")
    ends = hash_of(lines[-1]) if lines else head.previous
    return digest.hexdigest() == head.lines_sha256 and ends == head.sha256


def load_head(store: ObjectStore, office_id: str) -> Head | None:
    """The newest head that was kept; None: none was, or it is altered. Raises: ServiceUnavailable (store_away)."""
    data = fetched(store, keys.audit_head(office_id))
    try:
        return Head.model_validate_json(data) if data is not None else None
    except ValidationError:
        return None


def fetched(store: ObjectStore, key: str) -> bytes | None:
    """An object's bytes; None where it is gone or altered. Raises: ServiceUnavailable (store_away)."""
    try:
        return read_object(store, key)
    except NotFound:
        return None
    except ServiceUnavailable as error:
        if error.code != "object_altered":
            raise
        return None


def offices_in(store: ObjectStore) -> set[str]:
    """The offices whose days or heads lie in the store. Raises: ServiceUnavailable (store_away)."""
    return {one.key.split("/")[1] for folder in ("audit/", "audit-head/") for one in store.find(folder)}
