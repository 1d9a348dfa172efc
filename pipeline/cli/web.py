"""`hoso web` and `hoso link`: the counter page, and the way to it."""

import typer
import uvicorn

from pipeline.adapters.running import find_running
from pipeline.adapters.supervisor import free_port
from pipeline.settings import Settings, load_settings
from pipeline.web.app import build_app
from pipeline.web.session import Sessions

_PORT = 8460


def web() -> None:
    """Serve the counter page on this machine, unless `hoso up` does, and print a one-time link to it."""
    settings = load_settings()
    if find_running(settings.home_path):
        link()
        return
    port = free_port(_PORT)
    typer.echo(_link(settings, f"http://127.0.0.1:{port}"))
    # No access log: the words of a search stand in its URL.
    uvicorn.run(build_app(settings), host="127.0.0.1", port=port, access_log=False, log_level="warning")


def link() -> None:
    """Print a new one-time link to the counter page that serves this home."""
    settings = load_settings()
    running = find_running(settings.home_path)
    typer.echo(_link(settings, settings.web_url or (running.web_url if running else f"http://127.0.0.1:{_PORT}")))


def _link(settings: Settings, address: str) -> str:
    return f"{address}/?token={Sessions(settings.home_path / 'run').issue_link()}"
