"""`hoso up`: all that one machine needs, started and kept running."""

import os
import secrets
import signal
import sys
import threading
import time
from pathlib import Path

import httpx
import typer

from pipeline.adapters.flow_server import FlowServer
from pipeline.adapters.running import Running, announce, hold_home
from pipeline.adapters.supervisor import Supervisor, free_port
from pipeline.errors import ServiceUnavailable
from pipeline.settings import Settings, load_settings

_WEB_PORT = 8460
_START_S = 180.0
"""A Prefect server with a new database takes ten seconds on an idle machine and many times that on a busy one."""
_DRAIN_S = 30.0
_RUNS_FOR_THE_COUNTER = 1
"""Beside those that may be of the backlog: a paper from the counter waits for no pile. More are not worth their memory,
since the pages of each are already spread over the cores."""


def up() -> None:
    """Run flow server, worker and counter page on this machine until Ctrl-C."""
    settings = load_settings()
    stop, hurry = threading.Event(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: (hurry if stop.is_set() else stop).set())
    home = settings.home_path
    with hold_home(home), Supervisor(stop, home / "log") as supervisor:
        running = _start(supervisor, settings)
        if stop.is_set():
            return
        announce(home, running)
        typer.echo(f"{_GREETING[settings.language]}\n  {running.web_url}")
        supervisor.tend_until_stopped()
        typer.echo(_FAREWELL[settings.language], err=True)
        _drain(running, hurry)


def _start(supervisor: Supervisor, settings: Settings) -> Running:
    """Start everything in order, each when what it needs answers."""
    running = Running(
        pid=os.getpid(),
        prefect_api_url=f"http://127.0.0.1:{free_port()}/api",
        prefect_auth=f"hoso:{secrets.token_urlsafe(24)}",
        web_url=f"http://127.0.0.1:{free_port(_WEB_PORT)}",
    )
    environment = _environment(settings.home_path, running)
    # The program beside our own interpreter: another Prefect may come first in PATH.
    prefect = str(Path(sys.executable).with_name("prefect"))
    port = str(httpx.URL(running.prefect_api_url).port)
    supervisor.keep(
        "prefect", [prefect, "server", "start", "--no-ui", "--host", "127.0.0.1", "--port", port], environment
    )
    with FlowServer(running.prefect_api_url, running.prefect_auth) as server:
        supervisor.wait_for("prefect", server.is_ready, _START_S)
    supervisor.run_once("deploy", [sys.executable, "-m", "flows.deploy"], environment, _START_S)
    # People at the counter come first: reading takes what pages, searches and quick looks leave of the processor.
    runs = str(_RUNS_FOR_THE_COUNTER + settings.backlog_runs)
    worker = ["nice", "-n", "10", sys.executable, "-m", "flows.worker", "--limit", runs]
    supervisor.keep("worker", worker, environment)
    port = str(httpx.URL(running.web_url).port)
    web = [sys.executable, "-m", "uvicorn", "--factory", "pipeline.web.app:app_from_environment"]
    supervisor.keep("web", [*web, "--host", "127.0.0.1", "--port", port, "--no-access-log"], environment)
    supervisor.wait_for("web", lambda: _answers(f"{running.web_url}/health"), _START_S)
    return running


def _environment(home: Path, running: Running) -> dict[str, str]:
    """Ours, with the flow server's settings: silent towards the internet, closed towards other users."""
    return {
        **os.environ,
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_API_URL": running.prefect_api_url,
        # Without a password every web page open in a browser here could have the worker run programs: the server
        # allows all origins.
        "PREFECT_SERVER_API_AUTH_STRING": running.prefect_auth,
        "PREFECT_API_AUTH_STRING": running.prefect_auth,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "DO_NOT_TRACK": "1",
        # A run every minute leaves a gigabyte of history in half a year; what matters is in our own table.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(7 * 24 * 3600),
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "OMP_THREAD_LIMIT": "1",
    }


def _drain(running: Running, hurry: threading.Event) -> None:
    """Let the runs at work finish; a second signal, or a run that takes long, ends the wait.

    What is cut off then is lost to nobody: its lease expires and the next start takes it up.
    """
    last = time.monotonic() + _DRAIN_S
    with FlowServer(running.prefect_api_url, running.prefect_auth) as server:
        try:
            server.pause()
            while server.is_busy() and time.monotonic() < last and not hurry.wait(0.25):
                pass
        except ServiceUnavailable as error:  # It may be what failed; the rest is to stop all the same.
            typer.echo(str(error), err=True)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False


_GREETING = {
    "vi": "hoso đang chạy. Đăng nhập trang quầy tại đây; hoso account add tạo tài khoản (Ctrl-C để dừng):",
    "en": "hoso is running. Sign in to the counter page here; hoso account add makes accounts (Ctrl-C stops):",
}
_FAREWELL = {
    "vi": "Đang dừng, chờ việc dở dang (Ctrl-C lần nữa để dừng ngay)…",
    "en": "Stopping; work at hand is finished first (Ctrl-C again to stop now)…",
}
