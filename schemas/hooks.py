"""Webhooks: other systems that are told what became of papers."""

from datetime import datetime
from typing import Literal

from schemas.base import Value

HookEvent = Literal["paper.filed", "paper.needs_review"]
"""A paper came to be on file, or came to wait for a person."""


class Webhook(Value):
    """An address that is told what becomes of the office's papers. Its secret is told once, when it is added."""

    hook_id: str
    office_id: str
    actor_id: str
    url: str
    made_at: datetime
    disabled_at: datetime | None = None


class Delivery(Value):
    """One event for one address. It is kept when it is over: `delivered_at` is set, or it was given up.

    `next_at` is when it is tried (again); None: it is over. `last_error` is a stable code or an HTTP status.
    """

    delivery_id: str
    hook_id: str
    event: HookEvent
    document_id: str
    made_at: datetime
    attempts: int
    next_at: datetime | None = None
    delivered_at: datetime | None = None
    last_error: str | None = None


class HookBody(Value):
    """What is sent. It names papers by their ids only, so that whoever reads it on the way learns of nobody.

    `at` is when it happened; `type` and `dossier_code` are the paper's as it stands when it is sent.
    """

    event: HookEvent
    delivery_id: str
    document_id: str
    submission_id: str
    dossier_code: str | None
    type: str
    state: Literal["filed", "needs_review"]
    at: datetime
