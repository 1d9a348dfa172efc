"""A paper that somebody opens: why he does, whether he must be asked again, and the trace of it."""

from typing import Annotated

from fastapi import Query, Request

from pipeline.access import purposes_of
from pipeline.errors import Forbidden
from pipeline.web.api import archive_of
from pipeline.web.shown import remember, trace_once, was_shown
from pipeline.web.signed_in import actor_of, signed_in
from schemas.access import Purpose
from schemas.catalog import Sensitive
from schemas.dossier import Paper


class Opened:
    """A paper that somebody with this permission asks for, and why he does.

    A purpose of the address counts only where it is one that this account may say.
    """

    def __init__(
        self, request: Request, document_id: str, purpose: Annotated[Purpose | None, Query(alias="for")] = None
    ) -> None:
        """Raises: NotFound (no_such_paper)."""
        self.request, self.office_id = request, actor_of(request).office_id
        self.purpose = purpose if purpose in purposes_of(signed_in(request).permissions) else None
        self.paper: Paper = archive_of(request).tables.papers.get(self.office_id, document_id)

    @property
    def sensitive(self) -> Sensitive | None:
        """What is sensitive about such papers."""
        kind = archive_of(self.request).catalogue.types.get(self.paper.type)
        return kind.sensitive if kind else None

    @property
    def why(self) -> Purpose | None:
        """Why it is looked at; None: it must be asked."""
        return self.purpose or signed_in(self.request).purpose

    @property
    def must_ask(self) -> bool:
        """Whether it is sensitive, and nobody has asked for it a moment ago."""
        return self.sensitive is not None and not was_shown(
            self.request, "look_sensitive", self.paper.document_id, self.purpose
        )

    def check(self) -> None:
        """Raises: Forbidden (purpose_needed, or ask_again for a sensitive paper that was not asked for)."""
        if self.must_ask:
            raise Forbidden("ask_again", self.paper.document_id)

    def show(self, *, small: bool = False) -> None:
        """Log that it is looked at, unless this look goes on; `small`: only so that it can be told from others.

        Raises: Forbidden, as `check`.
        """
        self.check()
        ids = [self.paper.document_id]
        if self.sensitive is not None:
            remember(self.request, "look_sensitive", ids, self.purpose)  # It lasts while it is being read.
        elif not (small and was_shown(self.request, "search", self.paper.document_id, self.purpose)):
            trace_once(self.request, "look", ids, self.purpose)
