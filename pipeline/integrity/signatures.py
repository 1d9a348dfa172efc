"""Signed copies: each bears the one signature that was put on it, and that holds for every byte of it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.errors import NotFound, ScanRejected, ServiceUnavailable
from pipeline.integrity.part import Part
from pipeline.pages import ScanFile
from schemas.dossier import Paper


def look_at_signature(part: Part, paper: Paper) -> None:
    """Check the newest signed copy of a paper, unless something was found about it as an object already."""
    newest = paper.signed_copies[-1] if paper.signed_copies else None
    if newest is None or part.is_noted(newest.key):
        return
    with TemporaryDirectory(prefix="hoso-verify-") as folder:
        target = Path(folder) / "signed"
        try:
            part.archive.store.fetch(newest.key, target)
        except NotFound:
            return
        except ServiceUnavailable as error:
            if error.code != "object_altered":
                raise
            return
        try:
            found = part.archive.parsers.signatures(ScanFile(target, "application/pdf"))
        except ScanRejected:
            found = ()
    if [one.serial for one in found] != [newest.serial] or found[0].state == "invalid":
        part.note("signature_broken", newest.key)
