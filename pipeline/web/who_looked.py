"""Who looked at a citizen's papers and why: a page that the officer may turn to the citizen, and print."""

from collections.abc import Iterable
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from pipeline.errors import NotFound
from pipeline.web.api import archive_of, viewer_of
from pipeline.web.signed_in import actor_of, needs, trace
from pipeline.web.templating import render
from pipeline.web.visit_view import LookLine, VisitWords, moment_text
from pipeline.web.visiting import held_visit, visit_desk
from pipeline.web.wording import language_of
from schemas.access import LoggedAccess

router = APIRouter(include_in_schema=False)
_MOST_ENTRIES = 200
"""A printed page or two, since entries of one minute share a line. The whole log is the auditor's to search."""


@router.get("/visits/{visit_id}/who-looked", dependencies=[needs("citizens.open")])
def who_looked(request: Request, visit_id: str) -> HTMLResponse:
    """The newest lines about the citizen of the open visit."""
    visit = held_visit(request, visit_id)
    citizen = visit_desk(request).citizen(visit)
    trace(request, "look", citizen_id=citizen.citizen_id or None, subject_id=visit_id)
    tables, office_id = archive_of(request).tables, actor_of(request).office_id
    found: tuple[LoggedAccess, ...] = ()
    if citizen.citizen_id:
        found = tables.access_log.of_citizen(office_id, citizen.citizen_id, _MOST_ENTRIES + 1)
    lines = _together(_lines(request, found[:_MOST_ENTRIES]))
    now = moment_text(datetime.now(UTC))
    more, office = len(found) > _MOST_ENTRIES, _office(request)
    return render(request, "who_looked.html", visit=visit, lines=lines, more=more, now=now, office=office)


@router.post("/visits/{visit_id}/who-looked/printed", dependencies=[needs("citizens.open")])
def note_print(request: Request, visit_id: str) -> Response:
    """Write down that the list is being printed."""
    citizen = visit_desk(request).citizen(held_visit(request, visit_id))
    trace(request, "print", citizen_id=citizen.citizen_id or None, subject_id=visit_id)
    return Response(status_code=204)


def _office(request: Request) -> str:
    """What the citizen knows the office by; the settings name this installation's own alone."""
    settings, office_id = request.app.state.settings, actor_of(request).office_id
    return settings.office_name if settings.office_name and office_id == settings.office_id else office_id


def _lines(request: Request, found: Iterable[LoggedAccess]) -> Iterable[LookLine]:
    """The entries in words, with names for ids."""
    in_words = VisitWords(viewer_of(request), language_of(request, request.app.state.settings.language))
    office_id = actor_of(request).office_id
    officers = {one.login: one.name for one in archive_of(request).tables.accounts.of_office(office_id)}
    procedures: dict[str, str] = {}
    papers: dict[str, str] = {}
    for logged in found:
        entry = logged.entry
        if entry.visit_id is not None and entry.visit_id not in procedures:
            procedures[entry.visit_id] = _procedure(request, entry.visit_id)
        if entry.document_id is not None and entry.document_id not in papers:
            papers[entry.document_id] = _paper(request, entry.document_id, in_words)
        yield in_words.look(
            logged,
            officers.get(entry.actor.actor_id, entry.actor.actor_id),
            procedures.get(entry.visit_id or "", ""),
            papers.get(entry.document_id or "", ""),
        )


def _together(lines: Iterable[LookLine]) -> tuple[LookLine, ...]:
    """What one officer did in one minute for one purpose is one line, with all papers."""
    merged: dict[tuple[str, ...], LookLine] = {}
    for line in lines:
        alike = merged.setdefault((line.at, line.officer, line.did, line.why), line)
        papers = tuple(dict.fromkeys((*alike.papers, *line.papers)))
        merged[line.at, line.officer, line.did, line.why] = alike.model_copy(update={"papers": papers})
    return tuple(merged.values())


def _procedure(request: Request, visit_id: str) -> str:
    archive = archive_of(request)
    try:
        visit = archive.tables.visits.get(actor_of(request).office_id, visit_id)
    except NotFound:
        return ""
    procedure = archive.catalogue.procedures.get(visit.procedure)
    return procedure.title if procedure else ""


def _paper(request: Request, document_id: str, in_words: VisitWords) -> str:
    archive = archive_of(request)
    try:
        paper = archive.tables.papers.get(actor_of(request).office_id, document_id)
    except NotFound:  # The log outlives the papers.
        return ""
    return in_words.title(archive.catalogue.types[paper.type])
