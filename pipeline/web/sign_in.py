"""Signing in and out, and saying why one looks at papers."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from pipeline.web.gate import COOKIE, entrance_of, with_session
from pipeline.web.receiving import receiving_of
from pipeline.web.signed_in import OPEN, needs, signed_in
from pipeline.web.templating import render
from schemas.access import Purpose

router = APIRouter(include_in_schema=False)


@router.get("/sign-in", dependencies=[OPEN])
def sign_in_page(request: Request) -> Response:
    """Asks for login and password."""
    return render(request, "sign_in.html", refused=False)


@router.post("/sign-in", dependencies=[OPEN])
def sign_in(request: Request, login: Annotated[str, Form()], password: Annotated[str, Form()]) -> Response:
    """Open a session."""
    session = entrance_of(request).by_password(login, password)
    if session is None:
        return render(request, "sign_in.html", status=403, refused=True)
    return with_session(RedirectResponse("/", status_code=303), request, session)


@router.post("/sign-out", dependencies=[needs(None)])
def sign_out(request: Request) -> Response:
    """End the session."""
    entrance_of(request).leave(request.cookies.get(COOKIE, ""))
    receiving_of(request).wipe(signed_in(request).session_id)
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(COOKIE, path="/")
    return response


@router.post("/purpose", dependencies=[needs("papers.read")])
def say_purpose(request: Request, purpose: Annotated[Purpose, Form()]) -> Response:
    """Say why papers are looked at from now on, outside of a visit."""
    request.app.state.archive.tables.sessions.set_purpose(signed_in(request).session_id, purpose, None)
    return Response(status_code=204)
