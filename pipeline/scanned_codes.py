"""What a reader at the counter has read: a dossier's code, off a sheet or a slip, or who somebody is, off his card.

A code identifies and proves nothing: anybody can print one.
"""

from collections.abc import Iterable
from typing import Literal

from pipeline.stages.identifiers import read_card_qr, read_dossier_qr, read_personal_number
from pipeline.stages.sheet_codes import read_sheet_code
from schemas.base import Value
from schemas.catalog import Procedure

_FEWEST_PARTS = 7


class ScannedCode(Value):
    """What a code says. `procedure` is an id of the catalogue; None where the code or the catalogue has none.

    `name` is the one on a card; None where only the number is certain.
    """

    kind: Literal["dossier", "card"]
    dossier_code: str | None = None
    procedure: str | None = None
    personal_id: str | None = None
    name: str | None = None


def read_scanned_code(text: str, procedures: Iterable[Procedure]) -> ScannedCode | None:
    """Make sense of a code's text, or of a dossier's code or a personal number that was typed; None: it is none.

    A reader that types what it reads may lose the marks of names on its way, so of a card whose other parts make no
    sense the number alone is taken.
    """
    text = text.strip()
    sheet = read_sheet_code(text)
    if sheet is not None:
        return ScannedCode(kind="dossier", dossier_code=sheet.dossier_code)
    number = text.partition("|")[0]
    if read_personal_number(number) is not None and (number == text or text.count("|") >= _FEWEST_PARTS - 1):
        card = read_card_qr(text)
        return ScannedCode(kind="card", personal_id=number, name=card.name if card else None)
    slip = read_dossier_qr(text) or read_dossier_qr(text.upper())
    if slip is None:
        return None
    procedure = next((one.id for one in procedures if slip.procedure_code in _codes(one)), None)
    return ScannedCode(
        kind="dossier", dossier_code=slip.dossier_code, procedure=procedure, personal_id=slip.personal_id
    )


def _codes(procedure: Procedure) -> set[str]:
    return {procedure.code, *(former.code for former in procedure.former_codes)} - {""}
