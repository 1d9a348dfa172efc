"""The one Jinja environment of the pages; everything put into a page is escaped."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

from pipeline.local_time import local_moment
from pipeline.web.centre_view import centre_of
from pipeline.web.visiting import strip_of
from pipeline.web.wording import language_of, words

TEMPLATES = Environment(
    loader=PackageLoader("pipeline.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["moment"] = local_moment


def render(request: HTTPConnection, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """A page in the browser's language.

    `signed` is who is signed in, or None; `open_visit()` whom he sees now, `office_called()` what people call an
    office. `reads_here` tells whether papers are read on this machine; where not, `centre()` is what is said of its
    centre.
    """
    language = language_of(request, request.app.state.settings.language)
    signed = getattr(request.state, "signed", None)
    told: dict[str, object] = {
        "words": words(language),
        "language": language,
        "signed": signed,
        "path": request.scope["path"],
    }
    told |= {"open_visit": lambda: strip_of(request), "centre": lambda: centre_of(request)}
    settings = request.app.state.settings
    told |= {"reads_here": settings.reads_here, "office_called": settings.office_called}
    return HTMLResponse(TEMPLATES.get_template(template).render(**told, **values), status_code=status)
