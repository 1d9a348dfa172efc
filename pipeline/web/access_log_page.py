"""The access log of the office: who looked at what, when and why. The log itself shows nobody's papers.

People read what kind of paper it was and never an id; ids are in the CSV, for those who compare.
"""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BeforeValidator

from pipeline.audit.export import harmless
from pipeline.audit.unusual import looks_lately
from pipeline.errors import NotFound
from pipeline.local_time import VIETNAM, local_day, local_moment
from pipeline.stages.field_values import find_dossier_code
from pipeline.web.api import archive_of, viewer_of
from pipeline.web.gate import note
from pipeline.web.signed_in import actor_of, needs, signed_in
from pipeline.web.templating import render
from pipeline.web.unusual_view import UnusualView, unusual_view
from pipeline.web.wording import language_of, words
from schemas.access import Account, LogFilter, LoggedAccess
from schemas.base import Value

router = APIRouter(include_in_schema=False, dependencies=[needs("log.read")])
_SHOWN = 50
_FETCHED = 1000
_MOST_EXPORTED = 100_000
_COLUMNS = ("at", "login", "name", "access", "purpose", "visit_id", "citizen_id", "document_id", "subject_id")
# A form sends what was left empty as an empty text.
_EMPTY_IS_NONE = BeforeValidator(lambda said: said or None)
_Id = Annotated[str | None, Query(max_length=100), _EMPTY_IS_NONE]
_Day = Annotated[date | None, Query(), _EMPTY_IS_NONE]


class Asked(Value):
    """What the page was asked for: `account` is an account's id, `since` and `until` are days, both included."""

    account: str | None = None
    citizen: str | None = None
    paper: str | None = None
    since: date | None = None
    until: date | None = None

    def filter(self, accounts: tuple[Account, ...]) -> LogFilter:
        """As the log is asked; an account of another office has done nothing here."""
        login = next((one.login for one in accounts if one.account_id == self.account), "")
        return LogFilter(
            actor_id=login if self.account else None,
            citizen_id=self.citizen,
            document_id=self.paper,
            since=_begin_of(self.since) if self.since else None,
            until=_begin_of(self.until + timedelta(days=1)) if self.until else None,
        )

    def query(self, **more: object) -> str:
        """The same as the query of an address; ids and days only."""
        given = self.model_dump(mode="json", exclude_none=True) | more
        return urlencode(given)


def asked_of(
    account: _Id = None, citizen: _Id = None, paper: _Id = None, since: _Day = None, until: _Day = None
) -> Asked:
    """The filter in the address."""
    return Asked(account=account, citizen=citizen, paper=paper, since=since, until=until)


_Asked = Annotated[Asked, Depends(asked_of)]


@router.get("/access-log")
def access_log_page(request: Request, asked: _Asked, before: Annotated[int | None, Query(ge=1)] = None) -> Response:
    """A page of the log, newest first."""
    tables, office_id = archive_of(request).tables, actor_of(request).office_id
    accounts = tables.accounts.of_office(office_id)
    found = tables.access_log.find(office_id, asked.filter(accounts), _SHOWN + 1, before)
    more = asked.query(before=found[_SHOWN - 1].number) if len(found) > _SHOWN else ""
    return render(
        request,
        "access_log.html",
        entries=found[:_SHOWN],
        names=_names(accounts),
        papers=_papers(request, found[:_SHOWN]),
        subjects=_subjects(request, found[:_SHOWN], accounts),
        accounts=accounts,
        asked=asked,
        more=more,
        whole=asked.query(),
        first=before is None,
        unusual=None if asked.query() or before else _unusual(request, office_id, accounts),
    )


@router.get("/access-log.csv")
def fetch_access_log(request: Request, asked: _Asked) -> Response:
    """The same as CSV, to at most 100,000 entries; that it was taken out is in the log as well."""
    tables, office_id = archive_of(request).tables, actor_of(request).office_id
    accounts = tables.accounts.of_office(office_id)
    note(request, signed_in(request).account, "export", "access-log")
    language = language_of(request, request.app.state.settings.language)
    lines = _as_csv(_all(request, office_id, asked.filter(accounts)), _names(accounts), words(language))
    headers = {"content-disposition": 'attachment; filename="access-log.csv"'}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


def _unusual(request: Request, office_id: str, accounts: tuple[Account, ...]) -> UnusualView:
    language, today = language_of(request, request.app.state.settings.language), local_day(datetime.now(UTC))
    days = looks_lately(archive_of(request).tables.access_log, office_id, today)
    return unusual_view(days, today, accounts, language)


def _papers(request: Request, found: tuple[LoggedAccess, ...]) -> dict[str, str]:
    """What kind of paper each is that the entries name, by its id; "" of one that is no longer kept.

    Of a sensitive one not even that: its kind alone may tell what ails somebody.
    """
    archive, language = archive_of(request), language_of(request, request.app.state.settings.language)
    viewer, told = viewer_of(request), {}
    for document_id in {one.entry.document_id for one in found if one.entry.document_id}:
        try:
            kind = archive.tables.papers.get(actor_of(request).office_id, document_id).type
        except NotFound:  # The log outlives the papers.
            told[document_id] = words(language)["log_paper_gone"]
            continue
        known = archive.catalogue.types.get(kind)
        sensitive = known is not None and known.sensitive is not None
        told[document_id] = words(language)["log_sensitive"] if sensitive else viewer.title(kind)
    return told


def _subjects(request: Request, found: tuple[LoggedAccess, ...], accounts: tuple[Account, ...]) -> dict[int, str]:
    """What else entries are about in words, by the entries' numbers: a dossier by its code, an account, a right."""
    said = words(language_of(request, request.app.state.settings.language))
    names = {one.account_id: f"{said['log_account']} {one.name}" for one in accounts}
    told = {}
    for logged in found:
        subject = logged.entry.subject_id or ""
        if logged.entry.access == "refused":
            told[logged.number] = f"{said['log_right']} {said.get(f'scope_{subject}', '')}"
        elif find_dossier_code(subject) == subject and subject:
            told[logged.number] = f"{said['log_dossier']} {subject}"
        elif subject in names:
            told[logged.number] = names[subject]
    return told


def _all(request: Request, office_id: str, wanted: LogFilter) -> Iterator[LoggedAccess]:
    before: int | None = None
    for _ in range(_MOST_EXPORTED // _FETCHED):
        page = archive_of(request).tables.access_log.find(office_id, wanted, _FETCHED, before)
        yield from page
        if len(page) < _FETCHED:
            return
        before = page[-1].number


def _as_csv(entries: Iterator[LoggedAccess], names: dict[str, str], said: dict[str, str]) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line)
    line.write("\ufeff")  # Without it a spreadsheet takes Vietnamese letters for something else.
    writer.writerow(said[f"log_{column}"] for column in _COLUMNS)
    yield line.getvalue()
    for logged in entries:
        line.seek(0)
        line.truncate()
        entry = logged.entry
        writer.writerow(
            (
                local_moment(entry.at),
                entry.actor.actor_id,
                harmless(names.get(entry.actor.actor_id, "")),
                said[f"access_{entry.access}"],
                said[f"purpose_{entry.purpose}"] if entry.purpose else "",
                entry.visit_id or "",
                entry.citizen_id or "",
                entry.document_id or "",
                harmless(entry.subject_id or ""),
            )
        )
        yield line.getvalue()


def _names(accounts: tuple[Account, ...]) -> dict[str, str]:
    return {one.login: one.name for one in accounts}


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)
