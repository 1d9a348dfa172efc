"""Decisions whose rows a crash has left unwritten: they lie in the store, marked as not applied yet."""

import logging
from datetime import datetime, timedelta
from itertools import islice

from pipeline import keys
from pipeline.archive import Archive
from pipeline.comparing import Comparing
from pipeline.decisions import applied, keep
from pipeline.errors import NotFound, ScanRejected
from pipeline.settling import Settling
from pipeline.signing import apply_signing
from pipeline.small_objects import read_object
from pipeline.stages.certain import is_gone, is_wiped
from schemas.decisions import (
    AnyDecision,
    CompareDossier,
    Confirm,
    LookUp,
    NotedDecision,
    RegisterDecision,
    Reuse,
    SetDossier,
    SetField,
    SetOwner,
    SettledDecision,
    SignPapers,
    TakeBack,
    read_decision,
    wipes,
)
from schemas.destruction import Destroy, SetHold

log = logging.getLogger("hoso")

_MOST = 200
"""Decisions applied in one run; the next run takes the next ones."""
_STILL_AT_WORK = timedelta(minutes=15)
"""Younger decisions may be in the hands of the process that keeps them; the longest reads a whole submission again."""
_NEWEST = 1000


def resume(archive: Archive, office_id: str, now: datetime) -> int:
    """Apply what the office has decided and no row says yet, oldest first; return how many decisions.

    One that a newer decision about the same thing has overtaken is noted and changes nothing; what was said of a paper
    that was destroyed meanwhile, or proved to be secret, goes. Running it again changes nothing.

    Raises:
        ServiceUnavailable: store_away, database_away, paper_changed; the next run does the rest.
    """
    marked = islice(archive.store.find(keys.unapplied(office_id)), _MOST)
    waiting = [decision for one in marked if (decision := _fetched(archive, one.key)) is not None]
    due = [decision for decision in waiting if decision.decided_at < now - _STILL_AT_WORK]
    for decision in sorted(due, key=lambda decision: decision.decided_at):
        if _is_of_gone(archive, decision):
            _drop(archive, decision)
            continue
        keep(archive.store, archive.tables.access_log, decision)  # the crash may have come before even this
        try:
            _apply(archive, decision)
        except (NotFound, ScanRejected) as error:  # what it speaks of is gone: nothing is left to be written
            log.warning("decision %s cannot be applied: %s", decision.decision_id, error.code)
        applied(archive.store, archive.tables.records, decision)
    return len(due)


def _is_of_gone(archive: Archive, decision: AnyDecision) -> bool:
    """Whether it says something of a paper of which nothing may be known by now: nothing of that may come back."""
    if isinstance(decision, Destroy | SetHold):
        return False
    try:
        paper = archive.tables.papers.get(decision.actor.office_id, decision.subject_id)
        return is_gone(paper) and not (is_wiped(paper) and wipes(decision))
    except NotFound:  # it is about something else
        return False


def _drop(archive: Archive, decision: AnyDecision) -> None:
    log.info("drop %s: nothing may be known of its paper", decision.decision_id)
    archive.store.erase(keys.decision(decision.actor.office_id, decision.subject_id, decision.decision_id))
    applied(archive.store, archive.tables.records, decision)


def _fetched(archive: Archive, key: str) -> AnyDecision | None:
    """The marked decision; None when it has been applied in the meantime."""
    try:
        return read_decision.validate_json(read_object(archive.store, key))
    except NotFound:
        return None


def _apply(archive: Archive, decision: AnyDecision) -> None:
    log.info("resume %s %s", decision.kind, decision.decision_id)
    if isinstance(decision, RegisterDecision):
        archive.tables.register.apply(decision)
    elif isinstance(decision, Reuse | LookUp):
        archive.dossiers.apply(decision)
    elif isinstance(decision, CompareDossier):
        Comparing(archive).apply(decision)
    elif isinstance(decision, SignPapers):
        apply_signing(archive, decision)
    elif isinstance(decision, NotedDecision) or _is_overtaken(archive, decision):
        archive.tables.papers.change(decision, ())
    elif isinstance(decision, SetDossier):
        archive.dossiers.apply(decision)
    else:
        Settling(archive).apply(decision)


def _is_overtaken(archive: Archive, decision: SettledDecision | SetDossier) -> bool:
    """Whether somebody has answered the same since; of confirmations the last one holds in any order."""
    if isinstance(decision, Confirm):
        return False
    newest = archive.tables.papers.decided(decision.actor.office_id, decision.kind, _NEWEST)
    return any(other.decided_at > decision.decided_at and _about(other) == _about(decision) for other in newest)


def _about(decision: AnyDecision) -> tuple[str, str]:
    part = ""
    if isinstance(decision, SetField):
        part = decision.name
    elif isinstance(decision, SetOwner):
        part = decision.role
    elif isinstance(decision, SetDossier):
        part = decision.dossier_code
    elif isinstance(decision, TakeBack):
        part = decision.undone
    return decision.subject_id, part
