"""`hoso up` on one machine: real Prefect server, worker and web process."""

import csv
import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.adapters import flow_server
from pipeline.adapters.flow_server import FlowServer
from pipeline.adapters.running import find_running
from pipeline.archive import Handing
from pipeline.errors import ServiceUnavailable
from pipeline.incoming import IncomingFile
from pipeline.settings import Limits, Settings
from pipeline.wiring import open_archive
from schemas.dossier import Lane
from tests.system.hoso_up import Up, hoso, hoso_up, process_of, processes_of, wait_until
from tests.system.scans import draw_birth_certificate

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with hoso_up(tmp_path_factory.mktemp("home")) as running:
        yield running


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).is_success
    except httpx.TransportError:
        return False


def working(up: Up) -> bool:
    with sqlite3.connect(up.home / "hoso.db") as connection:
        return bool(connection.execute("SELECT count(*) FROM submissions WHERE state = 'working'").fetchone()[0])


def run(up: Up, *arguments: str) -> str:
    done = subprocess.run(hoso(*arguments), env=up.environment, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def officer(up: Up) -> str:
    """The login of somebody who can sign in."""
    return run(up, "account", "add", "lan", "--role", "counter", "--no-password")


def test_the_address_that_is_printed_asks_to_sign_in(up: Up) -> None:
    assert up.address == up.running.web_url
    with httpx.Client(trust_env=False, follow_redirects=True) as browser:
        page = browser.get(up.address)
    assert page.url.path == "/sign-in"
    assert "Đăng nhập" in page.text


def test_a_link_of_an_officer_opens_the_page(up: Up, officer: str) -> None:
    with httpx.Client(trust_env=False, follow_redirects=True) as browser:
        page = browser.get(run(up, "link", officer))
    assert page.status_code == 200
    assert "Tiếp công dân" in page.text


def test_the_flow_server_refuses_who_does_not_know_the_password(up: Up) -> None:
    with FlowServer(up.running.prefect_api_url, "hoso:guessed") as stranger, pytest.raises(ServiceUnavailable):
        stranger.is_busy()


def test_the_inbox_and_the_sweep_are_scheduled(up: Up) -> None:
    user, _, password = up.running.prefect_auth.partition(":")
    with httpx.Client(
        base_url=up.running.prefect_api_url, auth=(user, password), trust_env=False, timeout=60
    ) as client:

        def scheduled(flow: str) -> bool:
            wanted = {
                "flows": {"name": {"any_": [flow]}},
                "flow_runs": {"state": {"type": {"any_": ["SCHEDULED", "RUNNING", "COMPLETED"]}}},
            }
            runs = client.post("flow_runs/filter", json=wanted).json()
            return any(run["auto_scheduled"] for run in runs)

        wait_until(lambda: scheduled("receive-folder") and scheduled("sweep"), 90)


def test_a_backlog_is_read_by_the_worker(up: Up, tmp_path: Path) -> None:
    folder = tmp_path / "held" / "2019"
    folder.mkdir(parents=True)
    draw_birth_certificate(folder / "a.png", "Bế Thị Tồn")
    (folder / "b.pdf").write_text("no scan at all")
    (tmp_path / "list.csv").write_text(
        "file;owner_number\n2019/a.png;001190012345\n2019/c.png;\n", encoding="utf-8-sig"
    )
    report = tmp_path / "report.csv"
    command = hoso(
        "backlog", str(folder.parent), "--index", str(tmp_path / "list.csv"), "--report", str(report), "--json"
    )
    told = subprocess.run(command, env=up.environment, capture_output=True, text=True, timeout=500, check=False)
    assert told.returncode == 65, told.stderr
    numbers = json.loads(told.stdout)
    assert (numbers["taken"], numbers["refused"], numbers["no_file"], numbers["not_listed"]) == (1, 1, 1, 1)
    with report.open(encoding="utf-8-sig", newline="") as rows:
        outcomes = {row["file"]: (row["outcome"], row["code"]) for row in csv.DictReader(rows)}
    assert outcomes == {
        "2019/a.png": ("taken", ""),
        "2019/b.pdf": ("refused", "not_a_scan"),
        "2019/c.png": ("no_file", "no_such_path"),
    }


def runs_of(up: Up, queue: str) -> list[dict[str, Any]]:
    """The runs of a work queue that have begun, in their order."""
    user, _, password = up.running.prefect_auth.partition(":")
    with httpx.Client(
        base_url=up.running.prefect_api_url, auth=(user, password), trust_env=False, timeout=60
    ) as client:
        of_queue = {"work_queue_name": {"any_": [queue]}}
        wanted = {"flows": {"name": {"any_": ["digitise-submission"]}}, "flow_runs": of_queue}
        found: list[dict[str, Any]] = client.post("flow_runs/filter", json=wanted).json()
    return sorted((run for run in found if run["start_time"]), key=lambda run: str(run["start_time"]))


def test_the_counter_does_not_wait_behind_the_backlog(up: Up) -> None:
    """The worker has two places, and the backlog one of them: many wait, and who comes last is read before most."""
    settings, held = Settings(home=up.home, limits=Limits(parsers=1)), 6
    with FlowServer(up.running.prefect_api_url, up.running.prefect_auth) as server, open_archive(settings) as archive:

        def hand_in(number: int, lane: Lane) -> str:
            broken = IncomingFile("a.pdf", BytesIO(b"%PDF-1.7 torn " + str(number).encode()))
            submission = archive.receive([broken], Handing(actor=settings.actor, lane=lane))
            server.submit(submission.submission_id, lane)
            return submission.submission_id

        for number in range(held):
            hand_in(number, "backlog")
        wait_until(lambda: bool(runs_of(up, "backlog")), 240)
        pressing = hand_in(held, "counter")
        wait_until(lambda: [run["name"] for run in runs_of(up, "counter")] == [pressing], 240)
    (counter,) = runs_of(up, "counter")
    before = [run for run in runs_of(up, "backlog") if run["start_time"] < counter["start_time"]]
    assert len(before) < held
    assert sum(run["start_time"] > counter["created"] for run in before) <= 1
    assert all(first["end_time"] <= second["start_time"] for first, second in pairwise(before))


def share(up: Up, part: str) -> str:
    """How the kernel weighs the session of a process of `hoso up` against others."""
    return Path(f"/proc/{process_of(up.home, part)}/autogroup").read_text().split(" ", 1)[1].strip()


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="this kernel does not share by sessions")
def test_reading_gives_way_to_the_pages(up: Up) -> None:
    assert share(up, "worker start") == "nice 10"
    assert share(up, "pipeline.web.app") == "nice 0"


def test_a_run_that_died_with_its_worker_gives_back_its_place(up: Up, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_server, "_START_S", {"PENDING": 0.0})
    with FlowServer(up.running.prefect_api_url, up.running.prefect_auth, timeout_s=60) as server:
        deployment = server._request("GET", "deployments/name/digitise-submission/hoso").json()

        def handed_out(name: str) -> str:
            """As a worker has it that was then killed."""
            wanted = {"name": name, "work_queue_name": "backlog", "state": {"type": "PENDING"}}
            made = {"parameters": {"submission_id": name}, **wanted}
            return str(server._post(f"deployments/{deployment['id']}/create_flow_run", made)["id"])

        def state(run: str) -> str:
            return str(server._request("GET", f"flow_runs/{run}").json()["state_type"])

        dead, alive = handed_out("dead"), handed_out("alive")
        server.crash_dead(lambda names: {name for name in names if name != "dead"})
        assert (state(dead), state(alive)) == ("CRASHED", "PENDING")
        server.crash_dead(lambda _: ())
        assert state(alive) == "CRASHED"


def test_a_second_one_for_the_same_home_is_refused(up: Up) -> None:
    second = subprocess.run(hoso("up"), env=up.environment, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 78
    assert "already_running" in second.stderr


def test_hoso_web_gives_a_new_link_to_the_running_page(up: Up, officer: str) -> None:
    link = run(up, "web", officer)
    assert link.startswith(up.running.web_url)
    assert httpx.get(link, trust_env=False).status_code == 303


def test_a_page_that_dies_comes_back(up: Up) -> None:
    first = process_of(up.home, "pipeline.web.app")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: first not in processes_of(up.home) and answers(f"{up.running.web_url}/health"), 60)


def test_stopping_leaves_nothing_behind(tmp_path: Path) -> None:
    with hoso_up(tmp_path / "home") as up:
        assert processes_of(up.home)
        up.process.send_signal(signal.SIGTERM)
        assert up.process.wait(timeout=120) == 0
        assert processes_of(up.home) == {}
        assert find_running(up.home) is None
        assert list((up.home / "run").glob("up.json*")) == []


def test_stopping_lets_work_at_hand_finish_and_the_next_start_goes_on(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for name in ("first", "second"):
        scan = draw_birth_certificate(tmp_path / f"{name}.pdf", f"Lê Thị {name}", pages=4)
        with hoso_up(home) as up:
            ingest = subprocess.Popen(hoso("ingest", "--json", str(scan)), env=up.environment, stdout=subprocess.PIPE)
            wait_until(lambda: working(up), 120)
            up.process.send_signal(signal.SIGTERM)
            assert up.process.wait(timeout=120) == 0
            out, _ = ingest.communicate(timeout=10)
            assert ingest.returncode == 0
            assert b"birth_certificate" in out


def test_being_killed_leaves_nothing_behind(tmp_path: Path) -> None:
    with hoso_up(tmp_path / "home") as up:
        up.process.kill()
        wait_until(lambda: processes_of(up.home) == {}, 60)
        assert find_running(up.home) is None
