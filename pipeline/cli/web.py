"""`hoso web`: the way to the counter page."""

import typer
import uvicorn

from pipeline.adapters.running import find_running
from pipeline.adapters.supervisor import free_port
from pipeline.settings import load_settings
from pipeline.web.app import build_app
from pipeline.web.session import Sessions


def web() -> None:
    """Print a new one-time link to the counter page; serve the page here unless `hoso up` does."""
    settings = load_settings()
    link = Sessions(settings.home_path / "run").issue_link()
    running = find_running(settings.home_path)
    if running:
        typer.echo(f"{running.web_url}/?token={link}")
        return
    port = free_port(8460)
    typer.echo(f"http://127.0.0.1:{port}/?token={link}")
    # No access log: the words of a search stand in its URL.
    uvicorn.run(build_app(settings), host="127.0.0.1", port=port, access_log=False, log_level="warning")
