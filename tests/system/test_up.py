"""`hoso up` on one machine: real Prefect server, worker and web process."""

import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pipeline.adapters.flow_server import FlowServer
from pipeline.adapters.running import find_running
from pipeline.errors import ServiceUnavailable
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
        stranger.sweep()


def test_the_inbox_and_the_sweep_are_scheduled(up: Up) -> None:
    user, _, password = up.running.prefect_auth.partition(":")
    with httpx.Client(base_url=up.running.prefect_api_url, auth=(user, password), trust_env=False) as client:

        def scheduled(flow: str) -> bool:
            wanted = {
                "flows": {"name": {"any_": [flow]}},
                "flow_runs": {"state": {"type": {"any_": ["SCHEDULED", "RUNNING", "COMPLETED"]}}},
            }
            runs = client.post("flow_runs/filter", json=wanted).json()
            return any(run["auto_scheduled"] for run in runs)

        wait_until(lambda: scheduled("receive-folder") and scheduled("sweep"), 90)


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
