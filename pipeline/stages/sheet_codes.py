"""Codes that steer a stack: those of our own sheets, and dossier codes in the QR codes of official slips.

Our cover sheet carries `hoso:cover:1:<dossier code>`, our list of missing papers `hoso:missing:1:<dossier code>`; `1`
is the version of this form. Official slips carry the dossier code somewhere in theirs (TT 01/2023/TT-VPCP, Điều 26).
"""

from typing import Literal

from pipeline.stages.field_values import find_dossier_code
from schemas.base import Value

SheetKind = Literal["cover", "missing"]
_PREFIX = {"cover": "hoso:cover:1:", "missing": "hoso:missing:1:"}


class SheetCode(Value):
    """What the QR code of one of our sheets says."""

    kind: SheetKind
    dossier_code: str


def write_sheet_code(code: SheetCode) -> str:
    """The text of the QR code."""
    return _PREFIX[code.kind] + code.dossier_code


def read_sheet_code(text: str) -> SheetCode | None:
    """The reverse of `write_sheet_code`; None for any other code, and for one without a possible dossier code."""
    for kind in ("cover", "missing"):
        code = text.strip().removeprefix(_PREFIX[kind])
        if code != text.strip() and code == find_dossier_code(code):
            return SheetCode(kind=kind, dossier_code=code)
    return None
