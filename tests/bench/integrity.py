"""`make bench-integrity`: how fast a store is checked, and a database made anew from it."""

import argparse
import hashlib
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from rich.console import Console

from pipeline import PIPELINE_VERSION, keys
from pipeline.adapters.database.engine import Database, open_database
from pipeline.adapters.folder_store import FolderStore
from pipeline.adapters.s3_store import S3Store
from pipeline.archive import Archive
from pipeline.catalogue import load_catalogue
from pipeline.integrity.verify import Verifying
from pipeline.ports import ObjectStore
from pipeline.rebuild import rebuild
from pipeline.recording import record_key
from pipeline.settings import Settings
from schemas.dossier import Paper, PaperRecord, Submission
from schemas.people import Actor, PersonOnPaper
from schemas.records import RegisterEntry
from tests.services.postgresql import running_postgresql
from tests.services.s3 import access_to, running_s3
from tests.unit.plain_papers import BIRTH
from tests.unit.plain_parsers import PlainParsers

_COPY_BYTES, _ORIGINAL_BYTES = 60_000, 250_000
"""About what a page makes."""
_ACTOR = Actor(office_id="phuong-a", actor_id="lan")
_START = datetime(2026, 3, 2, tzinfo=UTC)
_console = Console(highlight=False, width=120)


def main() -> None:
    """Fill a folder and an S3 server, make both databases of them, check all; print the rates."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.integrity", description=__doc__)
    parser.add_argument("--papers", type=int, default=2_000)
    options = parser.parse_args()
    with TemporaryDirectory(prefix="hoso-bench-") as name, running_postgresql() as server, running_s3() as s3:
        folder = Path(name)
        sqlite = f"sqlite:///{folder / 'hoso.db'}"
        _measure("folder, SQLite", FolderStore(folder / "store"), sqlite, options.papers)
        bucket = S3Store(f"s3:{s3.url}/{uuid.uuid4().hex}", access_to(s3))
        _measure("S3, PostgreSQL", bucket, server, options.papers)


def _measure(name: str, store: ObjectStore, url: str, papers: int) -> None:
    begun = time.perf_counter()
    _fill(store, papers)
    _console.print(f"{name}: {papers} papers put in {time.perf_counter() - begun:.0f} s")
    with _opened(url) as database:
        begun, cpu = time.perf_counter(), time.process_time()
        made = rebuild(store, database.records, database.restoring, lambda *_: None, replace=False)
        took_s = time.perf_counter() - begun
        _console.print(
            f"{name}: rebuilt {made.papers} papers in {took_s:.1f} s, {made.papers / took_s:.0f} a second {_cpu(cpu)}"
        )
        archive = Archive(Settings(), store, database, PlainParsers(), load_catalogue())
        begun, cpu = time.perf_counter(), time.process_time()
        report = Verifying(archive, _ACTOR.office_id, datetime.now(UTC)).everything(lambda *_: None)
        took_s = time.perf_counter() - begun
    _console.print(
        f"{name}: checked {report.objects} objects and {report.rows} rows in {took_s:.1f} s,"
        f" {report.objects / took_s:.0f} objects and {report.size_bytes / took_s / 1e6:.1f} MB a second {_cpu(cpu)}"
    )
    if report.findings:
        raise SystemExit(f"{len(report.findings)} findings, the first {report.findings[0]}")


def _cpu(before: float) -> str:
    """What it cost this process: on a busy machine that tells more than the clock."""
    return f"({time.process_time() - before:.1f} s of our processor)"


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


def _fill(store: ObjectStore, papers: int) -> None:
    """What filing leaves of submissions of one page: an original, a copy and three records each."""
    rng = Random(1)  # noqa: S311 (bytes that do not compress)
    for number in range(papers):
        original, copy = rng.randbytes(_ORIGINAL_BYTES), rng.randbytes(_COPY_BYTES)
        content = hashlib.sha256(hashlib.sha256(original).hexdigest().encode()).hexdigest()
        folder = keys.archive(_ACTOR.office_id, content)
        kept = store.put(keys.original(folder, hashlib.sha256(original).hexdigest()), BytesIO(original), "image/jpeg")
        pdf = store.put(keys.paper(folder, (1,), "pdf"), BytesIO(copy), "application/pdf")
        filed_at = _START + timedelta(minutes=number)
        owner, submission_id = f"{79_000_000_000 + number:012}", str(uuid.UUID(int=rng.getrandbits(128)))
        citizen_id = uuid.UUID(int=rng.getrandbits(128)).hex
        paper = Paper(
            document_id=str(uuid.UUID(int=rng.getrandbits(128))),
            submission_id=submission_id,
            actor=_ACTOR,
            content_sha256=content,
            pipeline_version=PIPELINE_VERSION,
            type="birth_certificate",
            type_confidence=0.99,
            state="filed",
            keeping="keep",
            people=(PersonOnPaper(personal_id=owner, name="Tôn Thất Khánh Như", role="child", link="filed"),),
            source_pages=(1,),
            rotations=(0,),
            object_key=pdf.key,
            sha256=pdf.sha256,
            size_bytes=pdf.size_bytes,
            original_keys=(kept.key,),
            original_sha256s=(kept.sha256,),
            filed_at=filed_at,
        )
        submission = Submission(
            submission_id=submission_id,
            actor=_ACTOR,
            sources=(),
            content_sha256=content,
            received_at=filed_at,
            state="done",
            state_since=filed_at,
        )
        entry = RegisterEntry(
            citizen_id=citizen_id, actor=_ACTOR, kind="person", name="Tôn Thất Khánh Như", numbers=(owner,)
        )
        filed = PaperRecord(paper=paper, page_texts=(BIRTH * 2,), entries=(citizen_id,), first_state="filed")
        for record in (submission, entry, filed):
            store.put(record_key(store, record), BytesIO(record.model_dump_json().encode()), "application/json")


if __name__ == "__main__":
    main()
