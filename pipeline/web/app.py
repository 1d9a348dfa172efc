"""The web process: the counter page and the JSON API behind one gate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

import pipeline.web.access_log_page
import pipeline.web.accounts_page
import pipeline.web.api
import pipeline.web.audit_api
import pipeline.web.centre_pages
import pipeline.web.code_api
import pipeline.web.confirm_api
import pipeline.web.deliveries_api
import pipeline.web.destruction_pages
import pipeline.web.dossier_api
import pipeline.web.dossier_pages
import pipeline.web.downloads_api
import pipeline.web.figures_api
import pipeline.web.figures_pages
import pipeline.web.own_account
import pipeline.web.own_code
import pipeline.web.pages
import pipeline.web.programs_api
import pipeline.web.provider_sign_in
import pipeline.web.receive_pages
import pipeline.web.review_api
import pipeline.web.review_cuts
import pipeline.web.review_pages
import pipeline.web.search_pages
import pipeline.web.service
import pipeline.web.sign_in
import pipeline.web.signing_api
import pipeline.web.signing_pages
import pipeline.web.upload_api
import pipeline.web.viewer_pages
import pipeline.web.visit_api
import pipeline.web.visit_pages
import pipeline.web.who_looked
import pipeline.web.work_api
import pipeline.web.work_pages
from pipeline.audit.unusual import count_since_yesterday
from pipeline.entrance import Entrance
from pipeline.errors import HosoError
from pipeline.local_time import local_day
from pipeline.offices import known_offices
from pipeline.second_factor import SecondFactor
from pipeline.settings import Settings, load_settings
from pipeline.signing import SigningDesk
from pipeline.signing_room import SigningRoom
from pipeline.table_ports import Tables
from pipeline.tickets import TicketOffice, ticket_secret
from pipeline.viewing import PageViews
from pipeline.web.courier import Courier
from pipeline.web.description import declared, describe, name_of, routes_of
from pipeline.web.entity_tags import EntityTags
from pipeline.web.gate import Gate
from pipeline.web.idempotency import Idempotency
from pipeline.web.kept_words import KeptWords
from pipeline.web.metrics import Measuring, Metrics
from pipeline.web.proving import ProofWanted, ask_for_proof
from pipeline.web.reading import Reading
from pipeline.web.receiving import Closing, Receiving
from pipeline.web.refusals import Refused, refuse, refuse_error
from pipeline.web.service import Readiness
from pipeline.web.shown import ShownLately
from pipeline.web.uploads import BadUpload
from pipeline.wiring import open_archive, signing_means


def app_from_environment() -> FastAPI:
    """The application of a process that was told its settings by the environment."""
    return build_app(load_settings())


_ROUTERS = (
    pipeline.web.api.router,
    pipeline.web.figures_api.router,
    pipeline.web.audit_api.router,
    pipeline.web.dossier_api.router,
    pipeline.web.confirm_api.router,
    pipeline.web.signing_api.router,
    pipeline.web.signing_pages.router,
    pipeline.web.dossier_pages.router,
    pipeline.web.review_api.router,
    pipeline.web.review_cuts.router,
    pipeline.web.review_pages.router,
    pipeline.web.upload_api.router,
    pipeline.web.deliveries_api.router,
    pipeline.web.code_api.router,
    pipeline.web.downloads_api.router,
    pipeline.web.programs_api.router,
    pipeline.web.service.router,
    pipeline.web.pages.router,
    pipeline.web.centre_pages.router,
    pipeline.web.receive_pages.router,
    pipeline.web.search_pages.router,
    pipeline.web.viewer_pages.router,
    pipeline.web.sign_in.router,
    pipeline.web.visit_api.router,
    pipeline.web.visit_pages.router,
    pipeline.web.who_looked.router,
    pipeline.web.provider_sign_in.router,
    pipeline.web.own_account.router,
    pipeline.web.own_code.router,
    pipeline.web.accounts_page.router,
    pipeline.web.access_log_page.router,
    pipeline.web.figures_pages.router,
    pipeline.web.destruction_pages.router,
    pipeline.web.work_api.router,
    pipeline.web.work_pages.router,
)


def build_app(settings: Settings) -> FastAPI:
    """The application; the archive is open from its start to its end."""
    # Without the interactive API pages: they load scripts from the internet.
    app = FastAPI(
        title="hoso",
        version="1",
        lifespan=_life,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=name_of,
    )
    app.state.settings, app.state.metrics = settings, Metrics()
    app.state.provider, app.state.shown_lately = pipeline.web.provider_sign_in.find_provider(settings), ShownLately()
    for router in _ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    describe(app)
    _refuse_undeclared(app)
    _answer_errors(app)
    app.add_middleware(EntityTags)
    app.add_middleware(Idempotency)
    app.add_middleware(Gate)
    app.add_middleware(Measuring, metrics=app.state.metrics)
    # A name of an outsider that leads to this machine must not make the page part of his site.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_our_hosts(settings))
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    with open_archive(settings) as archive:
        app.state.archive, app.state.reading = archive, Reading(settings, open_archive)
        app.state.page_views = PageViews(archive)
        means, room = signing_means(settings), SigningRoom(settings.home_path / "signing")
        app.state.signing = SigningDesk(archive, means, room) if means else None
        if means:
            room.expire_later()  # what a process that died has left there
        tables = archive.tables
        app.state.entrance = Entrance(tables.accounts, tables.sessions, settings.idle_minutes * 60)
        app.state.receiving = Receiving(settings, archive)
        secret = ticket_secret(settings)
        app.state.tickets, app.state.kept_words = TicketOffice(secret), KeptWords(secret)
        app.state.second_factor = SecondFactor(tables.accounts, tables.tries, secret)
        app.state.readiness, courier = Readiness(archive), Courier(tables.hooks, settings.known_hook_hosts)
        app.state.metrics.watch(tables.load.measure)
        app.state.metrics.watch_looks(lambda: _unusual_since_yesterday(settings, tables))
        closing = Closing(app.state.entrance, app.state.receiving)
        courier.start()
        yield
        courier.close()
        closing.close()
        app.state.receiving.looks.close()
        app.state.readiness.close()
        app.state.reading.close()


def _unusual_since_yesterday(settings: Settings, tables: Tables) -> int:
    offices, today = known_offices(settings, tables), local_day(datetime.now(UTC))
    return count_since_yesterday(tables.access_log, offices, today)


def _answer_errors(app: FastAPI) -> None:
    app.exception_handler(HosoError)(_on_error)
    app.exception_handler(BadUpload)(_on_refused)
    app.exception_handler(Refused)(_on_refused)
    app.exception_handler(ProofWanted)(ask_for_proof)
    app.exception_handler(RequestValidationError)(_on_bad_request)
    app.exception_handler(HTTPException)(_on_http_error)
    app.exception_handler(Exception)(_on_fault)


def _refuse_undeclared(app: FastAPI) -> None:
    """Closed by default: a route that says nothing of who may use it is found when the process starts."""
    forgotten = [route.path for route in routes_of(app) if declared(route) is None]
    if forgotten:
        raise TypeError(f"routes need one permission each: {', '.join(forgotten)}")


def _our_hosts(settings: Settings) -> list[str]:
    ours = ["127.0.0.1", "localhost", urlsplit(settings.web_url).hostname]
    return [name for name in ours if name]


async def _on_error(request: Request, error: HosoError) -> Response:
    return refuse_error(error, request)


async def _on_refused(request: Request, error: BadUpload | Refused) -> Response:
    return refuse(error.code, request)


async def _on_bad_request(request: Request, _: RequestValidationError) -> Response:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_program = request.url.path.startswith("/api/")
    takes_it = kind in ("", "application/json", "multipart/form-data")
    return refuse("bad_request" if takes_it or not is_program else "bad_media_type", request)


async def _on_http_error(request: Request, error: HTTPException) -> Response:
    if error.status_code == 405:
        return refuse("no_such_method", request, {"allow": ", ".join(sorted(_methods_at(request)))})
    return refuse("no_such_page" if error.status_code == 404 else "bad_request", request)


def _methods_at(request: Request) -> set[str]:
    """What may be done at an address, by all its routes; the framework tells those of the first one only."""
    path = request.url.path
    here = [route for route in routes_of(request.app) if route.path_regex.match(path)]
    named = [route for route in here if route.path == path]  # not what would take it for somebody's id
    return {method for route in named or here for method in route.methods or ()}


async def _on_fault(request: Request, _: Exception) -> Response:
    return refuse("internal", request)
