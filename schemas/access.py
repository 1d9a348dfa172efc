"""Who may do what: accounts, roles, what a role permits, and the trace of every look at a person's papers."""

from datetime import datetime
from typing import Literal

from schemas.base import Value
from schemas.people import Actor

Role = Literal["counter", "reviewer", "head", "auditor", "service", "administrator"]
Permission = Literal[
    "accounts.manage",
    "citizens.open",
    "dossiers.read",
    "dossiers.write",
    "export.read",
    "figures.read",
    "hooks.manage",
    "log.read",
    "metrics.read",
    "papers.confirm",
    "papers.deliver",
    "papers.destroy",
    "papers.read",
    "papers.receive",
    "review.answer",
    "work.read",
    "work.retry",
]
Purpose = Literal["visit", "dossier", "citizen_request", "review", "supervision", "audit", "integration"]
"""Why somebody looks. The data law asks that personal data be used for a stated purpose (Luật 91/2025/QH15)."""
Way = Literal["password", "link", "provider"]
"""How a session was opened; `provider` is the OpenID provider."""
Access = Literal[
    "open_citizen",
    "search",
    "look",
    "look_sensitive",
    "download",
    "reuse",
    "prefill",
    "receive",
    "change",
    "export",
    "print",
    "look_up",
    "sign_in",
    "sign_in_refused",
    "sign_out",
    "account",
    "refused",
    "token",
    "hook",
    "decide",
    "backup",
    "restore",
    "rebuild",
    "close_day",
]
"""What was done. `look` is a page of a person's papers or one paper; `change` is any answer, confirmation or link;
`account` is any change of an account, `token` and `hook` of a program's token and of a webhook; `refused` is what
somebody asked for and may not do, its subject the permission that he lacks. `decide` is the decision itself, as it lies
in the store. `restore` and `rebuild` are the database brought back; `close_day` is a day of this log itself, written
where it cannot be overwritten."""


class Account(Value):
    """Somebody who can sign in, or a program. `login` is unique in the installation, lower case.

    `name` is what colleagues see. `oidc_subject` is `issuer subject` of the provider that vouches for the account; None
    where it signs in by password alone. `must_change`: somebody else knows or has taken away its password, so it may do
    nothing before it has chosen its own. `has_factor`: it also shows a code (RFC 6238) when it signs in.
    """

    account_id: str
    office_id: str
    login: str
    name: str
    roles: tuple[Role, ...]
    created_at: datetime
    disabled_at: datetime | None = None
    oidc_subject: str | None = None
    must_change: bool = False
    has_factor: bool = False

    @property
    def actor(self) -> Actor:
        """As whom the account writes."""
        return Actor(office_id=self.office_id, actor_id=self.login)


class Newcomer(Value):
    """Somebody whom the OpenID provider knows and no account is bound to: an administrator may bind one.

    `oidc_subject` is `issuer subject`, `name` is what the provider calls him.
    """

    oidc_subject: str
    name: str
    came_at: datetime


class ApiToken(Value):
    """What a program shows instead of signing in: some of its account's permissions, for some time.

    `actor_id` made it. Its secret is told once and kept as a hash.
    """

    token_id: str
    office_id: str
    actor_id: str
    account_id: str
    name: str
    scopes: tuple[Permission, ...]
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class SignedIn(Value):
    """Who sends a request, and what he may do.

    `session_id` is the hash of the session's secret, or of the token's. `purpose` and `visit_id` are why he looks at
    papers now; without a purpose no paper is shown. `way` is how the session was opened and `ends_at` when it is over
    if he does nothing more; both are None for a token. `proven_at` is when he last showed that it is he.
    """

    account: Account
    permissions: frozenset[Permission]
    session_id: str
    purpose: Purpose | None = None
    visit_id: str | None = None
    way: Way | None = None
    ends_at: datetime | None = None
    proven_at: datetime | None = None

    @property
    def actor(self) -> Actor:
        """As whom he writes."""
        return self.account.actor

    def may(self, permission: Permission) -> bool:
        """Whether this is permitted to him."""
        return permission in self.permissions


class AccessEntry(Value):
    """One line of the access log. Ids only; the words of a search are not kept, the papers it showed are.

    `citizen_id` and `document_id` are None where the access concerns none; `subject_id` is any other thing (a dossier's
    code, an account, `<subject>/<decision>`). `object_sha256`, in hexadecimal, is the hash of the object in the store
    that an entry stands for: of a decision, or of a closed day.
    """

    at: datetime
    actor: Actor
    access: Access
    purpose: Purpose | None = None
    visit_id: str | None = None
    citizen_id: str | None = None
    document_id: str | None = None
    subject_id: str | None = None
    object_sha256: str | None = None


class LogFilter(Value):
    """Which entries of an office's log are wanted; None asks for nothing.

    `since` and `until` are moments, the latter excluded.
    """

    actor_id: str | None = None
    citizen_id: str | None = None
    document_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class LoggedAccess(Value):
    """An entry as it stands in its office's log.

    `number` counts the office's entries from 1; `previous` is the SHA-256, in hexadecimal, of the line of the entry
    before it, see `pipeline/chain.py`.
    """

    number: int
    previous: str
    entry: AccessEntry
