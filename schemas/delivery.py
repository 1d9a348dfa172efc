"""What a counter's machine received by itself and hands over to its centre later."""

from datetime import datetime
from typing import Literal

from schemas.base import Value


class Receipt(Value):
    """The centre's acknowledgement: it has every original of a submission, and computed these hashes itself.

    The centre keeps it beside the papers, the counter's machine keeps its own copy: both can prove what was handed
    over, and a delivery that is asked for again is answered with it.
    """

    delivery_id: str
    """The submission's id on the counter's machine."""
    submission_id: str
    """The submission's id at the centre."""
    sha256s: tuple[str, ...]
    """Of the originals, in their order."""
    received_at: datetime
    """When the counter received the papers: the time that counts in law."""
    received_by: str
    """The login of the officer at the counter who received them."""
    taken_at: datetime
    """When the centre took them over."""


class Handover(Value):
    """What became of a submission of a counter's machine when it was handed over.

    `centre_submission_id` is None where the centre has refused it; `code` and `message` then tell why.
    """

    submission_id: str
    state: Literal["delivered", "refused"]
    centre_submission_id: str | None = None
    code: str | None = None
    message: str | None = None


class CentreSeen(Value):
    """How the last try to reach the centre ended.

    `code` is that of the error, None: it answered. `since`: how long this is so.
    """

    tried_at: datetime
    code: str | None
    since: datetime
