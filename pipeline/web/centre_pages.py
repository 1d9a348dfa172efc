"""The line about the centre, as the pages of a counter's machine renew it."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from pipeline.web.signed_in import needs
from pipeline.web.templating import render

router = APIRouter(include_in_schema=False, dependencies=[needs(None)])


@router.get("/centre")
def centre_part(request: Request) -> HTMLResponse:
    """Whether the centre answers and what waits for it: counts and times, nothing of anybody."""
    return render(request, "centre.html")
