"""Every type of paper beside what is kept of it, for how long, and by which source: the table of docs/keeping.md.

`python -m tests.keeping_table` prints it; `tests/unit/test_keeping_page.py` tells when the page is behind.
"""

import sys
from collections.abc import Iterator

from pipeline.catalogue import load_catalogue
from schemas.catalog import DocumentType

_KEPT = {"keep": "all", "fields_only": "**fields only**", "show_only": "**nothing**", "secret_stop": "**nothing**"}


def rows() -> Iterator[str]:
    """The lines of the table, in the order of the types' ids."""
    yield "| type | title | kept | term | source of what is kept |"
    yield "|---|---|---|---|---|"
    for kind in sorted(load_catalogue().types.values(), key=lambda one: one.id):
        source = kind.keeping.source if kind.keeping.verified else f"{kind.keeping.source} (unverified)"
        yield f"| {kind.id} | {kind.title.printed} | {_KEPT[kind.keeping.rule]} | {_term(kind)} | {source} |"


def _term(kind: DocumentType) -> str:
    if kind.keeping.rule != "keep":
        return "HOSO_INTAKE_DAYS at most" if kind.keeping.rule == "fields_only" else "wiped at once"
    if kind.retention is None:
        return "not known: kept"
    return "for ever" if kind.retention.years is None else f"{kind.retention.years} years"


if __name__ == "__main__":
    sys.stdout.write("\n".join(rows()) + "\n")
