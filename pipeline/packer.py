"""Packs dossiers and papers so that they can be read without hoso: for the archive, for a citizen, for another system.

Electronic dossiers of procedures go to the archive within a year after they ended and keep their codes (TT
13/2023/TT-BNV). A package is a bag (`pipeline/bag.py`): the searchable PDF/A of each paper, its values in JSON, and the
hashes of all of it.
"""

import json
import mimetypes
from collections.abc import Iterator
from datetime import datetime

from pipeline.bag import Bag
from pipeline.errors import NotFound
from pipeline.local_time import local_day
from pipeline.package import Folder
from pipeline.package_records import README, PaperFiles, told_of_dossier, told_of_paper
from pipeline.ports import ObjectStore
from pipeline.table_ports import Tables
from schemas.base import Value
from schemas.catalog import Catalogue
from schemas.dossier import Paper
from schemas.dossiers import Component
from schemas.export.package import PackagedFile, PackagedPlace, package_schemas


class Packer:
    """Packs folders into one bag."""

    def __init__(self, store: ObjectStore, tables: Tables, catalogue: Catalogue, bag: Bag, *, originals: bool) -> None:
        """Args: where papers come from; bag: where they go; originals: also the files as they were handed in."""
        self._store, self._tables, self._catalogue, self._bag = store, tables, catalogue, bag
        self._originals = originals
        self._packed: dict[str, int] = {}

    def pack(self, folder: Folder) -> None:
        """Pack one folder; of several with one name the numbers go on.

        Raises:
            NotFound: (no_such_object) a copy that a paper should have is not in the store.
            ServiceUnavailable: store_away, object_altered.

        """
        inside = []
        for paper, part in folder.papers:
            number = self._packed[folder.name] = self._packed.get(folder.name, 0) + 1
            name = f"{number:03}-{paper.type}"
            self._paper(folder.name, name, paper)
            if part is not None:
                inside.append((paper, _place(part, f"{name}.json")))
        if folder.dossier is not None:
            self._json(f"{folder.name}/dossier.json", told_of_dossier(self._catalogue, folder.dossier, inside))

    def finish(self, organisation: str, now: datetime) -> None:
        """Write what tells of the package. `organisation` is the office that hands it out."""
        info = {
            "Source-Organization": organisation,
            "Bagging-Date": local_day(now).isoformat(),
            "Bag-Software-Agent": "hoso",
            "External-Description": "Digitised papers of administrative procedures: PDF/A, JSON and their hashes",
        }
        schemas = {
            f"schemas/{name}": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
            for name, schema in package_schemas().items()
        }
        self._bag.finish(info, {"README.txt": README, **schemas})

    def _paper(self, folder: str, name: str, paper: Paper) -> None:
        copy = signed = None
        if paper.object_key is not None:
            copy = self._fetch(folder, f"{name}.pdf", paper.object_key, "application/pdf")
        if paper.signed is not None:
            signed = self._fetch(folder, f"{name}.signed.pdf", paper.signed.key, "application/pdf")
        originals = tuple(self._handed_in(folder, name, paper)) if self._originals else ()
        code = self._tables.dossiers.code_of(paper.actor.office_id, paper.document_id)
        files = PaperFiles(copy, signed, originals)
        self._json(f"{folder}/{name}.json", told_of_paper(self._catalogue, paper, code, files))

    def _handed_in(self, folder: str, name: str, paper: Paper) -> Iterator[PackagedFile]:
        """The originals that are still kept; those in intake expire."""
        sources = self._tables.submissions.get(paper.actor.office_id, paper.submission_id).sources
        types = {one.sha256: one.media_type for one in sources}
        types |= {one.sha256: one.media_type for one in paper.excerpts}
        for number, (key, sha256) in enumerate(zip(paper.original_keys, paper.original_sha256s, strict=True), start=1):
            suffix = mimetypes.guess_extension(types[sha256]) or ""
            try:
                yield self._fetch(folder, f"{name}.original-{number}{suffix}", key, types[sha256])
            except NotFound:
                continue

    def _fetch(self, folder: str, name: str, key: str, media_type: str) -> PackagedFile:
        sha256, size_bytes = self._bag.add(f"{folder}/{name}", lambda target: self._store.fetch(key, target))
        return PackagedFile(path=name, sha256=sha256, size_bytes=size_bytes, media_type=media_type)

    def _json(self, path: str, told: Value) -> None:
        content = told.model_dump_json(indent=2) + "\n"
        self._bag.add(path, lambda target: target.write_text(content, encoding="utf-8"))


def _place(part: Component, record: str) -> PackagedPlace:
    return PackagedPlace(
        record=record,
        component=part.component,
        digitised=part.digitised,
        reused=part.reused,
        reused_code=part.reused_code,
        result_code=part.result_code,
    )
