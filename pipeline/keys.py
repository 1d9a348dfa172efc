"""Object keys, in one place: office, content hash, pages and pipeline version; never a name or a citizen's number.

intake/<office>/<submission_id>/original/<sha256>            an original, with a time limit
intake/<office>/<submission_id>/<pages>.v<version>.pdf|json  copy and record of what may not be archived yet
intake/<office>/<submission_id>/pages/<page>.v<version>      a page that was read, until its submission is done
archive/<office>/<content sha256>/original/<sha256>          an original that is kept
archive/<office>/<content sha256>/<pages>.v<version>.pdf     the archive copy
archive/<office>/<content sha256>/<pages>.v<version>.json    the paper's record
archive/<office>/<content sha256>/signed/<sha256>            a signed copy, by its own hash: it is never altered
submissions/<office>/<submission_id>.json                    what was handed in, and from when it is done how it ended
decisions/<office>/<subject_id>/<decision_id>.json           what a person decided, append-only
unapplied/<office>/<decision_id>.json                        a decision whose rows are not written yet
register/<office>/<citizen_id>.json                          an entry of the register
codes/<office>/<document_id>.json                            the code a digitised paper was given
dossiers/<office>/<dossier code>.json                        what is known of a dossier beside its papers
deliveries/<office>/<delivery id>.json                       the receipt of what a counter handed over to its centre
destructions/<office>/<destruction id>.json                 the certificate of a destruction
figures/<office>/<day>.json                                  the figures of a day, as they stood when it was over
audit/<office>/<day>.json                                    the head of the access log at the end of a day
audit/<office>/<day>.jsonl                                   the day's entries, one a line
audit-head/<office>/head.json                                the newest entry of the log, as it was minutes ago
"""

import hashlib
from datetime import date

from pipeline import PIPELINE_VERSION

_LONGEST_LABEL = 80


def page_label(pages: tuple[int, ...]) -> str:
    """Pages as a short label: (1, 2, 3, 7) is `1-3.7`; a hash where that would be too long for a file name."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    label = ".".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
    return label if len(label) <= _LONGEST_LABEL else hashlib.sha256(label.encode("ascii")).hexdigest()


def intake(office_id: str, submission_id: str | None = None) -> str:
    """The folder of a submission in intake; without one, that of the whole office."""
    return f"intake/{office_id}/" + (f"{submission_id}/" if submission_id else "")


def submission(office_id: str, submission_id: str | None = None) -> str:
    """The record of a submission; without one, the folder of the office."""
    return f"submissions/{office_id}/" + (f"{submission_id}.json" if submission_id else "")


def is_intake(key: str) -> bool:
    """Whether what lies there has a time limit."""
    return key.startswith("intake/")


def archive(office_id: str, content_sha256: str) -> str:
    """The folder of a content in the archive."""
    return f"archive/{office_id}/{content_sha256}/"


def original(folder: str, sha256: str) -> str:
    """An original in `folder`."""
    return f"{folder}original/{sha256}"


def signed(folder: str, sha256: str = "") -> str:
    """A signed copy in `folder`; without a hash, the folder of them."""
    return f"{folder}signed/{sha256}"


def read_pages(folder: str, number: int | None = None) -> str:
    """A page that was read, by its number in the submission; without one, the folder of them."""
    return f"{folder}pages/" + (f"{number}.v{PIPELINE_VERSION}" if number is not None else "")


def paper(folder: str, pages: tuple[int, ...], suffix: str) -> str:
    """Copy (`pdf`) or record (`json`) of a paper in `folder`."""
    return f"{folder}{page_label(pages)}.v{PIPELINE_VERSION}.{suffix}"


def decision(office_id: str, subject_id: str, decision_id: str | None = None) -> str:
    """The append-only record of a human decision about a paper, a submission, a citizen, a dossier, a destruction or a
    request; without one, the folder of the subject.
    """
    return f"decisions/{office_id}/{subject_id}/" + (f"{decision_id}.json" if decision_id else "")


def decision_named(office_id: str, name: str) -> str:
    """The same by `<subject>/<decision>`."""
    return f"decisions/{office_id}/{name}.json"


def unapplied(office_id: str, decision_id: str | None = None) -> str:
    """The mark of a decision whose rows are not written yet; without one, the folder of the office."""
    return f"unapplied/{office_id}/" + (f"{decision_id}.json" if decision_id else "")


def register_entry(office_id: str, citizen_id: str) -> str:
    """The record of an entry of the register."""
    return f"register/{office_id}/{citizen_id}.json"


def paper_code(office_id: str, document_id: str) -> str:
    """The code of a digitised paper."""
    return f"codes/{office_id}/{document_id}.json"


def dossier(office_id: str, code: str) -> str:
    """The record of a dossier."""
    return f"dossiers/{office_id}/{code}.json"


def delivery(office_id: str, delivery_id: str) -> str:
    """The receipt of a delivery, at the centre and on the counter's machine."""
    return f"deliveries/{office_id}/{delivery_id}.json"


def destruction(office_id: str, destruction_id: str | None = None) -> str:
    """The certificate of a destruction; without one, the folder of the office."""
    return f"destructions/{office_id}/" + (f"{destruction_id}.json" if destruction_id else "")


def figures(office_id: str, day: date | None = None) -> str:
    """The kept figures of a day; without one, the folder of the office."""
    return f"figures/{office_id}/" + (f"{day.isoformat()}.json" if day else "")


def audit_day(office_id: str, day: date | None = None) -> str:
    """The head of a closed day of the access log; without one, the folder of the office."""
    return f"audit/{office_id}/" + (f"{day.isoformat()}.json" if day else "")


def audit_lines(office_id: str, day: date) -> str:
    """The entries of a closed day."""
    return f"audit/{office_id}/{day.isoformat()}.jsonl"


def audit_head(office_id: str) -> str:
    """The newest entry of the access log."""
    return f"audit-head/{office_id}/head.json"
