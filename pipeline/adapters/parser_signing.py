"""A parser's jobs about signatures. pyHanko takes half a second to import, so it is when it is first needed."""

import mmap
from pathlib import Path
from typing import Any

from pipeline.pages import ScanFile, SignatureWanted
from pipeline.settings import Limits

_SIGNED = b"/ByteRange"
"""What a signature covers stands in the file as plain text, since it is written before the rest is known."""


def make_signable(copy: ScanFile, job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Have a copy written with its mark and room for a signature. Raises: ScanRejected (unreadable)."""
    from pipeline.stages.signable import write_signable  # noqa: PLC0415

    wanted = SignatureWanted.model_validate({name: job[name] for name in SignatureWanted.model_fields})
    return write_signable(copy.path, wanted, Path(job["target"]), limits.page_timeout_s).model_dump(mode="json")


def look_at_signatures(scan: ScanFile, job: dict[str, Any]) -> dict[str, Any]:
    """Have the signatures on a file checked; most files bear none, and nothing is imported for them."""
    if scan.media_type != "application/pdf" or not _speaks_of_signatures(scan.path):
        return {"found": []}
    from pipeline.stages.signatures import find_signatures  # noqa: PLC0415

    roots = [bytes.fromhex(root) for root in job["roots"]]
    return {"found": [one.model_dump(mode="json") for one in find_signatures(scan.path, roots)]}


def _speaks_of_signatures(path: Path) -> bool:
    with path.open("rb") as data, mmap.mmap(data.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(_SIGNED) >= 0
