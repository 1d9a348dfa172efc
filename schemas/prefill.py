"""What is known beforehand for the fields of a form, with where each value comes from."""

from datetime import datetime
from typing import Literal

from schemas.base import Value
from schemas.catalog import FieldKind


class KnownValue(Value):
    """One value and its provenance: the register, or a field of a paper.

    `confirmed_at` and `confirmed_by` tell when and by whom that paper was compared with its original; None: nobody did.
    """

    value: str
    source: Literal["register", "paper"]
    document_id: str | None = None
    document_type: str | None = None
    field: str | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None


class PrefillField(Value):
    """One field of a form. `value` is None where nothing certain is known, or what is known disagrees (`conflict`)."""

    name: str
    label: str
    kind: FieldKind
    value: str | None
    conflict: bool
    known: tuple[KnownValue, ...]
