"""Who is meant by what a reader read from a card or receipt, or an officer typed: a number, a name, a dossier's code.

It finds, and proves nothing: a printed code can be copied. That the citizen is there is recorded by itself.
"""

import re
from collections.abc import Sequence

from pipeline.catalogue import find_procedure
from pipeline.dossier_ports import Dossiers
from pipeline.errors import NotFound
from pipeline.stages.identifiers import DossierQr, read_card_qr, read_dossier_qr
from pipeline.table_ports import People
from pipeline.vietnamese import nfc
from schemas.base import Value
from schemas.catalog import Catalogue
from schemas.people import Citizen
from schemas.visits import FoundBy

MOST_NAMESAKES = 8
"""More of one name are not shown: without a number the officer could not choose, and would look at many for one."""
_NUMBER = re.compile(r"\d{9}|\d{12}|\d{10}(\d{3})?|[A-Z]{1,2}\d{6,8}")
"""CMND, personal number, tax code of an organisation or its branch, passport."""
_CUT_CODE = re.compile(r"(\d{12}|\d{9})\|")


class Sought(Value):
    """Who may be meant. `known` are entries of the register; `number` and `name` are what was read or typed.

    `dossier_code` and `procedure` (an id of the catalogue) are what a receipt tells.
    """

    found_by: FoundBy
    known: tuple[Citizen, ...] = ()
    number: str | None = None
    name: str | None = None
    dossier_code: str | None = None
    procedure: str | None = None


class Seeker:
    """Looks in an office's register and dossiers."""

    def __init__(self, people: People, dossiers: Dossiers, catalogue: Catalogue) -> None:
        """Args: catalogue: tells which procedure a receipt names."""
        self._people, self._dossiers, self._catalogue = people, dossiers, catalogue

    def seek(self, office_id: str, said: str) -> Sought:
        """Who may be meant by `said`: the text of a QR code, a number with or without spaces, a whole name, or a code.

        Of a name at most `MOST_NAMESAKES` are given; marks do not matter.
        """
        text = nfc(said).strip()
        card = read_card_qr(text)
        if card is not None:
            return self._numbered(office_id, "qr", [card.personal_id, card.old_number or ""], card.name)
        cut = _CUT_CODE.match(text)
        if cut is not None:  # The keyboard's Vietnamese typing has spoilt the name in the code; its number is whole.
            return self._numbered(office_id, "qr", [cut[1]], None)
        slip = read_dossier_qr(text)
        if slip is not None:
            return self._of_dossier(office_id, slip)
        number = re.sub(r"[\s.\-]", "", text).upper()
        if _NUMBER.fullmatch(number):
            return self._numbered(office_id, "number", [number], None)
        known = self._people.namesakes(office_id, text, MOST_NAMESAKES) if text else ()
        return Sought(found_by="name", known=known, name=text or None)

    def _numbered(self, office_id: str, found_by: FoundBy, numbers: Sequence[str], name: str | None) -> Sought:
        """The first number names; another one may be the one that the register has."""
        found = (self._people.by_number(office_id, number) for number in numbers if number)
        known = next((citizen for citizen in found if citizen is not None), None)
        return Sought(found_by=found_by, known=(known,) if known else (), number=numbers[0], name=name)

    def _of_dossier(self, office_id: str, slip: DossierQr) -> Sought:
        told = {"dossier_code": slip.dossier_code}
        procedure = find_procedure(self._catalogue, slip.procedure_code) if slip.procedure_code else None
        try:
            dossier = self._dossiers.get(office_id, slip.dossier_code)
        except NotFound:
            named = self._numbered(office_id, "receipt", [slip.personal_id], None) if slip.personal_id else None
            sought = named or Sought(found_by="receipt")
            return sought.model_copy(update=told | {"procedure": procedure.id if procedure else None})
        owner = dossier.owner
        sought = self._numbered(office_id, "receipt", [owner.number or ""], owner.name)
        known_procedure = dossier.procedure or (procedure.id if procedure else None)
        return sought.model_copy(update=told | {"number": owner.number, "procedure": known_procedure})
