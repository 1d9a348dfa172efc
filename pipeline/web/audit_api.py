"""Who looked at a citizen's papers, as part of the JSON API."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from pipeline.audit.seen import Seen, printed_title
from pipeline.errors import NotFound
from pipeline.web.api import archive_of
from pipeline.web.paging import After, Limit, cursor, cut, place_of
from pipeline.web.signed_in import actor_of, needs, signed_in, trace
from schemas.audit import SeenEntry
from schemas.base import Value
from schemas.paging import NumberPlace

router = APIRouter(prefix="/api/v1")


class SeenList(Value):
    """Who looked, newest first; `next` goes on behind them, null at the end."""

    entries: tuple[SeenEntry, ...]
    next: str | None


@router.get("/citizens/{citizen_id}/accesses", dependencies=[needs("log.read")])
def list_accesses(
    request: Request, citizen_id: Annotated[str, Path(max_length=64)], after: After = None, limit: Limit = 100
) -> SeenList:
    """Who looked at a citizen's papers, when, why and in which office, under whichever entries of the register.

    What papers they were is told to whoever may read papers. That this was asked stands in the log itself.
    """
    archive, office_id, place = archive_of(request), actor_of(request).office_id, place_of(after, NumberPlace)
    if archive.tables.people.by_id(office_id, citizen_id) is None:
        raise NotFound("no_such_citizen", citizen_id)
    trace(request, "look", citizen_id=citizen_id, purpose="audit")
    office = request.app.state.settings.office_called(office_id)
    title = printed_title if signed_in(request).may("papers.read") else None
    seen = Seen(archive.tables, archive.catalogue, office_id, office, title)
    rows, last = cut(seen.of_citizen(citizen_id, limit + 1, place.number if place else None), limit)
    return SeenList(entries=tuple(rows), next=cursor(NumberPlace(number=last.number)) if last else None)
