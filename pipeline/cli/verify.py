"""`hoso verify`: whether every object and every row is as it should be."""

import time
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich import progress as bar
from rich.console import Console

from pipeline.cli.lines import write_stdout
from pipeline.findings import SENTENCES, is_serious
from pipeline.integrity.verify import OnChecked, Verifying
from pipeline.settings import load_settings
from pipeline.wiring import open_archive
from schemas.integrity import Finding, VerifyReport

_NOT_AS_IT_SHOULD_BE = 65


def verify(
    sample: Annotated[
        int | None,
        typer.Option(min=1, help="Check about so many objects, going on where the last sample ended; default: all."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Repair nothing, only tell.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout.")] = False,
) -> None:
    """Check objects against their hashes and rows against objects, both ways, and repair what can be.

    Exit code 65: something is wrong that could not be repaired.
    """
    settings = load_settings()
    console = Console(stderr=as_json, highlight=False, markup=False)
    begun = time.perf_counter()
    with open_archive(settings) as archive, _bar(console) as drawn:
        task = drawn.add_task("checking", total=None, objects=0)

        def on_checked(done: int, total: int, objects: int) -> None:
            drawn.update(task, completed=done, total=total, objects=objects)

        verifying = Verifying(archive, settings.office_id, datetime.now(UTC), repair=not dry_run)
        report = _checked(verifying, sample, on_checked)
    if as_json:
        write_stdout(report.model_dump_json())
    else:
        _print(console, report, time.perf_counter() - begun)
    if any(is_serious(finding) for finding in report.findings):
        raise typer.Exit(_NOT_AS_IT_SHOULD_BE)


def _checked(verifying: Verifying, sample: int | None, on_checked: OnChecked) -> VerifyReport:
    return verifying.everything(on_checked) if sample is None else verifying.sample(sample, on_checked)


def _bar(console: Console) -> bar.Progress:
    return bar.Progress(
        bar.TextColumn("{task.description}"),
        bar.BarColumn(),
        bar.TextColumn("{task.fields[objects]} objects"),
        bar.TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )


def _print(console: Console, report: VerifyReport, seconds: float) -> None:
    for finding in report.findings:
        console.print(f"{_fate(finding):<10} {finding.kind:<20} {finding.key}", soft_wrap=True)
    for kind in sorted({finding.kind for finding in report.findings}):
        console.print(f"{kind}: {SENTENCES[kind][1]}", soft_wrap=True)
    megabytes = report.size_bytes / 1e6
    console.print(
        f"{report.objects} objects ({megabytes:.1f} MB) and {report.rows} rows in {seconds:.1f} s;"
        f" {len(report.findings)} findings" + ("" if report.round_ended else "; the next sample goes on from here")
    )


def _fate(finding: Finding) -> str:
    if finding.repaired:
        return "repaired"
    return "WRONG" if is_serious(finding) else "noted"
