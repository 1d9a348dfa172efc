"""The receiving page: the officer's table, what it is about, the scan folder, and what became of what was handed in."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from pipeline.errors import HosoError, NotFound, ScanRejected
from pipeline.scanned_codes import ScannedCode, read_scanned_code
from pipeline.uploads import Circumstances
from pipeline.web.api import archive_of, viewer_of
from pipeline.web.handing_in import circumstances_of, hand_in_table, purpose_of_receiving, said_by_visit
from pipeline.web.receiving import receiving_of
from pipeline.web.signed_in import actor_of, needs, signed_in, trace
from pipeline.web.templating import render
from pipeline.web.upload_views import UploadView, waiting_views
from pipeline.web.views import SubmissionView
from pipeline.web.wording import language_of
from schemas.base import Value
from schemas.dossier import Channel, Submission

router = APIRouter(include_in_schema=False, dependencies=[needs("papers.receive")])
_RECENT = 10
_SETTLED_S = 5.0
"""A file of the scan folder that did not change for so long is complete."""
_MOST_SHOWN = 24


class ScanView(Value):
    """A file of the scan folder."""

    file_id: str
    name: str
    arrived_at: datetime
    settled: bool


@router.get("/receive")
def receive_page(request: Request, dossier: Annotated[str, Query(max_length=100)] = "") -> HTMLResponse:
    """The officer's table, and what he handed in last; `dossier` is the code of the one that the papers are for."""
    if dossier:
        _take_code(request, dossier)
    actor = actor_of(request)
    recent = archive_of(request).tables.submissions.recent(actor.office_id, _RECENT, actor.actor_id)
    limit_mb = receiving_of(request).uploads.limit_bytes >> 20
    shown = [_shown(request, one) for one in recent]
    return render(request, "receive.html", submissions=shown, limit_mb=limit_mb, **_table(request))


@router.get("/receive/table")
def table_part(request: Request) -> HTMLResponse:
    """The table as it stands."""
    return _table_part(request)


@router.get("/receive/submissions/{submission_id}")
def submission_part(request: Request, submission_id: str) -> HTMLResponse:
    """One submission's card."""
    submission = archive_of(request).tables.submissions.get(actor_of(request).office_id, submission_id)
    return render(request, "submission.html", submission=_shown(request, submission))


@router.post("/receive/hand-in")
def hand_in_part(
    request: Request,
    uploads: Annotated[list[str], Form(max_length=200)],
    together: Annotated[bool, Form()] = False,
) -> HTMLResponse:
    """Hand in what waits, as one set or each for itself; answer with the cards of what it became.

    What is refused keeps waiting, and the table says why.
    """
    receiving, session_id = receiving_of(request), signed_in(request).session_id
    circumstances = circumstances_of(request)
    received, refused = [], None
    for group in [uploads] if together else [[one] for one in uploads]:
        try:
            received.append(hand_in_table(request, group, circumstances))
        except (ScanRejected, NotFound) as error:
            refused = error.message(language_of(request))
    if refused is None:  # the next citizen's papers are about something else
        receiving.uploads.set_circumstances(session_id, Circumstances())
    tables, office_id = archive_of(request).tables, actor_of(request).office_id
    shown = [_shown(request, tables.submissions.get(office_id, one)) for one in dict.fromkeys(received)]
    return render(request, "received.html", submissions=shown, refused=refused)


@router.post("/receive/code")
def say_code(request: Request, text: Annotated[str, Form(max_length=2000)]) -> HTMLResponse:
    """Take what a reader has read, or what was typed: whose dossier it is, or who hands in. It proves nothing.

    Raises:
        ScanRejected: unknown_code.
    """
    _take_code(request, text)
    return _table_part(request)


@router.post("/receive/circumstances")
def say_circumstances(
    request: Request,
    procedure: Annotated[str, Form(max_length=100)] = "",
    channel: Annotated[Channel, Form()] = "counter",
    forget: Annotated[str, Form(pattern="^(|dossier|person)$")] = "",
) -> HTMLResponse:
    """Say what the papers are for and how they came, or take a dossier or a person back.

    Raises:
        NotFound: no_such_procedure.
    """
    if procedure and procedure not in archive_of(request).catalogue.procedures:
        raise NotFound("no_such_procedure")
    receiving, session_id = receiving_of(request), signed_in(request).session_id
    told: dict[str, str | None] = {"procedure": procedure or None, "channel": channel}
    if forget == "dossier":
        told["dossier_code"] = None
    if forget == "person":
        told |= {"handed_in_by": None, "name": None}
    known = receiving.uploads.circumstances(session_id)
    receiving.uploads.set_circumstances(session_id, known.model_copy(update=told))
    return _table_part(request)


@router.post("/receive/folder")
def take_from_folder(request: Request, file_id: Annotated[list[str], Form(max_length=200)]) -> HTMLResponse:
    """Take files out of the scan folder onto this table; what somebody else has taken is told.

    Raises:
        NotFound: (no_such_upload) none of them is there any more.
    """
    _own_folder(request)
    receiving, session_id = receiving_of(request), signed_in(request).session_id
    gone: HosoError | None = None
    for one in file_id:
        try:
            upload_id = receiving.take(session_id, one)
        except (NotFound, ScanRejected) as error:
            gone = error
            continue
        trace(request, "receive", subject_id=upload_id, purpose=purpose_of_receiving(request))
    if gone is not None and len(file_id) == 1:
        raise gone
    return _table_part(request)


@router.get("/receive/folder/{file_id}.jpg")
def folder_picture(request: Request, file_id: str) -> Response:
    """The first page of a file in the scan folder, small."""
    _own_folder(request)
    trace(request, "look", subject_id=file_id, purpose=purpose_of_receiving(request))
    return Response(receiving_of(request).picture(file_id), media_type="image/jpeg")


def _take_code(request: Request, text: str) -> None:
    read = read_scanned_code(text, archive_of(request).catalogue.procedures.values())
    if read is None:
        raise ScanRejected("unknown_code")
    receiving, session_id = receiving_of(request), signed_in(request).session_id
    known = receiving.uploads.circumstances(session_id)
    receiving.uploads.set_circumstances(session_id, known.model_copy(update=_said(request, read)))


def _said(request: Request, read: ScannedCode) -> dict[str, str | None]:
    """What a code changes of what is known. A dossier on file knows its procedure itself."""
    told: dict[str, str | None] = {}
    if read.dossier_code is not None:
        told["dossier_code"] = read.dossier_code
        try:
            dossier = archive_of(request).tables.dossiers.get(actor_of(request).office_id, read.dossier_code)
        except NotFound:  # it may be known by its papers only later
            procedure = read.procedure
        else:
            procedure = dossier.procedure or read.procedure
        if procedure is not None:
            told["procedure"] = procedure
    if read.personal_id is not None:
        told |= {"handed_in_by": read.personal_id, "name": read.name}
    return told


def _table_part(request: Request) -> HTMLResponse:
    return render(request, "receive_table.html", **_table(request))


def _table(request: Request) -> dict[str, Any]:
    waiting: tuple[UploadView, ...] = waiting_views(request)
    procedures = archive_of(request).catalogue.procedures.values()
    return {
        "waiting": waiting,
        "ready": [one for one in waiting if one.may_go],
        "about": circumstances_of(request),
        "by_visit": said_by_visit(request),
        "procedures": sorted(procedures, key=lambda one: one.title),
        "scans": _scans(request),
        "most_shown": _MOST_SHOWN,
    }


def _scans(request: Request) -> tuple[ScanView, ...] | None:
    """What lies in the scan folder of this office, oldest first; None while the folder is away."""
    receiving = receiving_of(request)
    found = receiving.scans() if actor_of(request).office_id == receiving.office_id else ()
    if found is None:
        return None
    now = datetime.now(UTC).timestamp()
    return tuple(
        ScanView(
            file_id=one.file_id,
            name=one.path.name,
            arrived_at=datetime.fromtimestamp(now - one.age_s, UTC),
            settled=one.age_s >= _SETTLED_S,
        )
        for one in found
    )


def _own_folder(request: Request) -> None:
    """The scan folder belongs to the office of this installation. Raises: NotFound (no_such_upload)."""
    if actor_of(request).office_id != receiving_of(request).office_id:
        raise NotFound("no_such_upload")


def _shown(request: Request, submission: Submission) -> SubmissionView:
    """A submission with the papers found in it, traced, since they are somebody's; who may see none gets none."""
    if not signed_in(request).may("papers.read"):
        return viewer_of(request).submission(submission, ())
    papers = archive_of(request).tables.papers.of_content(submission.actor.office_id, submission.content_sha256)
    if papers:
        ids = [paper.document_id for paper in papers]
        trace(request, "look", document_ids=ids, purpose=purpose_of_receiving(request))
    return viewer_of(request).submission(submission, papers)
