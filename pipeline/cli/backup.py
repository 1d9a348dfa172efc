"""`hoso backup`: all that the office has, once more in another place; and the proof that it can be brought back."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from pipeline.adapters.database.engine import open_rows
from pipeline.backup import Backup
from pipeline.cli.ask import AsJson
from pipeline.cli.lines import as_json_line, write_stdout
from pipeline.cli.noting import note
from pipeline.cli.telling import in_mb, told
from pipeline.errors import ServiceUnavailable
from pipeline.letting_go import Terms
from pipeline.ports import ObjectStore
from pipeline.restore import Restore
from pipeline.settings import Settings, load_settings
from pipeline.trial import wrong_answers
from pipeline.turns import turn
from pipeline.wiring import open_backup, open_store, open_tables
from schemas.backup import BackedUp, Proof

_NOT_ALL = 65
_console = Console(highlight=False, markup=False)


def backup(
    target: Annotated[
        str, typer.Argument(help="A folder on another disk, or s3:https://host:port/bucket.", show_default=False)
    ],
    keep: Annotated[int, typer.Option(min=1, help="Keep the newest snapshot of so many days.")] = 30,
    prove: Annotated[
        bool, typer.Option("--prove", help="Restore the newest snapshot on trial, here, and ask it questions.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Copy what is new into a backup, with all rows as they are now; one run at a time, wherever it is started.

    It holds names, numbers and papers, so guard it as the office itself: on an encrypted disk or server. Intake leaves
    it after HOSO_INTAKE_DAYS. QCVN 12:2026/BCA asks for three copies on two media apart, one of them offline.
    """
    settings = load_settings()
    lying = open_backup(settings, target)
    if prove:
        told_ok = _tell_proof(_prove(settings, lying), as_json)
    else:
        told_ok = _tell_backup(_take(settings, lying, keep), as_json)
    if not told_ok:
        raise typer.Exit(_NOT_ALL)


def _take(settings: Settings, target: ObjectStore, keep_days: int) -> BackedUp:
    terms = Terms(keep_days=keep_days, intake_days=settings.intake_days)
    with open_tables(settings) as tables, turn(tables.turns, "backup", settings.lease_s) as ours:
        if not ours:
            raise ServiceUnavailable("backup_running")
        # Before anything leaves, so that a run that is broken off stands there too.
        note(settings.actor, tables, "backup")
        with told("{} objects looked at, {} bytes copied") as on_progress:
            return Backup(open_store(settings), tables.rows, target).take(terms, on_progress)


def _prove(settings: Settings, target: ObjectStore) -> Proof:
    """The trial's folder goes where temporary files go (TMPDIR), and must have room for everything."""
    with TemporaryDirectory(prefix="hoso-trial-") as name:
        home = Path(name)
        places = {"store": f"file:{home / 'store'}", "database": f"sqlite:///{home / 'hoso.db'}"}
        trial = settings.model_copy(update=places)
        store = open_store(trial)
        with open_rows(trial.database_url) as rows, told("{} of {} objects restored on trial") as on_progress:
            restored = Restore(target, store).everything(rows, None, on_progress)
        with open_tables(trial) as tables:
            asked, wrong = wrong_answers(store, tables, tables.rows)
    return Proof(restored=restored, papers_asked=asked, wrong=wrong)


def _tell_backup(done: BackedUp, as_json: bool) -> bool:
    snapshot = done.snapshot
    if as_json:
        write_stdout(as_json_line(done))
    else:
        _console.print(
            f"{snapshot.snapshot_id}: {snapshot.objects:,} objects, {in_mb(snapshot.object_bytes)};"
            f" copied {snapshot.copied:,}, {in_mb(snapshot.copied_bytes)}; rows:"
            f" {sum(table.rows for table in snapshot.tables):,}; let go of {done.dropped} snapshots and"
            f" {done.removed:,} contents",
            soft_wrap=True,
        )
        if done.rewritten:
            _console.print(f"took secret papers out of {done.rewritten} older snapshots", soft_wrap=True)
        if done.locked:
            _console.print(f"LOCKED {done.locked:,}: the server holds them until their term ends", soft_wrap=True)
        for key in snapshot.failed:
            _console.print(f"NOT COPIED {key}", soft_wrap=True)
    return not snapshot.failed


def _tell_proof(proof: Proof, as_json: bool) -> bool:
    if as_json:
        write_stdout(as_json_line(proof))
    else:
        restored = proof.restored
        _console.print(
            f"{restored.snapshot_id}: {restored.objects:,} objects and {restored.rows:,} rows came back whole;"
            f" {proof.papers_asked - len(proof.wrong)} of {proof.papers_asked} papers answer",
            soft_wrap=True,
        )
        for document_id in proof.wrong:
            _console.print(f"WRONG {document_id}")
    return not proof.wrong
