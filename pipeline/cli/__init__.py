"""The command line. Terminal texts are English, for operators; what staff read in JSON follows `HOSO_LANGUAGE`.

Exit codes: 0 done, 2 usage, 65 some files refused, 66 not found, 70 our bug, 75 a service is away, 78 misconfigured.
"""

import logging
import sys

import typer
from rich.console import Console

from pipeline.cli import account, ask, doctor, dossier, export, figures, hook, ingest, register, review, token, up, web
from pipeline.cli.faults import describe
from pipeline.errors import HosoError

_OUR_BUG = 70

app = typer.Typer(
    name="hoso",
    help="Read the papers citizens hand in, file them, and tell which need never be brought again.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(ingest.ingest)
app.command()(ask.search)
app.command()(ask.citizen)
app.command()(ask.show)
app.command()(ask.checklist)
app.command()(ask.confirm)
app.command()(figures.figures)
app.add_typer(export.app, name="export")
app.command()(dossier.prefill)
app.add_typer(dossier.dossier)
app.add_typer(review.app, name="review")
app.add_typer(register.app, name="register")
app.add_typer(account.app)
app.add_typer(token.app)
app.add_typer(hook.app)
app.command()(doctor.doctor)
app.command()(up.up)
app.command()(web.web)
app.command()(web.link)


def main() -> None:
    """Run a command; errors become one sentence and an exit code, our own faults a code to report."""
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    try:
        app()
    except HosoError as error:
        Console(stderr=True).print(f"hoso: {error.message('en')} [{error.code}]", style="red", markup=False)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        Console(stderr=True).print(
            f"hoso: a fault of hoso itself ({describe(error)}). Originals are kept. [internal]",
            style="red",
            markup=False,
        )
        sys.exit(_OUR_BUG)
