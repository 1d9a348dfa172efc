"""The catalogue of papers and procedures: read from TOML, checked whole, before anything starts."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

import schemas
from pipeline.errors import Misconfigured
from schemas.catalog import Catalogue, DocumentType, FieldRule, InForce, LookUpRule, Procedure

_BUILT_IN = Path(schemas.__file__).parent
_HEADER = re.compile(r"^\s*(\[\[?)\s*([\w.\-]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*["']?([\w\-]+)["']?\s*=""")

_WITHOUT_LABELS = (
    "date", "document_number", "organisation", "serial", "issuer", "subject", "signer", "qr", "mrz",
)  # fmt: skip
_PROCEDURE_CODE = re.compile(r"\d\.\d{6}(?!\d)")

KeyPath = tuple[str | int, ...]
Item = TypeVar("Item", DocumentType, Procedure, LookUpRule)


class _Source:
    """One file of the catalogue, with the line of each key."""

    def __init__(self, path: Path) -> None:
        """Reads the file. Raises Misconfigured (bad_catalogue) when it cannot be read or is no TOML."""
        self.path = path
        try:
            text = path.read_text(encoding="utf-8")
            self.data = tomllib.loads(text)
        except (OSError, UnicodeDecodeError) as error:
            raise Misconfigured("bad_catalogue", f"{path}: {type(error).__name__}") from error
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            place = line[1] if line else str(len(text.splitlines()))
            raise Misconfigured("bad_catalogue", f"{path}:{place}: {error}") from error
        self._lines = dict(_key_lines(text))

    def wrong(self, where: KeyPath, what: str) -> Misconfigured:
        """The error for the key at `where`, or for the nearest one around it that stands in the file."""
        for length in range(len(where), 0, -1):
            if where[:length] in self._lines:
                return Misconfigured("bad_catalogue", f"{self.path}:{self._lines[where[:length]]}: {what}")
        return Misconfigured("bad_catalogue", f"{self.path}:1: {what}")


def load_catalogue(extra: Path | None = None) -> Catalogue:
    """The built-in catalogue with the operator's own files over it.

    Args:
        extra: a folder with `document_types/*.toml`, `procedures/*.toml` and `look_ups/*.toml`; a file with a known
            id replaces the built-in one. None: only the built-in catalogue.

    Raises:
        Misconfigured: bad_catalogue; the detail is `FILE:LINE: what is wrong`.

    """
    folders = [_BUILT_IN] if extra is None else [_BUILT_IN, extra]
    if extra is not None and not extra.is_dir():
        raise Misconfigured("bad_catalogue", f"{extra}: no such folder")
    types = _load(folders, "document_types", DocumentType)
    procedures = _load(folders, "procedures", Procedure)
    for source, kind in types.values():
        _check_type(source, kind)
    look_ups = _load(folders, "look_ups", LookUpRule)
    by_id = {name: kind for name, (_, kind) in types.items()}
    for source, kind in types.values():
        _check_known_from(source, kind, by_id)
    for source, procedure in procedures.values():
        _check_procedure(source, procedure, by_id)
    for source, rule in look_ups.values():
        _check_known(source, ("types",), rule.types, by_id)
        _check_dates(source, (), rule.in_force)
    return Catalogue(
        types=by_id,
        procedures={name: item for name, (_, item) in procedures.items()},
        look_ups={name: item for name, (_, item) in look_ups.items()},
    )


def find_procedure(catalogue: Catalogue, wanted: str) -> Procedure | None:
    """The procedure with this id, code or former code; a code may have its local tail (`1.011442.000.00.00.H38`)."""
    code = _PROCEDURE_CODE.match(wanted)
    for procedure in catalogue.procedures.values():
        codes = {procedure.code, *(former.code for former in procedure.former_codes)} - {""}
        if wanted == procedure.id or (code is not None and code[0] in codes):
            return procedure
    return None


def _load(folders: list[Path], kind: str, model: type[Item]) -> dict[str, tuple[_Source, Item]]:
    found: dict[str, tuple[_Source, Item]] = {}
    for folder in folders:
        for path in sorted((folder / kind).glob("*.toml")):
            source = _Source(path)
            item = _validated(source, model)
            if item.id != path.stem:
                raise source.wrong(("id",), f"id is {item.id!r}, but the file is named {path.stem!r}")
            found[item.id] = source, item
    return found


def _validated(source: _Source, model: type[Item]) -> Item:
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        # A misspelt key is also a missing one; the misspelt one has a line of its own.
        first = min(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
        where = tuple(first["loc"])
        raise source.wrong(where, f"{'.'.join(map(str, where))}: {first['msg']}") from None


def _key_lines(text: str) -> Iterator[tuple[KeyPath, int]]:
    """Where each table and key of a TOML text stands: (`fields`, 2, `kind`) -> line, counted from 1."""
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = _table(header[2].split("."), header[1] == "[[", counts)
            yield table, number
        elif key:
            yield (*table, key[1]), number


def _table(names: list[str], is_list: bool, counts: dict[KeyPath, int]) -> KeyPath:
    """The place of a table; one below a list belongs to the list's newest item."""
    path: KeyPath = ()
    for depth, name in enumerate(names):
        path = (*path, name)
        if is_list and depth == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _check_type(source: _Source, kind: DocumentType) -> None:
    declared = [rule.name for rule in kind.fields]
    kinds = [rule.kind for rule in kind.fields]
    for i, rule in enumerate(kind.fields):
        if rule.name in declared[:i]:
            raise source.wrong(("fields", i, "name"), f"field {rule.name!r} stands twice")
        _check_field(source, i, rule)
        if rule.kind == "document_number" and not rule.labels and "issuer" not in kinds:
            raise source.wrong(("fields", i, "name"), f"field {rule.name!r} has no labels")
        if rule.kind in ("qr", "mrz") and not kind.owners:
            raise source.wrong(("fields", i, "kind"), f"{rule.kind} speaks for an owner, and the type has none")
    for group, persons in (("owners", kind.owners), ("mentions", kind.mentions)):
        for i, person in enumerate(persons):
            for part in ("name", "personal_id", "passport", "tax_code", "date_of_birth", "sex"):
                name = getattr(person, part)
                if name is not None and name not in declared:
                    raise source.wrong((group, i, part), f"field {name!r} is not declared")
    if (kind.validity.rule == "months") != (kind.validity.months is not None):
        raise source.wrong(("validity", "months"), "a validity in months, and no other, has months")


def _check_field(source: _Source, number: int, rule: FieldRule) -> None:
    if rule.until and not rule.section:
        raise source.wrong(("fields", number, "until"), f"field {rule.name!r} ends before a heading but begins nowhere")
    if rule.required and rule.witness:
        raise source.wrong(("fields", number, "witness"), f"field {rule.name!r} is required and so no mere witness")
    if not rule.labels and rule.kind not in _WITHOUT_LABELS:
        raise source.wrong(("fields", number, "name"), f"field {rule.name!r} has no labels")
    if rule.labels and rule.kind in ("issuer", "subject", "signer"):
        raise source.wrong(("fields", number, "labels"), f"a value of kind {rule.kind!r} is found by its place")
    try:
        re.compile(rule.pattern or "")
    except re.error as error:
        raise source.wrong(("fields", number, "pattern"), f"no regular expression: {error}") from error


def _check_known_from(source: _Source, kind: DocumentType, types: Mapping[str, DocumentType]) -> None:
    for i, rule in enumerate(kind.fields):
        for other in rule.known_from:
            type_id, _, name = other.partition(".")
            if type_id not in types or name not in {field.name for field in types[type_id].fields}:
                raise source.wrong(("fields", i, "known_from"), f"there is no field {other!r}")


def _check_procedure(source: _Source, procedure: Procedure, types: Mapping[str, DocumentType]) -> None:
    _check_known(source, ("results",), procedure.results, types)
    ids = [paper.id for paper in procedure.papers]
    for i, paper in enumerate(procedure.papers):
        if paper.id in ids[:i]:
            raise source.wrong(("papers", i, "id"), f"paper {paper.id!r} stands twice")
        if not paper.any_of:
            raise source.wrong(("papers", i, "any_of"), f"paper {paper.id!r} can be fulfilled by no type")
        _check_known(source, ("papers", i, "any_of"), paper.any_of, types)
        roles = {owner.role for name in paper.any_of for owner in types[name].owners}
        if paper.role is not None and paper.role not in roles:
            raise source.wrong(
                ("papers", i, "role"), f"no owner of {', '.join(paper.any_of)} has the role {paper.role!r}"
            )
        _check_dates(source, ("papers", i), paper.in_force)
    _check_dates(source, (), procedure.in_force)


def _check_known(source: _Source, where: KeyPath, names: tuple[str, ...], types: Mapping[str, DocumentType]) -> None:
    for name in names:
        if name not in types:
            raise source.wrong(where, f"there is no document type {name!r}")


def _check_dates(source: _Source, where: KeyPath, dates: InForce) -> None:
    if dates.since and dates.until and dates.until < dates.since:
        raise source.wrong((*where, "in_force"), "ends before it begins")
