"""The Prefect server, spoken to over its REST API.

The command line and the web page only ask for runs, so they need neither Prefect's client nor the second that its
import takes.
"""

import os
import time
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self, get_args

import httpx

from pipeline.adapters.running import find_running
from pipeline.errors import ServiceUnavailable
from schemas.dossier import Lane

DEPLOYMENT = "hoso"
"""Name of every deployment of ours; the flow's name tells them apart."""
WORK_POOL = "hoso"
DIGITISE = "digitise-submission"
READ_PAGES = "read-pages"
RECEIVE_FOLDER = "receive-folder"
SWEEP = "sweep"
SYNC = "sync"
MARK_PAPERS = "mark-papers"
KEEP_FIGURES = "keep-figures"
CLOSE_LOG = "close-access-log"
UPKEEP = "upkeep"
QUEUES = (*get_args(Lane), UPKEEP)
"""The work queues, the most pressing first: what somebody waits for, papers nobody waits for, and nightly work."""

_PAUSES_S = (0.1, 0.3, 1.0, 3.0)
_AT_WORK = {"type": {"any_": ["PENDING", "RUNNING"]}}
_START_S = {"RUNNING": 20.0, "PENDING": 120.0}
"""A run that began less than this ago may not have claimed its submission yet; that of a worker at its limits may take
long from being handed out, PENDING, to running."""


class FlowServer:
    """Asks a Prefect server for runs of our deployments. Run names and parameters are ids, nothing else."""

    def __init__(self, api_url: str, auth: str = "", timeout_s: float = 10) -> None:
        """Args: api_url: ends in `/api`; auth: `user:password`, or empty where the server asks for none."""
        user, _, password = auth.partition(":")
        self._http = httpx.Client(
            base_url=api_url.rstrip("/") + "/",
            auth=(user, password) if auth else None,
            timeout=timeout_s,
            trust_env=False,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def is_ready(self) -> bool:
        """Whether the server answers and accepts us."""
        try:
            return self._http.get("admin/version").is_success
        except httpx.TransportError:
            return False

    def submit(self, submission_id: str, lane: Lane = "counter") -> None:
        """Have a submission digitised by the next free worker; those of the lane `counter` go first.

        Asking twice is allowed: the second run finds nothing to do.
        Raises: ServiceUnavailable (flow_server_away).
        """
        self._create_run(DIGITISE, submission_id, {"submission_id": submission_id, "lane": lane}, lane)

    def ask_readers(self, submission_id: str, readers: int, lane: Lane = "counter") -> None:
        """Have so many free workers read pages of a submission that one of them holds.

        Raises: ServiceUnavailable (flow_server_away).
        """
        for _ in range(readers):
            self._create_run(READ_PAGES, submission_id, {"submission_id": submission_id}, lane)

    def submit_lost(self, submission_id: str, lane: Lane = "counter") -> bool:
        """Have a waiting submission digitised unless a run of it is still to come or has just begun.

        A run that says it is running although nobody holds the submission died with its worker: Prefect would show it
        running for ever, so it is set to crashed.

        Returns: whether a run was asked for. Raises: ServiceUnavailable (flow_server_away).
        """
        runs = self._post(
            "flow_runs/filter",
            {
                "flows": {"name": {"any_": [DIGITISE]}},
                "flow_runs": {
                    "name": {"any_": [submission_id]},
                    "state": {"type": {"any_": ["SCHEDULED", "PENDING", "RUNNING"]}},
                },
            },
        )
        dead = [run for run in runs if _has_begun(run)]
        self._crash(dead)
        if len(dead) < len(runs):
            return False
        self.submit(submission_id, lane)
        return True

    def crash_dead(self, held: Callable[[Collection[str]], Collection[str]]) -> None:
        """Set to crashed the runs of the backlog that say they are at a submission which nobody holds.

        They died with their worker. Each would go on taking one of the few places that the backlog has.

        Args: held: tells which of these submissions somebody works on. Raises: ServiceUnavailable (flow_server_away).
        """
        at_work = {"state": _AT_WORK, "work_queue_name": {"any_": ["backlog"]}}
        flows = {"name": {"any_": [DIGITISE, READ_PAGES]}}
        runs = self._post("flow_runs/filter", {"flows": flows, "flow_runs": at_work})
        begun = [run for run in runs if _has_begun(run)]
        alive = held([run["name"] for run in begun])
        self._crash(run for run in begun if run["name"] not in alive)

    def pause(self) -> None:
        """Hand out no further runs until the next deployment. Raises: ServiceUnavailable (flow_server_away)."""
        response = self._request("PATCH", f"work_pools/{WORK_POOL}", {"is_paused": True})
        if not response.is_success:
            raise ServiceUnavailable("flow_server_away", f"HTTP {response.status_code}")

    def is_busy(self) -> bool:
        """Whether a worker is at a run. Raises: ServiceUnavailable (flow_server_away)."""
        return bool(self._post("flow_runs/count", {"flow_runs": {"state": _AT_WORK}}))

    def _crash(self, runs: Iterable[dict[str, Any]]) -> None:
        for run in runs:
            self._post(f"flow_runs/{run['id']}/set_state", {"state": {"type": "CRASHED"}, "force": True})

    def _create_run(self, flow: str, name: str, parameters: dict[str, str], queue: Lane) -> None:
        deployment = self._answer(self._request("GET", f"deployments/name/{flow}/{DEPLOYMENT}"))
        asked = {"name": name, "parameters": parameters, "work_queue_name": queue}
        self._post(f"deployments/{deployment['id']}/create_flow_run", asked)

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        return self._answer(self._request("POST", path, body))

    def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        # A server on SQLite answers 503 while its database is busy: the same request passes a moment later.
        for pause_s in (*_PAUSES_S, None):
            try:
                response = self._http.request(method, path, json=body)
            except httpx.TransportError as error:
                raise ServiceUnavailable("flow_server_away", type(error).__name__) from error
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE or pause_s is None:
                break
            time.sleep(pause_s)
        return response

    @staticmethod
    def _answer(response: httpx.Response) -> Any:
        if not response.is_success:
            raise ServiceUnavailable("flow_server_away", f"HTTP {response.status_code}")
        return response.json()


def find_flow_server(home: Path) -> FlowServer | None:
    """The flow server to use: the one the environment names, else that of this home's `hoso up`, else None."""
    if api_url := os.environ.get("PREFECT_API_URL"):
        return FlowServer(api_url, os.environ.get("PREFECT_API_AUTH_STRING", ""))
    running = find_running(home)
    return FlowServer(running.prefect_api_url, running.prefect_auth) if running else None


def _has_begun(run: dict[str, Any]) -> bool:
    """Whether it was handed out so long ago that it must have claimed its submission by now."""
    start_s = _START_S.get(run["state_type"])
    last_change = datetime.fromisoformat(run["state"]["timestamp"])
    return start_s is not None and last_change < datetime.now(UTC) - timedelta(seconds=start_s)
