"""A backup in a bucket of another server is as good as one in a folder."""

import uuid
from pathlib import Path

from pipeline.adapters.folder_store import FolderStore
from pipeline.adapters.s3_bucket import S3Bucket
from tests.services.s3 import S3Server, access_to
from tests.unit.backup_office import DAY, PAPER, RECORD, SCAN, Office, listed


def test_an_office_comes_back_from_a_bucket(s3: S3Server, tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.target = S3Bucket(f"{s3.url}/{uuid.uuid4().hex}", access_to(s3))
    for key, data in ((PAPER, b"paper"), (RECORD, b"record"), (SCAN, b"scan")):
        office.put(key, data)
    assert office.back_up(intake_days=1).snapshot.copied == 3
    office.store.delete(SCAN)
    office.rows.now += 3 * DAY
    done = office.back_up(intake_days=1)
    assert (done.snapshot.copied, done.removed) == (0, 1)
    office.restore(store := FolderStore(tmp_path / "restored"))
    assert listed(store) == listed(office.store)
