"""Marks that a nightly look puts on papers: whose term is over or nearly so, and which need be kept no longer."""

from datetime import date
from typing import Literal

from schemas.base import Value

MarkKind = Literal["expired", "expiring", "keeping_over"]
"""`expired`: its validity has ended, and it is kept for look-up (NĐ 45/2020/NĐ-CP, Điều 15). `expiring`: it ends within
thirty days. `keeping_over`: the term for which it must be kept is over; nothing is removed for that."""


class PaperMark(Value):
    """A mark on a paper. `day`: the last day of its validity, or the first on which it need be kept no longer."""

    document_id: str
    kind: MarkKind
    day: date
