"""Handing in what waits on an officer's table: traced, received once, and read soon after."""

import re
from collections.abc import Sequence
from datetime import datetime

from fastapi import Request
from pydantic import Field, ValidationError

from pipeline.archive import Archive, Handing
from pipeline.errors import Forbidden, NotFound
from pipeline.incoming import IncomingFile
from pipeline.uploads import Circumstances
from pipeline.web.receiving import receiving_of
from pipeline.web.signed_in import actor_of, signed_in, trace
from pipeline.web.uploads import BadUpload
from pipeline.web.visiting import visit_desk
from schemas.access import Purpose
from schemas.base import Value
from schemas.dossier import Channel

MOST_AT_ONCE = 200
_PERSONAL_NUMBER = r"^[0-9]{12}$"


class HandIn(Value):
    """Uploads that are handed in as what belongs together, and what they are about.

    `handed_in_by` is a personal number.
    """

    uploads: tuple[str, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)
    dossier_code: str | None = None
    procedure: str | None = None
    handed_in_by: str | None = Field(default=None, pattern=_PERSONAL_NUMBER)
    channel: Channel = "counter"


async def hand_in_asked(request: Request) -> HandIn:
    """What the JSON of a request asks to hand in. Raises: BadUpload (bad_request)."""
    try:
        return HandIn.model_validate_json(await request.body())
    except ValidationError:
        raise BadUpload("bad_request") from None


def purpose_of_receiving(request: Request) -> Purpose:
    """Papers are received for the visit that is open, for the system that a program belongs to, else for a dossier."""
    signed = signed_in(request)
    return "visit" if signed.visit_id else "integration" if signed.purpose == "integration" else "dossier"


def circumstances_of(request: Request) -> Circumstances:
    """What the papers on this officer's table are about: the open visit knows better than what was said before it."""
    said = receiving_of(request).uploads.circumstances(signed_in(request).session_id)
    return said.model_copy(update=said_by_visit(request))


def said_by_visit(request: Request) -> dict[str, str | None]:
    """The circumstances that the open visit gives; none without one."""
    visit_id = signed_in(request).visit_id
    if visit_id is None:
        return {}
    try:
        visit = visit_desk(request).held(actor_of(request).office_id, visit_id, visit_id)
    except (NotFound, Forbidden):  # closed elsewhere since the session began to hold it
        return {}
    stands_here = visit.showing.by or visit.citizen
    number = stands_here.number if re.fullmatch(_PERSONAL_NUMBER, stands_here.number or "") else None
    person = {"handed_in_by": number, "name": stands_here.name} if number else {}
    dossier = {"dossier_code": visit.dossier_code} if visit.dossier_code else {}
    return {"procedure": visit.procedure, **person, **dossier}


def hand_in(request: Request, asked: HandIn, received_at: datetime | None = None) -> str:
    """Hand in and have it read; return the submission's id. The same uploads again are the same submission.

    `received_at`: when a counter's machine received it, which hands it over now.

    Raises:
        NotFound: no_such_procedure, no_such_upload.
        ScanRejected: upload_unfinished, and what `Archive.receive` raises.
        ServiceUnavailable: disk_full, store_away, database_away.
    """
    archive: Archive = request.app.state.archive
    if asked.procedure is not None and asked.procedure not in archive.catalogue.procedures:
        raise NotFound("no_such_procedure")
    handing = Handing(
        actor=actor_of(request),
        channel=asked.channel,
        handed_in_by=asked.handed_in_by,
        dossier_code=asked.dossier_code,
        procedure=asked.procedure,
        received_at=received_at,
    )

    def receive(files: Sequence[IncomingFile]) -> str:
        submission_id = archive.receive(files, handing).submission_id
        trace(request, "receive", subject_id=submission_id, purpose=purpose_of_receiving(request))
        return submission_id

    session_id = signed_in(request).session_id
    submission_id = receiving_of(request).uploads.hand_in(session_id, asked.uploads, receive)
    request.app.state.reading.begin(submission_id)
    return submission_id


def hand_in_table(request: Request, upload_ids: Sequence[str], circumstances: Circumstances) -> str:
    """The same with what was said on the receiving page."""
    return hand_in(request, HandIn(uploads=tuple(upload_ids), **circumstances.model_dump(exclude={"name"})))
