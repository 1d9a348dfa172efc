"""What every page of a counter's machine says of its centre: whether it answers, and how much waits for it."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from starlette.requests import HTTPConnection

from pipeline.archive import Archive
from pipeline.error_messages import MESSAGES
from pipeline.local_time import local_day, local_moment
from pipeline.settings import Settings
from pipeline.sync import last_try
from pipeline.web.wording import Language, language_of, pick, words
from schemas.access import SignedIn
from schemas.base import Value
from schemas.delivery import CentreSeen

_LATELY = timedelta(minutes=10)
"""It is tried every minute; a large delivery takes some."""


class CentreLine(Value):
    """The sentences; `refused` is how many submissions the centre has not taken."""

    tone: Literal["good", "ask", "bad"]
    text: str
    refused: int


class WaitingHere(Value):
    """How much waits to be sent, and since when the oldest of it was received."""

    number: int
    oldest_at: datetime | None
    refused: int


def centre_of(request: HTTPConnection) -> CentreLine | None:
    """For the head of a page; None where papers are read here, or for who has nothing to do with what comes in."""
    settings: Settings = request.app.state.settings
    signed: SignedIn | None = getattr(request.state, "signed", None)
    if settings.reads_here or signed is None:
        return None
    now = datetime.now(UTC)
    waiting = _waiting(request.app.state.archive, signed.actor.office_id, now)
    return centre_line(last_try(settings.home_path), waiting, now, language_of(request, settings.language))


def centre_line(seen: CentreSeen | None, waiting: WaitingHere, now: datetime, language: Language) -> CentreLine:
    """What is said after the last try `seen`, with so much waiting."""
    say = words(language)
    oldest = local_moment(waiting.oldest_at) if waiting.oldest_at else ""
    left = say["centre_waiting"].format(waiting.number, oldest) if waiting.number else ""
    tone: Literal["good", "ask", "bad"] = "ask"
    if seen is None:
        told = say["centre_not_tried"]
    elif seen.tried_at < now - _LATELY:
        tone, told = "bad", say["centre_not_lately"].format(local_moment(seen.tried_at))
    elif seen.code == "centre_away":
        since, left = local_moment(seen.since), ""
        offline = say["centre_offline"].format(since, waiting.number, oldest)
        told = offline if waiting.number else say["centre_offline_none"].format(since)
    elif seen.code is not None:
        tone, told = "bad", pick(MESSAGES[seen.code], language)
    else:
        checked = say["centre_all_sent"].format(local_moment(seen.tried_at))
        tone, told = ("ask", "") if waiting.number else ("good", checked)
    tone = "bad" if waiting.refused else tone
    return CentreLine(tone=tone, text=f"{told} {left}".strip(), refused=waiting.refused)


def _waiting(archive: Archive, office_id: str, now: datetime) -> WaitingHere:
    today, work = local_day(now), archive.tables.work
    counts, oldest = work.counts(office_id, today, today), work.waiting(office_id, 1)
    return WaitingHere(number=counts.waiting, oldest_at=oldest[0].received_at if oldest else None, refused=counts.stuck)
