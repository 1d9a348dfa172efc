"""Receipts of what counters' machines hand over to their centre, and when they may have received it."""

from datetime import datetime, timedelta
from io import BytesIO

from pipeline import keys
from pipeline.errors import NotFound, ScanRejected
from pipeline.ports import ObjectStore
from pipeline.small_objects import read_object
from schemas.delivery import Receipt

DELIVERED = "delivered"
"""Reason of a submission that is done on a counter's machine, since its centre has it."""
OLDEST = timedelta(days=30)
"""No outage lasts longer; a counter's clock that is set wrong does worse."""
_CLOCKS_DIFFER = timedelta(minutes=5)


def find_receipt(store: ObjectStore, office_id: str, delivery_id: str) -> Receipt | None:
    """The receipt of a delivery, or None: it was not taken over. Raises: ServiceUnavailable."""
    try:
        return Receipt.model_validate_json(read_object(store, keys.delivery(office_id, delivery_id)))
    except NotFound:
        return None


def keep_receipt(store: ObjectStore, office_id: str, receipt: Receipt) -> None:
    """Keep a receipt; keeping it again changes nothing. Raises: ServiceUnavailable (store_away)."""
    content = receipt.model_dump_json().encode()
    store.put(keys.delivery(office_id, receipt.delivery_id), BytesIO(content), "application/json")


def require_possible(received_at: datetime, now: datetime) -> None:
    """Refuse a time of receipt that cannot be: terms are counted from it.

    Raises:
        ScanRejected: (bad_received_at) it lies in the future, or more than 30 days back.

    """
    if not now - OLDEST <= received_at <= now + _CLOCKS_DIFFER:
        raise ScanRejected("bad_received_at", received_at.isoformat())
