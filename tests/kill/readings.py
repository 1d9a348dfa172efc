"""Real readings, made once and remembered: hundreds of victims read the same papers, and reading is not what is tried.

Everything around it is the product's: only what parser processes answered is taken from a folder instead of from them.
"""

import hashlib
import pickle
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from pipeline.adapters.parser_pool import ParserPool
from pipeline.pages import PageLook, PagePart, ReadPage, ScanFile, ShownPage, Signable, SignatureWanted
from pipeline.ports import VirusScanner
from pipeline.settings import Limits
from schemas.signing import FoundSignature
from schemas.text import Box
from schemas.viewing import PageWords

untold = threading.local()
"""Its `deep` is true in a thread whose steps are the test's own."""


class RememberedReadings:
    """The port `Parsers`: real parsers for what was never asked before, the memory of their answers else.

    It stands where `ParserPool` does. `folder` is where the answers lie, and is set before the first is made.
    """

    folder: Path

    def __init__(self, limits: Limits, roots: Sequence[bytes] = (), viruses: VirusScanner | None = None) -> None:
        self.side_by_side = limits.parsers
        self._limits, self._roots, self._viruses = limits, roots, viruses
        self._real: ParserPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._real is not None:
            self._real.close()

    def count_pages(self, scan: ScanFile) -> int:
        return int(self._ask("count_pages", [_hash(scan)], None, lambda real: real.count_pages(scan)))

    def look(self, scan: ScanFile, page: int, thumbnail: Path | None) -> PageLook:
        looked = self._ask("look", [_hash(scan), page], thumbnail, lambda real: real.look(scan, page, thumbnail))
        return PageLook.model_validate(looked)

    def holds_active_content(self, scan: ScanFile) -> bool:
        return bool(self._ask("active", [_hash(scan)], None, lambda real: real.holds_active_content(scan)))

    def read_codes(self, scan: ScanFile) -> tuple[str, ...]:
        return tuple(self._ask("read_codes", [_hash(scan)], None, lambda real: real.read_codes(scan)))

    def read_page(self, scan: ScanFile, page: int, number: int, picture: Path) -> ReadPage:
        read: ReadPage = self._ask(
            "read_page", [_hash(scan), page, number], picture, lambda real: real.read_page(scan, page, number, picture)
        )
        return read.model_copy(update={"picture": picture})

    def excerpt(self, scan: ScanFile, pages: Sequence[int], target: Path) -> None:
        self._ask("excerpt", [_hash(scan), *pages], target, lambda real: real.excerpt(scan, pages, target))

    def read_again(self, page: ReadPage, boxes: Sequence[Box]) -> tuple[tuple[str, ...], ...]:
        said = [_said(page), *(box.model_dump_json() for box in boxes)]
        return tuple(self._ask("read_again", said, None, lambda real: real.read_again(page, boxes)))

    def render(self, pages: Sequence[ReadPage], target: Path) -> None:
        self._ask("render", [_said(page) for page in pages], target, lambda real: real.render(pages, target))

    def crop(self, scan: ScanFile, part: PagePart, target: Path) -> None:
        said = [_hash(scan), part.model_dump_json()]
        self._ask("crop", said, target, lambda real: real.crop(scan, part, target))

    def show(self, scan: ScanFile, shown: ShownPage, target: Path) -> None:
        said = [_hash(scan), shown.model_dump_json()]
        self._ask("show", said, target, lambda real: real.show(scan, shown, target))

    def words(self, copy: ScanFile, page: int) -> PageWords:
        return PageWords.model_validate(
            self._ask("words", [_hash(copy), page], None, lambda real: real.words(copy, page))
        )

    def write_signable(self, copy: ScanFile, wanted: SignatureWanted, target: Path) -> Signable:
        said = [_hash(copy), wanted.mark.read_bytes(), wanted.corner, wanted.signed_at]
        answer = self._ask("signable", said, target, lambda real: real.write_signable(copy, wanted, target))
        return Signable.model_validate(answer)

    def signatures(self, scan: ScanFile) -> tuple[FoundSignature, ...]:
        return tuple(self._ask("signatures", [_hash(scan)], None, lambda real: real.signatures(scan)))

    def _ask(self, job: str, said: list[Any], target: Path | None, ask: Callable[[ParserPool], Any]) -> Any:
        """The answer of old, with what was written then; else the parsers' own, which is remembered."""
        name = hashlib.sha256(repr((job, said, target is None)).encode()).hexdigest()
        kept = self.folder / name
        untold.deep = True
        try:
            if not kept.exists():
                self._remember(kept, target, ask)
            elif target is not None:
                _copy(kept / "written", target)
            return pickle.loads((kept / "answer").read_bytes())  # noqa: S301 (written by this class alone)
        finally:
            untold.deep = False

    def _remember(self, kept: Path, target: Path | None, ask: Callable[[ParserPool], Any]) -> None:
        if self._real is None:
            self._real = ParserPool(self._limits, self._roots, self._viruses)
        answer = ask(self._real)
        draft = self.folder / f".{uuid4().hex}"
        draft.mkdir()
        (draft / "answer").write_bytes(pickle.dumps(answer))
        if target is not None:
            _copy(target, draft / "written")
        if not kept.exists():
            draft.rename(kept)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)


def _hash(scan: ScanFile) -> str:
    return hashlib.sha256(scan.path.read_bytes()).hexdigest()


def _said(page: ReadPage) -> str:
    return page.model_copy(update={"picture": Path()}).model_dump_json()
