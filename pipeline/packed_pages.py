"""A page that was read, with its picture, as one object: what a worker leaves for the one that puts papers together."""

import zipfile
from pathlib import Path

from pipeline.digitise import PageOrLoss
from pipeline.errors import ScanRejected
from pipeline.pages import ReadPage
from schemas.base import Value

_TOLD = "page.json"
_PICTURE = "picture"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""No time of its own, so that the same page makes the same bytes whoever reads it."""


class _Told(Value):
    """What lies in the object beside the picture: the page, or the code and detail of why it is lost."""

    page: ReadPage | None = None
    lost: tuple[str, str] | None = None


def pack(page: PageOrLoss, target: Path) -> None:
    """Write a page with the files of its picture, uncompressed: they are JPEG and fax code."""
    with zipfile.ZipFile(target, "w") as packed:
        if isinstance(page, ScanRejected):
            _add(packed, _TOLD, _Told(lost=(page.code, page.detail)).model_dump_json().encode())
            return
        told = page.model_copy(update={"picture": Path(_PICTURE)})
        _add(packed, _TOLD, _Told(page=told).model_dump_json().encode())
        if page.picture.is_file():
            _add(packed, _PICTURE, page.picture.read_bytes())
            return
        for file in sorted(page.picture.iterdir()):
            if file.is_file() and not file.is_symlink():  # a parser that was taken over may have left anything there
                _add(packed, f"{_PICTURE}/{file.name}", file.read_bytes())


def unpack(source: Path, folder: Path) -> PageOrLoss:
    """Read a packed page; its picture goes into `folder`, which is made."""
    with zipfile.ZipFile(source) as packed:
        packed.extractall(folder)
    told = _Told.model_validate_json((folder / _TOLD).read_bytes())
    if told.page is not None:
        return told.page.model_copy(update={"picture": folder / _PICTURE})
    return ScanRejected(*(told.lost or ("unreadable",)))


def _add(packed: zipfile.ZipFile, name: str, data: bytes) -> None:
    packed.writestr(zipfile.ZipInfo(name, _FIRST_DAY), data)
