"""The web process: the counter page and the JSON API behind one gate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

import pipeline.web.access_log_page
import pipeline.web.accounts_page
import pipeline.web.api
import pipeline.web.code_api
import pipeline.web.confirm_api
import pipeline.web.dossier_api
import pipeline.web.dossier_pages
import pipeline.web.figures_api
import pipeline.web.figures_pages
import pipeline.web.own_account
import pipeline.web.pages
import pipeline.web.provider_sign_in
import pipeline.web.receive_pages
import pipeline.web.review_api
import pipeline.web.sign_in
import pipeline.web.upload_api
import pipeline.web.visit_api
import pipeline.web.visit_pages
import pipeline.web.who_looked
import pipeline.web.work_api
import pipeline.web.work_pages
from pipeline.entrance import Entrance
from pipeline.errors import HosoError
from pipeline.settings import Settings, load_settings
from pipeline.viewing import PageViews
from pipeline.web.gate import Gate
from pipeline.web.reading import Reading
from pipeline.web.receiving import Closing, Receiving
from pipeline.web.refusals import refuse, refuse_error
from pipeline.web.signed_in import OPEN, Needs, Open
from pipeline.web.uploads import BadUpload
from pipeline.wiring import find_provider, open_archive


def app_from_environment() -> FastAPI:
    """The application of a process that was told its settings by the environment."""
    return build_app(load_settings())


def build_app(settings: Settings) -> FastAPI:
    """The application; the archive is open from its start to its end."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        with open_archive(settings) as archive:
            app.state.archive, app.state.reading = archive, Reading(settings, open_archive)
            app.state.page_views = PageViews(archive)
            tables = archive.tables
            app.state.entrance = Entrance(tables.accounts, tables.sessions, settings.idle_minutes * 60)
            app.state.receiving = Receiving(settings, archive)
            closing = Closing(app.state.entrance, app.state.receiving)
            yield
            closing.close()
            app.state.receiving.looks.close()
            app.state.reading.close()

    # Without the interactive API pages: they load scripts from the internet.
    app = FastAPI(
        title="hoso", version="1", lifespan=life, docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json"
    )
    app.state.settings = settings
    app.state.provider = find_provider(settings)
    app.include_router(pipeline.web.api.router)
    app.include_router(pipeline.web.figures_api.router)
    app.include_router(pipeline.web.figures_pages.router)
    app.include_router(pipeline.web.dossier_api.router)
    app.include_router(pipeline.web.confirm_api.router)
    app.include_router(pipeline.web.dossier_pages.router)
    app.include_router(pipeline.web.review_api.router)
    app.include_router(pipeline.web.upload_api.router)
    app.include_router(pipeline.web.code_api.router)
    app.include_router(pipeline.web.pages.router)
    app.include_router(pipeline.web.receive_pages.router)
    app.include_router(pipeline.web.sign_in.router)
    app.include_router(pipeline.web.visit_api.router)
    app.include_router(pipeline.web.visit_pages.router)
    app.include_router(pipeline.web.who_looked.router)
    app.include_router(pipeline.web.provider_sign_in.router)
    app.include_router(pipeline.web.own_account.router)
    app.include_router(pipeline.web.accounts_page.router)
    app.include_router(pipeline.web.access_log_page.router)
    app.include_router(pipeline.web.work_api.router)
    app.include_router(pipeline.web.work_pages.router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    app.get("/health", include_in_schema=False, dependencies=[OPEN])(_health)
    _refuse_undeclared(app)
    app.exception_handler(HosoError)(_on_error)
    app.exception_handler(BadUpload)(_on_bad_upload)
    app.exception_handler(RequestValidationError)(_on_bad_request)
    app.exception_handler(HTTPException)(_on_http_error)
    app.exception_handler(Exception)(_on_fault)
    app.add_middleware(Gate)
    # A name of an outsider that leads to this machine must not make the page part of his site.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_our_hosts(settings))
    return app


def declared(route: APIRoute) -> Needs | Open | None:
    """What a route asks of who is signed in; None: it was forgotten."""
    asked = [one.call for one in route.dependant.dependencies if isinstance(one.call, Needs | Open)]
    return asked[0] if len(asked) == 1 else None


def _refuse_undeclared(app: FastAPI) -> None:
    """Closed by default: a route that says nothing of who may use it is found when the process starts."""
    forgotten = [route.path for route in app.routes if isinstance(route, APIRoute) and declared(route) is None]
    if forgotten:
        raise TypeError(f"routes need one permission each: {', '.join(forgotten)}")


def _our_hosts(settings: Settings) -> list[str]:
    ours = ["127.0.0.1", "localhost", urlsplit(settings.web_url).hostname]
    return [name for name in ours if name]


def _health() -> dict[str, str]:
    return {"status": "ok"}


async def _on_error(request: Request, error: HosoError) -> Response:
    return refuse_error(error, request)


async def _on_bad_upload(request: Request, error: BadUpload) -> Response:
    return refuse(error.code, request)


async def _on_bad_request(request: Request, _: RequestValidationError) -> Response:
    return refuse("bad_request", request)


async def _on_http_error(request: Request, error: HTTPException) -> Response:
    return refuse("no_such_page" if error.status_code in (404, 405) else "bad_request", request)


async def _on_fault(request: Request, _: Exception) -> Response:
    return refuse("internal", request)
