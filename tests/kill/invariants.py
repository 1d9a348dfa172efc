"""What must hold after every trouble, once hoso was started again and had its time. Independent of `hoso verify`."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import zip_longest
from typing import Any

from tests.kill.kept import Kept, Row

_TIMES = frozenset({"filed_at", "confirmed_at", "decided_at", "attached_at", "given_at", "received_at", "state_since"})
_OWN = frozenset({"lease_owner", "fence", "attempts", "path", "pages_done", "pages_total"})
_COMPARED = (
    "submissions",
    "source_files",
    "papers",
    "paper_pages",
    "citizens",
    "citizen_numbers",
    "paper_people",
    "open_questions",
    "search_rows",
    "dossiers",
    "dossier_components",
    "paper_codes",
    "proposals",
)
_CONTEXT = 120
_NOT_COMPARED = ("decisions/", "intake/", "submissions/")
"""Somebody who decides again after a crash has decided twice; of what passes only the time is known."""
_RESULT = re.compile(r"-KQ\d+")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")


def broken(kept: Kept, acknowledged: Collection[str] = (), *, expired: bool = False) -> list[str]:
    """Which promises do not hold, in words; empty: all hold.

    Args:
        kept: all that is kept once the queue should be drained.
        acknowledged: SHA-256 of files whose safety somebody was told of, and which policy does not remove.
        expired: the time limit of intake is over, so that papers may point to what was there.
    """
    return [
        *(f"altered: {key}" for key in kept.altered),
        *(f"stray: {name}" for name in kept.strays),
        *(f"original lost: {one}" for one in set(acknowledged) - _originals(kept)),
        *_queue(kept),
        *_papers_once(kept),
        *_rows_without_objects(kept, expired=expired),
        *_objects_without_rows(kept),
    ]


def _originals(kept: Kept) -> set[str]:
    return {sha256 for key, sha256 in kept.objects.items() if "/original/" in key}


def _queue(kept: Kept) -> Iterator[str]:
    for row in kept.rows["submissions"]:
        if row["state"] != "done":
            yield f"not drained: a submission is {row['state']} ({row['reason']})"
    for key in kept.objects:
        if key.startswith("unapplied/"):
            yield f"not applied: {key}"


def _papers_once(kept: Kept) -> Iterator[str]:
    standing = [paper for paper in kept.papers() if paper["state"] not in ("withdrawn", "rejected")]
    pages = Counter(
        (paper["actor"]["office_id"], paper["content_sha256"], page)
        for paper in standing
        for page in paper["source_pages"]
    )
    yield from (f"page of two papers: {where}" for where, count in pages.items() if count > 1)
    sources = Counter((row["office_id"], row["sha256"]) for row in kept.rows["source_files"])
    yield from (f"received twice: {where}" for where, count in sources.items() if count > 1)
    texts = Counter(row["document_id"] for row in kept.rows["paper_pages"])
    found = Counter(row["document_id"] for row in kept.rows["search_rows"] if row["page"] == 0)
    for paper in kept.papers():
        if texts[paper["document_id"]] != len(paper["source_pages"]):
            yield f"pages without text: {paper['document_id']}"
    for paper in standing:
        if found[paper["document_id"]] != 1:
            yield f"found {found[paper['document_id']]} times: {paper['document_id']}"


def _rows_without_objects(kept: Kept, *, expired: bool) -> Iterator[str]:
    for paper in kept.papers():
        wanted = dict(zip(paper["original_keys"], paper["original_sha256s"], strict=True))
        if paper["object_key"]:
            wanted[paper["object_key"]] = paper["sha256"]
        for key, sha256 in wanted.items():
            if kept.objects.get(key) != sha256 and not (expired and key.startswith("intake/")):
                yield f"row without object: {paper['type']} {key}"
        if paper["state"] not in ("withdrawn", "rejected") and not _records(kept, paper):
            yield f"paper without record: {paper['document_id']}"
    beside = [f"dossiers/{row['office_id']}/{row['code']}.json" for row in kept.rows["dossiers"]]
    beside += [f"codes/{row['office_id']}/{row['document_id']}.json" for row in kept.rows["paper_codes"]]
    beside += [_decision_key(row) for row in kept.rows["decisions"]]
    beside += [f"register/{row['office_id']}/{row['citizen_id']}.json" for row in kept.rows["citizens"]]
    beside += [f"submissions/{row['office_id']}/{row['submission_id']}.json" for row in kept.rows["submissions"]]
    yield from (f"row without object: {key}" for key in beside if key not in kept.objects)


def _records(kept: Kept, paper: dict[str, Any]) -> list[str]:
    label = re.compile(rf".*/{re.escape(_label(paper))}\.v\d+\.json")
    folders = (f"/{paper['content_sha256']}/", f"/{paper['submission_id']}/")
    return [key for key in kept.objects if label.fullmatch(key) and any(folder in key for folder in folders)]


def _label(paper: dict[str, Any]) -> str:
    """Pages as keys have them; what is killed here has no paper of more than a few pages in a row."""
    first, last = paper["source_pages"][0], paper["source_pages"][-1]
    return str(first) if first == last else f"{first}-{last}"


def _objects_without_rows(kept: Kept) -> Iterator[str]:
    papers = kept.papers()
    pointed = {key for paper in papers for key in (paper["object_key"], *paper["original_keys"]) if key}
    pointed |= {key for paper in papers for key in _records(kept, paper)}
    pointed |= {f"dossiers/{row['office_id']}/{row['code']}.json" for row in kept.rows["dossiers"]}
    pointed |= {f"codes/{row['office_id']}/{row['document_id']}.json" for row in kept.rows["paper_codes"]}
    pointed |= {_decision_key(row) for row in kept.rows["decisions"]}
    pointed |= {f"register/{row['office_id']}/{row['citizen_id']}.json" for row in kept.rows["citizens"]}
    # What intake holds has its time limit, or was never acknowledged and goes when `hoso verify` finds it a day old.
    passing = ("intake/", "submissions/", "unapplied/")
    yield from (
        f"object without row: {key}" for key in sorted(set(kept.objects) - pointed) if not key.startswith(passing)
    )


def _decision_key(row: Row) -> str:
    return f"decisions/{row['office_id']}/{row['subject_id']}/{row['decision_id']}.json"


# -- answers -----------------------------------------------------------------------------------------------------------


def answers(kept: Kept) -> dict[str, list[str]]:
    """What hoso knows, and where it lies, so that two runs over the same papers can be compared: no ids, no times."""
    names = _names(kept)
    told = {table: sorted(_told(row, names) for row in kept.rows[table]) for table in _COMPARED}
    lasting = (key for key in kept.objects if not key.startswith(_NOT_COMPARED))
    told["objects"] = sorted(_renamed(key, names) for key in lasting)
    return told


def differences(one: dict[str, list[str]], other: dict[str, list[str]]) -> list[str]:
    """Where two answers differ, in words."""
    found = []
    for table, lines in one.items():
        missing, extra = Counter(lines), Counter(other[table])
        pairs = zip_longest((missing - extra).elements(), (extra - missing).elements(), fillvalue="")
        for left, right in pairs:
            at = next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), 0)
            part = slice(max(0, at - _CONTEXT), at + _CONTEXT)
            found.append(f"{table}: {left[part]!r} became {right[part]!r}")
    return found


def _names(kept: Kept) -> dict[str, str]:
    """A name of our own for each id that is made by chance."""
    names = {row["submission_id"]: f"S-{row['content_sha256'][:8]}" for row in kept.rows["submissions"]}
    numbers: dict[str, list[str]] = {}
    for row in kept.rows["citizen_numbers"]:
        numbers.setdefault(row["citizen_id"], []).append(row["number"])
    names |= {citizen_id: f"C-{min(theirs)}" for citizen_id, theirs in numbers.items()}
    return names


def _told(row: Row, names: dict[str, str]) -> str:
    plain = {name: value for name, value in row.items() if name not in _OWN and not name.endswith(("_at", "_since"))}
    if "record" in plain:
        plain["record"] = _timeless(json.loads(plain["record"]))
    plain.pop("id", None)
    return _renamed(json.dumps(plain, sort_keys=True, ensure_ascii=False, default=str), names)


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timeless(one) for name, one in value.items() if name not in _TIMES}
    if isinstance(value, list):
        return [_timeless(one) for one in value]
    return value


def _renamed(text: str, names: dict[str, str]) -> str:
    text = _RESULT.sub("-KQ", text)  # a number is never given twice, so who decides twice has other numbers
    return _UUID.sub(lambda found: names.get(found.group(), found.group()), text)
