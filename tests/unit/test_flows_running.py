"""How commands of one home find its `hoso up`."""

from pathlib import Path

import pytest

from pipeline.adapters.running import Running, announce, find_running, hold_home
from pipeline.errors import Misconfigured

UP = Running(
    pid=1, prefect_api_url="http://127.0.0.1:4200/api", prefect_auth="hoso:invented", web_url="http://127.0.0.1:8460"
)


def test_a_home_that_was_never_up_has_nothing_running(tmp_path: Path) -> None:
    assert find_running(tmp_path) is None


def test_what_is_announced_is_found(tmp_path: Path) -> None:
    with hold_home(tmp_path):
        announce(tmp_path, UP)
        assert find_running(tmp_path) == UP


def test_nothing_is_found_before_the_announcement(tmp_path: Path) -> None:
    with hold_home(tmp_path):
        assert find_running(tmp_path) is None


def test_the_announcement_goes_with_its_process(tmp_path: Path) -> None:
    with hold_home(tmp_path):
        announce(tmp_path, UP)
    assert find_running(tmp_path) is None
    assert not (tmp_path / "run" / "up.json").exists()


def test_an_announcement_left_by_a_killed_process_is_not_believed(tmp_path: Path) -> None:
    with hold_home(tmp_path):
        announce(tmp_path, UP)
        left = (tmp_path / "run" / "up.json").read_bytes()
    (tmp_path / "run" / "up.json").write_bytes(left)
    assert find_running(tmp_path) is None


def test_a_second_one_of_the_same_home_is_refused(tmp_path: Path) -> None:
    with hold_home(tmp_path), pytest.raises(Misconfigured) as refusal, hold_home(tmp_path):
        pass
    assert refusal.value.code == "already_running"


def test_the_password_is_for_the_owner_only(tmp_path: Path) -> None:
    with hold_home(tmp_path):
        announce(tmp_path, UP)
        assert (tmp_path / "run" / "up.json").stat().st_mode & 0o077 == 0
    assert "invented" not in repr(UP)
