"""What tells whether this process works: alive, ready, and its metrics for Prometheus."""

import io
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, Request, Response
from PIL import Image
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from pipeline import keys
from pipeline.archive import Archive
from pipeline.errors import HosoError, ServiceUnavailable
from pipeline.pages import ScanFile
from pipeline.web.refusals import refuse
from pipeline.web.signed_in import OPEN, needs
from schemas.base import Value

router = APIRouter()
_TIMEOUT_S = 5.0
"""A parser that is not running yet needs two seconds to start."""


class Health(Value):
    """The process answers."""

    status: str


class Readiness:
    """Asks database, store and parser whether they answer; a part that hangs is asked once, not again and again."""

    def __init__(self, archive: Archive) -> None:
        self._asks: dict[str, Callable[[], object]] = {
            "database": archive.tables.load.answer,
            "store": lambda: next(archive.store.find(keys.intake("none")), None),
            "parser": lambda: _parse(archive),
        }
        self._pool = ThreadPoolExecutor(len(self._asks), thread_name_prefix="ready")
        self._asked: dict[str, Future[object]] = {}

    def away(self) -> tuple[str, ...]:
        """The parts that did not answer in time."""
        for part, ask in self._asks.items():
            if part not in self._asked or self._asked[part].done():
                self._asked[part] = self._pool.submit(ask)
        wait(self._asked.values(), _TIMEOUT_S)
        return tuple(part for part, answer in self._asked.items() if not _answered(answer))

    def close(self) -> None:
        """End its threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)


@router.get("/health", dependencies=[OPEN], tags=["service"])
def health() -> Health:
    """Whether this process is alive; it asks nobody else."""
    return Health(status="ok")


@router.get("/ready", dependencies=[OPEN], tags=["service"], response_model=Health)
def ready(request: Request) -> Health | Response:
    """Whether work can be done: database, store and parser answer. The header `hoso-away` names those that do not."""
    readiness: Readiness = request.app.state.readiness
    away = readiness.away()
    return refuse("not_ready", request, {"hoso-away": ", ".join(away)}) if away else Health(status="ready")


@router.get("/metrics", dependencies=[needs("metrics.read")], tags=["service"], response_class=Response)
def metrics(request: Request) -> Response:
    """Metrics for Prometheus, with no name, number or office in them. A token with the scope `metrics.read` reads them.

    Not open to this machine alone: behind a proxy every request comes from this machine.
    """
    return Response(generate_latest(request.app.state.metrics.registry), media_type=CONTENT_TYPE_LATEST)


def _parse(archive: Archive) -> None:
    picture = io.BytesIO()
    Image.new("L", (8, 8), 255).save(picture, "PNG")
    with TemporaryDirectory(prefix="hoso-ready-") as folder:
        scan = Path(folder) / "scan"
        scan.write_bytes(picture.getvalue())
        try:
            archive.parsers.count_pages(ScanFile(scan, "image/png"))
        except ServiceUnavailable as error:
            if error.code != "virus_scanner_away":  # papers are received without it, and wait
                raise


def _answered(answer: Future[object]) -> bool:
    if not answer.done():
        return False
    error = answer.exception()
    if error is not None and not isinstance(error, HosoError):
        raise error
    return error is None
