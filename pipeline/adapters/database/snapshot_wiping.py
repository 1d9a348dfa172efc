"""Papers that proved to be secret, and rows of earlier backups without what these said of them."""

import json
import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, literal, select

from pipeline import keys
from pipeline.adapters.database.desk_tables import earlier_papers
from pipeline.adapters.database.dossier_tables import paper_codes
from pipeline.adapters.database.row_files import described, file_of, open_to_write, reading, write_line
from pipeline.adapters.database.tables import citizens, decisions, papers
from pipeline.snapshots import Wiped, WithoutWiped
from pipeline.stages.certain import is_gone, is_wiped
from schemas.backup import SavedTable
from schemas.decisions import SetSecrecy, SetType, outlasts_wiping, read_decision, wipes
from schemas.dossier import Paper

_Row = dict[str, Any]
_OF_WIPED = '%"keeping":"secret_stop"%'
_NO_ORIGINALS: dict[str, Any] = {"original_keys": (), "original_sha256s": (), "excerpts": ()}


def wiped_papers(connection: Connection) -> Iterator[Wiped]:
    """Papers that were wiped, and of which nothing waits to be forgotten."""
    by_content: dict[tuple[str, str], list[Paper]] = defaultdict(list)
    for record in connection.execute(select(papers.c.record).where(papers.c.record.like(_OF_WIPED))).scalars():
        paper = Paper.model_validate_json(record)
        if is_wiped(paper):
            by_content[paper.actor.office_id, paper.content_sha256].append(paper)
    for (office_id, content_sha256), found in sorted(by_content.items()):
        one = _wiped_of(connection, office_id, content_sha256, [paper.document_id for paper in found])
        if one is not None:
            yield one


def _wiped_of(connection: Connection, office_id: str, content_sha256: str, ids: Sequence[str]) -> Wiped | None:
    about = (decisions.c.office_id == office_id) & decisions.c.subject_id.in_(ids)
    records = connection.execute(select(decisions.c.record).where(about)).scalars()
    said = [read_decision.validate_json(record) for record in records]
    for table in (paper_codes, earlier_papers):
        mine = (table.c.office_id == office_id) & table.c.document_id.in_(ids)
        if connection.execute(select(literal(1)).select_from(table).where(mine).limit(1)).scalar():
            return None
    if not all(map(outlasts_wiping, said)):
        return None
    wipings = [one.wiping for one in said if isinstance(one, SetType | SetSecrecy) and one.wiping is not None]
    owners = {owner for wiping in wipings for owner in wiping.owners}
    register = (citizens.c.office_id == office_id) & citizens.c.citizen_id.in_(owners)
    there = connection.execute(select(citizens.c.citizen_id).where(register)).scalars()
    beside = (papers.c.office_id == office_id) & (papers.c.content_sha256 == content_sha256)
    left = defaultdict(list)
    for record in connection.execute(select(papers.c.record).where(beside)).scalars():
        paper = Paper.model_validate_json(record)
        left[paper.submission_id].append(paper)
    return Wiped(
        office_id=office_id,
        content_sha256=content_sha256,
        document_ids=frozenset(ids),
        submissions=frozenset(left),
        emptied=frozenset(name for name, each in left.items() if all(map(is_gone, each))),
        owners=frozenset(owners - set(there)),
        decisions=frozenset(one.decision_id for one in said if wipes(one)),
    )


class TakingOut:
    """Takes wiped papers out of the files of one earlier snapshot."""

    def __init__(self, tables: Sequence[SavedTable], folder: Path, wiped: Sequence[Wiped], newest: Path) -> None:
        """Args: see `Rows.without_wiped`."""
        self._tables = {table.name: table for table in tables}
        self._folder = folder
        self._papers = {(one.office_id, document_id) for one in wiped for document_id in one.document_ids}
        self._contents = {(one.office_id, one.content_sha256) for one in wiped}
        self._emptied = {(one.office_id, submission_id) for one in wiped for submission_id in one.emptied}
        self._owners = {(one.office_id, citizen_id) for one in wiped for citizen_id in one.owners}
        self._named = _any_of([self._papers, self._contents, self._emptied, self._owners])
        self._today = {
            name: {tuple(row[column] for column in key): row for row in self._rows(newest, name)}
            for name, key in _SAID_TODAY.items()
        }
        self._stay: set[str] = set()
        self._follow: set[tuple[str, str, str]] = set()
        self._places = {_place(keys.archive(*content)) for content in self._contents}
        for one in wiped:
            self._places.update(_place(keys.intake(one.office_id, submission_id)) for submission_id in one.submissions)

    def run(self) -> WithoutWiped:
        """Write anew what changes, and tell of all."""
        self._owners = self._untied(self._owners)
        ways: dict[str, Callable[[_Row], _Row | None]] = {
            "submissions": self._submission,
            "source_files": self._file,
            "papers": self._paper,
            "paper_pages": self._page,
            "dossier_components": self._component,
            "proposals": self._proposal,
            "decisions": self._decision,
            "citizens": self._entry,
            "citizen_numbers": self._entry,
            "earlier_names": self._entry,
            "answered_requests": lambda _: None,  # an answer to a program may repeat what the paper said
        } | dict.fromkeys(_GO, self._about_paper)
        for name in ways.keys() & self._tables.keys():
            self._rewrite(name, ways[name])
        self._add_changes()
        return WithoutWiped(tuple(self._tables.values()), frozenset(self._places), frozenset(self._stay))

    def _untied(self, owners: set[tuple[str, str]]) -> set[tuple[str, str]]:
        """Of these entries those that no other paper, no decision and no other entry hangs on."""
        tied = {
            (row["office_id"], row["citizen_id"])
            for row in self._rows(self._folder, "paper_people")
            if not self._is_wiped(row)
        }
        tied |= {(row["office_id"], row["subject_id"]) for row in self._rows(self._folder, "decisions")}
        tied |= {(row["office_id"], row["merged_into"]) for row in self._rows(self._folder, "citizens")}
        return owners - tied

    # -- what becomes of a row; None: it goes -------------------------------------------------------------------------

    def _paper(self, row: _Row) -> _Row | None:
        """Wiped, or without the originals that it shared with one that is."""
        office_id, document_id = row["office_id"], row["document_id"]
        if self._is_wiped(row):
            self._follow.add((office_id, "paper", document_id))
            self._places |= {_place(keys.decision(office_id, document_id)), keys.paper_code(office_id, document_id)}
            return self._as_today("papers", row)
        if (office_id, row["content_sha256"]) not in self._contents:
            return row
        self._follow.add((office_id, "paper", document_id))
        paper = Paper.model_validate_json(row["record"])
        self._stay.update(paper.copy_keys)
        return row | {"record": paper.model_copy(update=_NO_ORIGINALS).model_dump_json()}

    def _submission(self, row: _Row) -> _Row | None:
        office_id, submission_id = row["office_id"], row["submission_id"]
        if (office_id, submission_id) not in self._emptied:
            return row
        self._follow.add((office_id, "submission", submission_id))
        self._places.add(keys.submission(office_id, submission_id))
        return self._as_today("submissions", row)

    def _file(self, row: _Row) -> _Row | None:
        is_emptied = (row["office_id"], row["submission_id"]) in self._emptied
        return self._as_today("source_files", row) if is_emptied else row

    def _page(self, row: _Row) -> _Row | None:
        return row | {"kept_text": ""} if self._is_wiped(row) else row

    def _about_paper(self, row: _Row) -> _Row | None:
        return None if self._is_wiped(row) else row

    def _component(self, row: _Row) -> _Row | None:
        """That there was a result is what tells that the matter has ended; its code names the owner."""
        left = self._proposal(row)
        return row | {"result_code": row["document_id"]} if left is None and row["result_code"] else left

    def _proposal(self, row: _Row) -> _Row | None:
        if not self._is_wiped(row):
            return row
        self._follow.add((row["office_id"], "dossier", row["code"]))
        self._places.add(keys.dossier(row["office_id"], row["code"]))
        return None

    def _decision(self, row: _Row) -> _Row | None:
        if (row["office_id"], row["subject_id"]) not in self._papers:
            return row
        return row if outlasts_wiping(read_decision.validate_json(row["record"])) else None

    def _entry(self, row: _Row) -> _Row | None:
        if (row["office_id"], row["citizen_id"]) not in self._owners:
            return row
        self._places.add(keys.register_entry(row["office_id"], row["citizen_id"]))
        return None

    def _is_wiped(self, row: _Row) -> bool:
        return (row["office_id"], row["document_id"]) in self._papers

    def _as_today(self, table: str, row: _Row) -> _Row:
        """The row as it is by now; an older version of hoso may have had other columns."""
        today = self._today[table][tuple(row[column] for column in _SAID_TODAY[table])]
        return row | {column: value for column, value in today.items() if column in row}

    # -- files --------------------------------------------------------------------------------------------------------

    def _rows(self, folder: Path, name: str) -> Iterator[_Row]:
        """Rows that name something of the wiped papers."""
        if not file_of(folder, name).exists():  # an older version of hoso had no such table
            return
        with reading(file_of(folder, name)) as (columns, file):
            for line in filter(self._named.search, file):
                yield dict(zip((column for column, _ in columns), json.loads(line), strict=True))

    def _rewrite(self, name: str, way: Callable[[_Row], _Row | None]) -> None:
        before, path, after = self._tables[name], file_of(self._folder, name), self._folder / f"{name}.after"
        gone = changed = 0
        with reading(path) as (columns, file), open_to_write(after) as written:
            write_line(written, columns)
            for line in file:
                if not self._named.search(line):
                    written.write(line)
                    continue
                row = dict(zip((column for column, _ in columns), json.loads(line), strict=True))
                becomes = way(row)
                changed += becomes != row
                gone += becomes is None
                if becomes is not None:
                    write_line(written, list(becomes.values()))
        if changed:
            after.replace(path)
            self._tables[name] = described(path, name, before.rows - gone, before.revision + 1)
        after.unlink(missing_ok=True)

    def _add_changes(self) -> None:
        """Note the rows whose records in the store were taken out with the rest: they are written anew."""
        before = self._tables.get("changed_rows")
        if before is None or not self._follow:
            return
        path = file_of(self._folder, before.name)
        with reading(path) as (columns, file):
            lines = list(file)
        with open_to_write(path) as written:
            write_line(written, columns)
            written.writelines(lines)
            for office_id, kind, subject_id in sorted(self._follow):
                row = {"mark": str(uuid.uuid4()), "office_id": office_id, "kind": kind, "subject_id": subject_id}
                write_line(written, [row[column] for column, _ in columns])
        rows = before.rows + len(self._follow)
        self._tables[before.name] = described(path, before.name, rows, before.revision + 1)


_SAID_TODAY = {
    "papers": ("office_id", "document_id"),
    "submissions": ("submission_id",),
    "source_files": ("submission_id", "position"),
}
"""Tables of which a row stays, as it is by now; and their keys."""
_GO = ("paper_people", "open_questions", "paper_codes", "paper_marks", "earlier_papers")
"""Tables of which rows about a wiped paper go."""


def _any_of(names: Sequence[set[tuple[str, str]]]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(re.escape(name) for each in names for _, name in each)))


def _place(folder: str) -> str:
    return folder.rstrip("/")
