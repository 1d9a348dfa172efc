"""`hoso signer`: on a counter's own machine, signs what the office's page sends, with the token in this machine."""

import typer
import uvicorn

from pipeline.adapters.signing.token import Token
from pipeline.errors import Misconfigured
from pipeline.settings import load_settings
from pipeline.web.token_window import build_window


def signer() -> None:
    """Sign with the token in this machine: for the page at HOSO_WEB_URL alone, by HOSO_TOKEN_LIBRARY, until Ctrl-C."""
    settings = load_settings()
    if not settings.web_url or settings.token_library is None:
        raise Misconfigured("bad_setting", "HOSO_WEB_URL, HOSO_TOKEN_LIBRARY")
    window = build_window(Token(settings.token_library), settings)
    typer.echo(f"http://127.0.0.1:{settings.signer_port} signs for {settings.web_url}")
    # No access log: nothing of it is worth more than the office's own.
    uvicorn.run(window, host="127.0.0.1", port=settings.signer_port, access_log=False, log_level="warning")
