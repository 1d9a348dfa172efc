"""A small office in the middle of its day: people, papers on file, dossiers, and what lies on the glass."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image, ImageFilter

from pipeline.archive import Archive
from pipeline.decisions import new_decision
from pipeline.entrance import new_account
from pipeline.local_time import local_day
from pipeline.passwords import hashed
from pipeline.settings import Settings
from pipeline.wiring import open_archive, open_tables
from schemas.access import Role
from schemas.destruction import Obligation, ProposeDestruction
from schemas.dossiers import Dossier, Party
from schemas.people import Actor
from tests.services.authority import PASSPHRASE, Authority
from tests.signing_in import telephone_of
from tests.specimens import Demo
from tests.specimens.layout import Case
from tests.specimens.making import Scan, make_one

ENVIRONMENT = {
    "HOSO_OFFICE_ID": "phuong-tan-dinh",
    "HOSO_OFFICE_NAME": "Trung tâm Phục vụ hành chính công phường Tân Định",
    "HOSO_OFFICE_CONTACT": "01 Nguyễn Hữu Cầu, phường Tân Định; điện thoại 028 0000 0000",
}
WITH_CODES, PASSWORD = "tu", "đèn dầu trên sông"
_OFFICERS: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("lan", "Nguyễn Thị Lan", ("counter", "reviewer", "head")),
    ("minh", "Trần Đức Minh", ("counter",)),
    ("hoa", "Lê Thị Hoa", ("reviewer",)),
    ("thanh", "Võ Thành", ("auditor",)),
    ("quan", "Phạm Anh Quân", ("administrator",)),
    (WITH_CODES, "Đặng Thị Tú", ("head",)),
)
_DOSSIERS = (
    ("0003", "birth_registration", "Hồ Văn Oánh", 1, 2),
    ("0004", "temporary_residence", "Trương Mỹ Linh", 3, 4),
    ("0005", "household_business_registration", "Đinh Quốc Bảo", 6, -1),
    ("0006", "construction_permit", "Lê Ngọc Phúc", 9, 8),
)
"""Dossiers that came days ago and are due in days; a number below zero: overdue."""


@contextmanager
def a_copy_of(home: Path) -> Iterator[Settings]:
    """The office in a home of its own until the block ends, so that the prepared one is as it was for the next run."""
    with TemporaryDirectory(prefix="hoso-screenshots-") as folder:
        authority = Authority()
        key = authority.key_file(Path(folder) / "key.p12", authority.issue(kind="ec"))
        signing: dict[str, Any] = {"signing": "key", "signing_key": key, "signing_passphrase": PASSPHRASE}
        settings = Settings(home=Path(folder) / "home", **signing)
        copytree(home, settings.home_path)
        _people_the_office(settings)
        yield settings


def _people_the_office(settings: Settings) -> None:
    now = datetime.now(UTC)
    with open_archive(settings) as archive:
        for login, name, roles in _OFFICERS:
            account = new_account(login, name, settings.office_id, roles)
            archive.tables.accounts.add(account, hashed(PASSWORD) if login == WITH_CODES else None, "quan")
        telephone_of(settings, WITH_CODES)
        for number, procedure, owner, came_days_ago, due_in_days in _DOSSIERS:
            received = now - timedelta(days=came_days_ago, hours=int(number))
            archive.dossiers.open(
                Dossier(
                    code=f"H29.12.34-{local_day(received):%y%m%d}-{number}",
                    actor=Actor(office_id=settings.office_id, actor_id="minh"),
                    source="opened",
                    procedure=procedure,
                    owner=Party(name=owner),
                    received_at=received,
                    due_on=local_day(now) + timedelta(days=due_in_days),
                )
            )
        _propose_to_destroy(archive, settings.office_id)


def _propose_to_destroy(archive: Archive, office_id: str) -> None:
    """A head has proposed two papers, as if their term had been over at New Year."""
    due = tuple(
        Obligation(document_id=paper.document_id, type=paper.type, rule="over", until=date(2026, 1, 1))
        for paper in archive.tables.marks.papers(office_id, "", 2)
    )
    tu = Actor(office_id=office_id, actor_id=WITH_CODES)
    proposal = new_decision(ProposeDestruction, tu, str(uuid.uuid4()), reason="keeping_over", papers=due)
    archive.tables.papers.change(proposal, ())


def stack_in(settings: Settings) -> str:
    """The submission that was filed last: what was brought in one scan behind a cover sheet."""
    with open_tables(settings) as tables:
        return tables.submissions.recent(settings.office_id, 1)[0].submission_id


def lay_on_the_glass(folder: Path, demo: Demo) -> dict[str, Path]:
    """What the landowner has with him, in scans that go well and two that do not, by what they are."""
    folder.mkdir(parents=True, exist_ok=True)
    rng, family, owner = Random("screenshots"), demo.family, demo.landowner  # noqa: S311 it can be repeated
    made: dict[str, Path] = {}
    for name, kind, person, other, day in (
        ("contract", "land_transfer_contract", family.mother, owner, date(2026, 6, 24)),
        ("permit", "construction_permit", owner, owner, date(2024, 3, 12)),
        ("residence", "residence_confirmation", owner, owner, date(2026, 6, 2)),
        ("decision", "decision", owner, owner, date(2025, 9, 18)),
    ):
        case = Case(rng, family, person, other, day)
        made[name] = folder / make_one(folder, f"scan-{len(made) + 1:04d}", kind, case, Scan("office")).file
    case = Case(rng, family, family.mother, family.father, family.married)
    sharp = folder / make_one(folder, "sharp", "marriage_certificate", case, Scan("clean", suffix=".png")).file
    made["blurred"] = folder / "scan-0005.jpg"
    with Image.open(sharp) as page:
        page.convert("RGB").filter(ImageFilter.GaussianBlur(6)).save(made["blurred"], dpi=(300, 300))
    made["blank"] = folder / "scan-0006.png"
    Image.new("L", (2480, 3508), 250).save(made["blank"], dpi=(300, 300))
    return made
