"""`hoso export package`: papers to take away, readable without hoso."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from pipeline.bag import Bag, place_bag
from pipeline.catalogue import load_catalogue
from pipeline.cli.noting import note
from pipeline.cli.telling import told
from pipeline.errors import NotFound, ScanRejected
from pipeline.local_time import local_day
from pipeline.package import Folder, of_citizen, of_days, of_dossier
from pipeline.packer import Packer
from pipeline.settings import Settings, load_settings
from pipeline.table_ports import Tables
from pipeline.wiring import open_store, open_tables
from schemas.access import Purpose

_FIRST_DAY = date(2000, 1, 1)
_console = Console(highlight=False, markup=False)


def package(
    target: Annotated[Path, typer.Argument(help="A new folder, or a file NAME.zip or NAME.tar.", show_default=False)],
    dossier: Annotated[list[str] | None, typer.Option(help="This dossier, by its code.")] = None,
    citizen: Annotated[str | None, typer.Option(help="All papers of this citizen, by any number.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="All received from this day on.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; default: today.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that the office has.")] = False,
    originals: Annotated[bool, typer.Option("--originals", help="Also the files as they were handed in.")] = False,
) -> None:
    """Pack PDF/A, values in JSON and hashes of dossiers or papers (BagIt, RFC 8493); the access log notes each paper.

    For the transfer to the archive within a year (TT 13/2023/TT-BNV), and for a citizen who asks for his papers.
    """
    if sum([bool(dossier), citizen is not None, since is not None, everything]) != 1:
        raise typer.BadParameter("say one of --dossier, --citizen, --since and --all")
    if target.exists():
        raise ScanRejected("target_taken")
    settings = load_settings()
    last = until.date() if until else local_day(datetime.now(UTC))
    with open_tables(settings) as tables:
        if dossier:
            folders: Iterator[Folder] = iter([of_dossier(tables, settings.office_id, code) for code in dossier])
        elif citizen is not None:
            person = tables.people.by_number(settings.office_id, citizen)
            if person is None:
                raise NotFound("no_such_citizen")
            folders = of_citizen(tables, settings.office_id, person.citizen_id)
        else:
            folders = of_days(tables, settings.office_id, since.date() if since else _FIRST_DAY, last)
        packed = _pack(settings, tables, folders, target, "citizen_request" if citizen else "dossier", originals)
    _console.print(f"{target}: {packed:,} papers", soft_wrap=True)


def _pack(
    settings: Settings, tables: Tables, folders: Iterator[Folder], target: Path, purpose: Purpose, originals: bool
) -> int:
    """Pack beside the target, so that a failure leaves nothing under its name; return how many papers."""
    packed = 0
    with (
        TemporaryDirectory(dir=target.absolute().parent, prefix=".hoso-package-") as name,
        told("{} papers packed in {} folders") as on_progress,
    ):
        (content := Path(name) / "bag").mkdir()
        packer = Packer(
            open_store(settings), tables, load_catalogue(settings.catalogue), Bag(content), originals=originals
        )
        for number, folder in enumerate(folders, start=1):
            code, ids = (
                folder.dossier.code if folder.dossier else None,
                [paper.document_id for paper, _ in folder.papers],
            )
            note(settings.actor, tables, "export", purpose=purpose, document_ids=ids, subject_id=code)
            packer.pack(folder)
            packed += len(folder.papers)
            on_progress(packed, number)
        packer.finish(settings.office_name or settings.office_id, datetime.now(UTC))
        place_bag(content, target)
    return packed
