"""No page is forgotten when pictures of all pages are taken."""

from pathlib import Path

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from pipeline.settings import Settings
from pipeline.web.app import build_app
from tests.screenshots.registry import ENGLISH, NO_PAGES, SHOTS


@pytest.fixture
def asked_for(tmp_path: Path) -> set[str]:
    """The paths outside the described API that a browser can open."""
    routes = [one.original_route for one in iter_route_contexts(build_app(Settings(home=tmp_path)).routes)]
    return {
        route.path
        for route in routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()) and not route.include_in_schema
    }


def test_every_page_has_a_picture(asked_for: set[str]) -> None:
    assert asked_for - NO_PAGES == {shot.route for shot in SHOTS}


def test_what_is_called_no_page_is_still_there(asked_for: set[str]) -> None:
    assert asked_for >= NO_PAGES


def test_each_picture_has_a_name_of_its_own() -> None:
    names = [shot.name for shot in SHOTS]
    assert len(set(names)) == len(names)
    assert set(ENGLISH) <= set(names)
