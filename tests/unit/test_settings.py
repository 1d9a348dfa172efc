"""Settings come from the environment, and secrets from files."""

from pathlib import Path

import pytest

from pipeline import settings
from pipeline.errors import Misconfigured
from pipeline.settings import load_settings


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "SECRETS", tmp_path)
    for name in ("HOSO_S3_SECRET_KEY", "HOSO_LANGUAGE", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_a_secret_is_read_from_its_file(secrets: Path) -> None:
    (secrets / "hoso_s3_secret_key").write_text("from the file\n")

    assert load_settings().s3_secret_key.get_secret_value() == "from the file"


def test_the_environment_wins_over_a_secret_file(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (secrets / "hoso_s3_secret_key").write_text("from the file")
    monkeypatch.setenv("HOSO_S3_SECRET_KEY", "from the environment")

    assert load_settings().s3_secret_key.get_secret_value() == "from the environment"


def test_a_secret_is_read_where_systemd_has_put_it(
    secrets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "hoso_s3_secret_key").write_text("of the unit")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))

    assert load_settings().s3_secret_key.get_secret_value() == "of the unit"


def test_a_machine_without_secret_files_is_no_trouble(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SECRETS", secrets / "absent")

    assert load_settings().s3_secret_key.get_secret_value() == ""


def test_a_bad_secret_file_is_named_without_its_content(secrets: Path) -> None:
    (secrets / "hoso_language").write_text("hush")

    with pytest.raises(Misconfigured) as refusal:
        load_settings()

    assert "LANGUAGE" in str(refusal.value)
    assert "hush" not in str(refusal.value)
