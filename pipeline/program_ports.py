"""What programs that use hoso ask of the database. Contract tests run on both databases."""

from datetime import date, datetime
from typing import Literal, Protocol

from schemas.access import Account, ApiToken
from schemas.base import Value
from schemas.dossier import Paper, SubmissionState
from schemas.hooks import Delivery, Webhook
from schemas.paging import TimePlace
from schemas.people import Actor


class ApiTokens(Protocol):
    """Tokens of programs, by the hash of their secret. Times are the database's clock."""

    def add(self, token: ApiToken, secret_sha256: str) -> None:
        """Add a token."""
        ...

    def use(self, secret_sha256: str) -> tuple[ApiToken, Account] | None:
        """The token and whose it is, unless it has expired or was revoked, or its account is disabled."""
        ...

    def of_office(self, office_id: str, limit: int, after: TimePlace | None = None) -> tuple[ApiToken, ...]:
        """All that were ever made, newest first; those behind a place."""
        ...

    def revoke(self, office_id: str, token_id: str) -> None:
        """End it; one that has ended stays as it is. Raises: NotFound (no_such_token), for another office's as well."""
        ...


KEEP_ANSWERS_S = 24 * 3600.0
"""How long an idempotency key holds."""


class AnsweredRequest(Value):
    """The answer that a request with an idempotency key was given. `request_sha256` is over what was asked."""

    request_sha256: str
    status: int
    media_type: str | None
    body: str


class AnsweredRequests(Protocol):
    """Answers by idempotency key, each actor's own. Times are the database's clock."""

    def begin(
        self, actor: Actor, key: str, keep_s: float, abandoned_s: float
    ) -> AnsweredRequest | Literal["busy"] | None:
        """The answer that was given no longer than `keep_s` ago; busy: somebody is answering it; None: you do.

        Of several who begin at once one gets None. Who has not finished after `abandoned_s` is taken for dead.
        """
        ...

    def finish(self, actor: Actor, key: str, answer: AnsweredRequest) -> None:
        """Keep the answer."""
        ...

    def forget(self, actor: Actor, key: str) -> None:
        """The request left nothing to be kept: whoever sends it again has it answered anew."""
        ...

    def expire(self, keep_s: float) -> int:
        """Remove what is older; return how many."""
        ...


class DueDelivery(Value):
    """A delivery to be made now. `paper` is None where the paper is no longer known."""

    delivery: Delivery
    url: str
    secret: str
    paper: Paper | None


class Hooks(Protocol):
    """Webhooks, and what is to be delivered to them. Deliveries are written in the transaction that changes a paper."""

    def add(self, hook: Webhook, secret: str) -> None:
        """Add an address; it is told what happens from now on."""
        ...

    def get(self, office_id: str, hook_id: str) -> tuple[Webhook, str]:
        """The address and its secret. Raises: NotFound (no_such_hook), for another office's as well."""
        ...

    def of_office(self, office_id: str, limit: int, after: TimePlace | None = None) -> tuple[Webhook, ...]:
        """The addresses in use, newest first; those behind a place."""
        ...

    def remove(self, office_id: str, hook_id: str) -> None:
        """Tell it nothing any more, not even what is due. Raises: NotFound (no_such_hook)."""
        ...

    def deliveries(
        self, office_id: str, hook_id: str, limit: int, after: TimePlace | None = None
    ) -> tuple[Delivery, ...]:
        """What is and was to be delivered, newest first; those behind a place. Raises: NotFound (no_such_hook)."""
        ...

    def claim(self, lease_s: float) -> DueDelivery | None:
        """The delivery of any office that is due for longest, with attempts + 1; nobody else gets it for `lease_s`."""
        ...

    def delivered(self, delivery_id: str) -> None:
        """It has arrived."""
        ...

    def failed(self, delivery_id: str, error: str, again_in_s: float | None) -> None:
        """It has not arrived; it is due again after `again_in_s`, never again with None."""
        ...


class Load(Value):
    """How much waits, over all offices. `deliveries_waiting` and `deliveries_given_up` are of webhooks."""

    submissions: dict[SubmissionState, int]
    oldest_waiting_since: datetime | None
    """When the submission that waits for longest was received; None: none waits."""
    open_questions: int
    sessions: int
    deliveries_waiting: int
    deliveries_given_up: int
    deliveries_made: int
    requests_overdue: int
    """Requests of citizens about their data that should have been answered or done by now."""
    integrity_findings: int
    """What the checks of store and database have found and could not put right."""
    integrity_checked_at: datetime | None
    """When the office whose check is oldest was checked; None: none was."""
    log_unclosed_since: date | None
    """Of all offices the oldest day of the access log that is not closed; None: there are no entries."""


class LoadSource(Protocol):
    """What the database knows of how much waits."""

    def measure(self) -> Load:
        """The load now."""
        ...

    def answer(self) -> None:
        """Returns when the database answers. Raises: ServiceUnavailable (database_away)."""
        ...
