"""No route gives away, or changes, what belongs to another office; and none shows a person's papers without a trace."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.web.shown import ShownLately
from schemas.access import LogFilter, LoggedAccess
from tests.permissions import Asked, routes_of
from tests.unit.known_office import NEIGHBOUR, OFFICE, SECRETS, KnownOffice, open_known_office

_OF_ONESELF = ("/me", "/session", "/sign-out", "/language", "/purpose")
_TELLS_OF_PAPERS = ("application/pdf", "image/jpeg", "image/png", "image/tiff")
_REFUSED_BEFORE = ("/confirmation/undo", "/take-back")
"""Refused for the decision that is not there, before the dossier is looked for."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[KnownOffice]:
    with open_known_office(tmp_path) as one:
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


def test_what_is_anothers_is_not_there(office: KnownOffice) -> None:
    office.sign_in(NEIGHBOUR, "minh")
    routes = [one for one in routes_with_ids(office) if not one.path.endswith(_REFUSED_BEFORE)]
    assert len(routes) > 20
    answers = {(one.method, one.path): office.ask(one) for one in routes}
    there = {route: answer.status_code for route, answer in answers.items() if answer.text != "[]"}
    assert {route: status for route, status in there.items() if status != 404} == {}


def test_nothing_tells_of_anothers_people(office: KnownOffice) -> None:
    office.sign_in(NEIGHBOUR, "minh")
    everything = tries_of(office, of_visit=False) + tries_of(office, of_visit=True)
    assert [(one.method, one.path) for one in everything if tells(office.ask(one))] == []


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
