"""No route gives away, or changes, what belongs to another office; and none shows a person's papers without a trace."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from pipeline.adapters.database.tables import metadata
from pipeline.web.shown import ShownLately
from schemas.access import LogFilter, LoggedAccess, Role
from tests.permissions import Asked, routes_of
from tests.unit.known_office import EVERY_ROLE, NEIGHBOUR, OFFICE, SECRETS, KnownOffice, open_known_office

_OF_ONESELF = ("/me", "/session", "/sign-out", "/language", "/purpose")
_TELLS_OF_PAPERS = ("application/pdf", "image/jpeg", "image/png", "image/tiff")
_OF_NOTHING_YET = {
    "/api/v1/deliveries/{delivery_id}",
    "/api/v1/papers/{document_id}/signed",
    "/papers/{document_id}/signed",
}
_OF_ONE_SESSION = {"/api/v1/uploads/{upload_id}", "/api/v1/uploads/{upload_id}/thumbnails/{page}"}
_REFUSED_BEFORE = ("/confirmation/undo", "/take-back")
"""Refused for the decision that is not there, before the dossier is looked for."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[KnownOffice]:
    with open_known_office(tmp_path) as one:
        yield one


@pytest.fixture(scope="module")
def office_beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnownOffice]:
    """An office that only its neighbours ask: nothing in it changes, so all may ask the same one."""
    with open_known_office(tmp_path_factory.mktemp("home")) as one:
        yield one


def tries_of(office: KnownOffice, *, of_visit: bool) -> list[Asked]:
    """The routes of the desks, those of an open visit or all others; first those that only read.

    Last are those that open or end a visit, since an open one's citizen stands at the head of every page.
    """
    routes = [one for one in routes_of(office.app) if not one.is_open and not one.path.startswith(_OF_ONESELF)]
    wanted = [one for one in routes if ("visit_id" in one.parameters()) == of_visit]
    return sorted(wanted, key=lambda one: (one.path.endswith(("/close", "/visits")), one.method != "GET"))


def routes_with_ids(office: KnownOffice) -> list[Asked]:
    everything = tries_of(office, of_visit=False) + tries_of(office, of_visit=True)
    return [one for one in everything if one.parameters()]


def tells(answer: Any) -> bool:
    """Whether an answer holds anything of the people on file."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    return answer.is_success and (kind in _TELLS_OF_PAPERS or any(secret in answer.text for secret in SECRETS))


def newest(office: KnownOffice) -> LoggedAccess:
    return office.tables.access_log.find(OFFICE, LogFilter(), 1)[0]


def owned(office: KnownOffice) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the office but what is written of those who ask."""
    engine = create_engine(office.app.state.settings.database_url)
    with engine.connect() as connection:
        rows = {
            name: sorted(map(tuple, connection.execute(select(table).where(table.c.office_id == OFFICE))), key=repr)
            for name, table in metadata.tables.items()
            if "office_id" in table.c
        }
    engine.dispose()
    return rows


def test_every_id_that_is_tried_is_one_that_the_office_has(office: KnownOffice) -> None:
    assert {name for one in routes_with_ids(office) for name in one.parameters()} <= office.ids.keys()
    office.sign_in(OFFICE, "hoa")
    reading = [one for one in tries_of(office, of_visit=False) if one.method == "GET" and one.parameters()]
    gone = {one.path: answer for one in reading if (answer := office.ask(one).status_code) == 404}
    assert gone.keys() <= _OF_NOTHING_YET | _OF_ONE_SESSION


@pytest.mark.parametrize("role", [*EVERY_ROLE, None])
def test_what_is_anothers_is_not_there_and_nothing_tells_of_its_people(
    office_beside: KnownOffice, role: Role | None
) -> None:
    """With each role alone, and with all of them together."""
    office = office_beside
    office.sign_in(NEIGHBOUR, role or "minh", *([role] if role else []))
    before = owned(office)
    tried, told, there = 0, [], {}
    for route in tries_of(office, of_visit=False) + tries_of(office, of_visit=True):
        answer = office.ask(route)
        told += [(route.method, route.path)] if tells(answer) else []
        if route.parameters():
            tried += 1
            if answer.status_code not in expected_of(route, role, answer.text):
                there[route.method, route.path] = answer.status_code
    assert tried > 60
    assert told == []
    assert there == {}
    assert owned(office) == before


def expected_of(route: Asked, role: Role | None, text: str) -> tuple[int, ...]:
    """How another office's thing is answered: not permitted, or not there; one list says that there is nothing."""
    if role is not None and not route.admits(role):
        return (403,)
    if route.path.endswith(_REFUSED_BEFORE):
        return (404, 409, 422)
    return (404, 200) if text == "[]" else (404,)


def test_ids_that_stand_in_addresses_cannot_be_guessed(office: KnownOffice) -> None:
    guessable = {"code", "dossier_code", "number", "page", "size"}  # a dossier's code is the one-stop system's
    by_content = {"document_id", "submission_id", "item_id"}
    for name, said in office.ids.items():
        if name not in guessable:
            assert len(re.sub(r"[^0-9a-z]", "", said)) >= 32, name
    assert by_content <= office.ids.keys()


@pytest.mark.parametrize("of_visit", [False, True])
def test_every_answer_that_tells_of_a_person_leaves_an_entry_with_its_purpose(
    office: KnownOffice, of_visit: bool
) -> None:
    telling, without = 0, []
    office.sign_in(OFFICE, "lan")
    if of_visit:
        office.open_visit()
    for route in tries_of(office, of_visit=of_visit):
        office.app.state.shown_lately = ShownLately()  # Else pages of a look that goes on are part of that look.
        before = newest(office)
        if tells(office.ask(route)):
            telling += 1
            later = [
                one for one in office.tables.access_log.find(OFFICE, LogFilter(), 99) if one.number > before.number
            ]
            if not any(one.entry.purpose for one in later):
                without.append((route.method, route.path))
    assert telling > 5
    assert without == []


def test_without_a_purpose_no_paper_is_shown(office: KnownOffice) -> None:
    office.sign_in(OFFICE, "hoa", purpose=False)
    papers = [one for one in routes_with_ids(office) if one.path.startswith(("/papers/", "/api/v1/papers/"))]
    assert papers
    assert [(one.method, one.path) for one in papers if one.method == "GET" and tells(office.ask(one))] == []
