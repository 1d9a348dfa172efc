"""Who looked at a citizen's papers and why: a page that the officer may turn to the citizen, and print."""

from collections.abc import Iterable
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from pipeline.audit.seen import Seen
from pipeline.web.api import archive_of, viewer_of
from pipeline.web.signed_in import actor_of, needs, trace
from pipeline.web.templating import render
from pipeline.web.visit_view import LookLine, VisitWords, moment_text
from pipeline.web.visiting import held_visit, visit_desk
from pipeline.web.wording import language_of

router = APIRouter(include_in_schema=False)
_MOST_ENTRIES = 200
"""A printed page or two, since entries of one minute share a line. The whole log is the auditor's to search."""


@router.get("/visits/{visit_id}/who-looked", dependencies=[needs("citizens.open")])
def who_looked(request: Request, visit_id: str) -> HTMLResponse:
    """The newest lines about the citizen of the open visit."""
    visit = held_visit(request, visit_id)
    citizen = visit_desk(request).citizen(visit)
    trace(request, "look", citizen_id=citizen.citizen_id or None, subject_id=visit_id)
    archive, office_id = archive_of(request), actor_of(request).office_id
    in_words = VisitWords(viewer_of(request), language_of(request, request.app.state.settings.language))
    office = request.app.state.settings.office_called(office_id)
    seen = Seen(archive.tables, archive.catalogue, office_id, office, in_words.title)
    found = seen.of_citizen(citizen.citizen_id, _MOST_ENTRIES + 1) if citizen.citizen_id else ()
    lines = _together(in_words.look(one) for one in found[:_MOST_ENTRIES])
    now, more = moment_text(datetime.now(UTC)), len(found) > _MOST_ENTRIES
    return render(request, "who_looked.html", visit=visit, lines=lines, more=more, now=now, office=office)


@router.post("/visits/{visit_id}/who-looked/printed", dependencies=[needs("citizens.open")])
def note_print(request: Request, visit_id: str) -> Response:
    """Write down that the list is being printed."""
    citizen = visit_desk(request).citizen(held_visit(request, visit_id))
    trace(request, "print", citizen_id=citizen.citizen_id or None, subject_id=visit_id)
    return Response(status_code=204)


def _together(lines: Iterable[LookLine]) -> tuple[LookLine, ...]:
    """What one officer did in one minute for one purpose is one line, with all papers."""
    merged: dict[tuple[str, ...], LookLine] = {}
    for line in lines:
        alike = merged.setdefault((line.at, line.officer, line.did, line.why), line)
        papers = tuple(dict.fromkeys((*alike.papers, *line.papers)))
        merged[line.at, line.officer, line.did, line.why] = alike.model_copy(update={"papers": papers})
    return tuple(merged.values())
