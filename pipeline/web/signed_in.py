"""What a route asks of who is signed in: a permission, and a trace of what he looks at."""

from collections.abc import Iterable
from datetime import UTC, datetime

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from pipeline.errors import Forbidden
from schemas.access import Access, AccessEntry, Permission, Purpose, SignedIn
from schemas.people import Actor


class Needs:
    """The dependency of a route that asks for a permission; None: anybody who is signed in."""

    def __init__(self, permission: Permission | None) -> None:
        self.permission = permission

    def __call__(self, request: Request) -> None:
        """Raises: Forbidden (not_permitted), which stands in the access log."""
        signed = signed_in(request)
        if self.permission is not None and not signed.may(self.permission):
            at, actor = datetime.now(UTC), signed.actor
            refused = AccessEntry(at=at, actor=actor, access="refused", subject_id=self.permission)
            request.app.state.archive.tables.access_log.write(refused)
            raise Forbidden("not_permitted", self.permission)


class Open:
    """The dependency of a route that is open to everybody."""

    def __call__(self) -> None:
        """Nothing is asked."""


def needs(permission: Permission | None) -> Dependency:
    """For the `dependencies` of a route or router. A route without it, or without `OPEN`, stops the start."""
    dependency: Dependency = Depends(Needs(permission))
    return dependency


OPEN: Dependency = Depends(Open())


def signed_in(request: Request) -> SignedIn:
    """Who asks: set by the gate, so a request that came past it has none."""
    signed: SignedIn = request.state.signed
    return signed


def actor_of(request: Request) -> Actor:
    """As whom the request writes, and for which office it reads."""
    return signed_in(request).actor


def trace(
    request: Request,
    access: Access,
    *,
    citizen_id: str | None = None,
    document_ids: Iterable[str] = (),
    subject_id: str | None = None,
    purpose: Purpose | None = None,
) -> None:
    """Write to the access log, before anything is shown: one entry for each paper, or one for what has none.

    `purpose` is given where the work at hand is one; else it is what the officer said he looks for. A program looks for
    another system, whatever it looks at, and may name the dossier it does so for.

    Raises:
        Forbidden: (purpose_needed) nobody has said why.

    """
    signed = signed_in(request)
    why = signed.purpose if signed.purpose == "integration" else purpose or signed.purpose
    if why is None:
        raise Forbidden("purpose_needed")
    entry = AccessEntry(
        at=datetime.now(UTC),
        actor=signed.actor,
        access=access,
        purpose=why,
        visit_id=signed.visit_id if why == "visit" else None,
        citizen_id=citizen_id,
        subject_id=subject_id or getattr(request.state, "on_behalf", None),
    )
    ids = tuple(document_ids)
    entries = [entry.model_copy(update={"document_id": document_id}) for document_id in ids] or [entry]
    request.app.state.archive.tables.access_log.write(*entries)
