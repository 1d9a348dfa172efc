"""Object keys, in one place: office, content hash, pages and pipeline version; never a name or a citizen's number.

intake/<office>/<sha256>                                         an original, with a time limit
intake/<office>/<content>/<pages>.v<version>.pdf                 a copy that may not be archived yet
archive/<office>/<content>/original/<sha256>                     an original that is kept
archive/<office>/<content>/<pages>.v<version>.pdf|.json          the archive copy and its record
decisions/<office>/<document_id>/<decision_id>.json              what a person decided, append-only
"""

from pipeline import PIPELINE_VERSION


def page_label(pages: tuple[int, ...]) -> str:
    """Pages as a short label: (1, 2, 3, 7) is `1-3.7`."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return ".".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def intake_original(office_id: str, sha256: str) -> str:
    """Where an original waits until policy says what may be kept."""
    return f"intake/{office_id}/{sha256}"


def archive_original(office_id: str, content_sha256: str, sha256: str) -> str:
    """Where an original lies that is kept."""
    return f"archive/{office_id}/{content_sha256}/original/{sha256}"


def paper(area: str, office_id: str, content_sha256: str, pages: tuple[int, ...], suffix: str) -> str:
    """Copy (`pdf`) or record (`json`) of a paper in `area` `archive` or `intake`."""
    return f"{area}/{office_id}/{content_sha256}/{page_label(pages)}.v{PIPELINE_VERSION}.{suffix}"


def decision(office_id: str, document_id: str, decision_id: str) -> str:
    """The append-only record of a human decision."""
    return f"decisions/{office_id}/{document_id}/{decision_id}.json"
