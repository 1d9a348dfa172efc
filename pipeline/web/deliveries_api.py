"""What a counter's machine received while this centre was away, handed over later.

A delivery has the id that the submission has on the counter's machine, so it may be asked for again however often: what
was taken over once is answered with its receipt.
"""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, Field

from pipeline.deliveries import find_receipt, keep_receipt, require_possible
from pipeline.errors import NotFound
from pipeline.web.api import archive_of
from pipeline.web.handing_in import HandIn, hand_in
from pipeline.web.signed_in import actor_of, needs
from schemas.delivery import Receipt

router = APIRouter(prefix="/api/v1", dependencies=[needs("papers.deliver")])


class Delivery(HandIn):
    """Uploads that a counter received as what belongs together: when, and by which officer's login there."""

    received_at: AwareDatetime
    received_by: Annotated[str, Field(min_length=1, max_length=64)]


@router.get("/deliveries/{delivery_id}")
def show_receipt(request: Request, delivery_id: UUID) -> Receipt:
    """The receipt of a delivery; 404 `no_such_delivery`: it was not taken over."""
    receipt = find_receipt(archive_of(request).store, actor_of(request).office_id, str(delivery_id))
    if receipt is None:
        raise NotFound("no_such_delivery", str(delivery_id))
    return receipt


@router.put("/deliveries/{delivery_id}")
def take_delivery(request: Request, delivery_id: UUID, asked: Delivery) -> Receipt:
    """Take over what a counter's machine received; it is safe when this answers. Asked again it changes nothing.

    `received_at` counts as the time of receipt; it lies at most 30 days back. Content that the office has already is
    not taken again: the receipt names the submission that it was.
    """
    archive, office_id = archive_of(request), actor_of(request).office_id
    known = find_receipt(archive.store, office_id, str(delivery_id))
    if known is not None:
        return known
    now = datetime.now(UTC)
    require_possible(asked.received_at, now)
    submission = archive.tables.submissions.get(office_id, hand_in(request, asked, asked.received_at))
    receipt = Receipt(
        delivery_id=str(delivery_id),
        submission_id=submission.submission_id,
        sha256s=tuple(source.sha256 for source in submission.sources),
        received_at=asked.received_at,
        received_by=asked.received_by,
        taken_at=now,
    )
    keep_receipt(archive.store, office_id, receipt)
    return receipt
