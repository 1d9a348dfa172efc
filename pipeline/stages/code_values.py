"""What the codes of a card or a slip say: QR code and machine-readable zone outrank what was read in print."""

from collections.abc import Mapping, Sequence

from rapidfuzz.distance import Levenshtein

from pipeline.stages.addresses import read_address
from pipeline.stages.evidence import CODE_CONFIDENCE, REVIEW_BELOW, Draft, overrule
from pipeline.stages.identifiers import DossierQr, InsuranceQr, read_card_qr, read_dossier_qr, read_insurance_qr
from pipeline.stages.layout import Row, letters
from pipeline.stages.mrz import Mrz, read_mrz
from pipeline.stages.person_names import family_length
from schemas.catalog import DocumentType, FieldKind
from schemas.dossier import Evidence
from schemas.text import PageText

_KIND_AND_STATE = 5
"""Signs before the name in a passport's first line (ICAO Doc 9303, part 4)."""
_ZONE_ALIKE = 0.7
"""Share of letters that name line and name of a card have in common however badly the engine reads OCR-B."""


def add_codes(
    pages: Sequence[PageText], rows: Sequence[Row], document_type: DocumentType, drafts: dict[str, Draft]
) -> None:
    """Puts what QR code and MRZ say into the fields of a type that names such codes.

    The zone is read first, since the QR code has the name with its marks and so has the last word.

    Args:
        pages: the paper's pages with their codes.
        rows: the same as rows, where the zone stands.
        document_type: its first owner's fields, and those of the same kind as a code's parts, are filled in.
        drafts: by name; changed.
    """
    names = {rule.kind: rule.name for rule in document_type.fields}
    mrz = read_mrz([row.text for row in rows]) if "mrz" in names else None
    if mrz is not None:
        _overrule(document_type, drafts, _of_zone(mrz, names), "mrz")
    _add_qr(pages, document_type, names, drafts)
    name = drafts.get(document_type.owners[0].name or "") if mrz is not None else None
    if mrz is not None and name is not None and (zone := _whole_zone(mrz, name)):
        drafts[names["mrz"]] = Draft(zone, CODE_CONFIDENCE, "mrz", certain=True)


def _add_qr(
    pages: Sequence[PageText],
    document_type: DocumentType,
    names: Mapping[FieldKind, str],
    drafts: dict[str, Draft],
) -> None:
    for page in pages:
        for code in page.codes:
            said = _of_qr(code.text, names)
            if said is None:
                continue
            _overrule(document_type, drafts, said, "qr")
            if "qr" in names:
                text = code.text.strip()
                drafts[names["qr"]] = Draft(text, CODE_CONFIDENCE, "qr", page.number, code.box, certain=True)


def _of_zone(mrz: Mrz, names: Mapping[FieldKind, str]) -> dict[str, str | None]:
    said = {"personal_id": mrz.personal_id, "date_of_birth": mrz.date_of_birth, "sex": mrz.sex}
    said["expiry_date"] = mrz.expiry_date
    if "passport_number" in names and mrz.is_passport:
        said[names["passport_number"]] = mrz.number
    return said


def _of_qr(payload: str, names: Mapping[FieldKind, str]) -> dict[str, str | None] | None:
    """What the code says by part or field; None when it is no code of such a card or slip."""
    if "dossier_code" in names:
        return _of_dossier(read_dossier_qr(payload), names)
    if "qr" not in names:
        return None
    if "bhyt_code" in names:
        insurance = read_insurance_qr(payload)
        return _of_insurance(insurance, names["bhyt_code"]) if insurance is not None else None
    card = read_card_qr(payload)
    if card is None:
        return None
    return {
        "name": card.name,
        "personal_id": card.personal_id,
        "date_of_birth": card.date_of_birth,
        "sex": card.sex,
        "issue_date": card.issue_date,
        "address": card.address,
    }


def _of_dossier(slip: DossierQr | None, names: Mapping[FieldKind, str]) -> dict[str, str | None] | None:
    if slip is None:
        return None
    said = {names["dossier_code"]: slip.dossier_code, "personal_id": slip.personal_id}
    if "procedure_code" in names:
        said[names["procedure_code"]] = slip.procedure_code
    return said


def _of_insurance(card: InsuranceQr, code_field: str) -> dict[str, str | None]:
    return {
        code_field: card.code,
        "name": card.name,
        "date_of_birth": card.date_of_birth,
        "sex": card.sex,
        "address": card.address,
        "valid_from": card.valid_from,
        "expiry_date": card.valid_until,
    }


def _whole_zone(mrz: Mrz, name: Draft) -> str | None:
    """The zone with its name line written from the card's name, or None where the two do not say the same.

    The name line has no check digit, so its letters must be the printed name's, or nearly those of the name in the QR
    code; its fillers are believed only where they part the name after its family name.
    """
    alike = Levenshtein.normalized_similarity(letters(mrz.name), letters(name.value))
    if alike < (_ZONE_ALIKE if name.evidence == "qr" else 1.0):
        return None
    before, line, after = _around_name(mrz)
    words = [letters(word) for word in name.value.split()]
    read = letters(line.partition("<<")[0])
    for length in (1, family_length(name.value)):
        if Levenshtein.normalized_similarity(read, "".join(words[:length])) >= _ZONE_ALIKE:
            parted = f"{'<'.join(words[:length])}<<{'<'.join(words[length:])}".upper()
            return f"{before}{parted.ljust(len(line), '<')[: len(line)]}{after}"
    return None


def _around_name(mrz: Mrz) -> tuple[str, str, str]:
    """The zone's text before its name, the name with its fillers, and the text after it."""
    if mrz.is_passport:
        first, _, second = mrz.text.partition("\n")
        return first[:_KIND_AND_STATE], first[_KIND_AND_STATE:], f"\n{second}"
    numbers, _, name = mrz.text.rpartition("\n")
    return f"{numbers}\n", name, ""


def _overrule(
    document_type: DocumentType, drafts: dict[str, Draft], said: Mapping[str, str | None], evidence: Evidence
) -> None:
    """Puts what a code says into the fields that the type's first owner and the card's other values are read into."""
    owned: dict[str, str | None] = {}
    for owner in document_type.owners[:1]:
        owned = {part: getattr(owner, part) for part in ("name", "personal_id", "date_of_birth", "sex")}
    declared = {rule.name for rule in document_type.fields}
    # The code of a slip is no part of a card's body: it may be another slip's, so even unclear print counts against it.
    clear_from = 0.0 if any(rule.kind == "dossier_code" for rule in document_type.fields) else REVIEW_BELOW
    for part, value in said.items():
        name = owned.get(part, part)
        if name in declared and value is not None:
            draft = drafts.get(name)
            same = draft is None or _same(part, draft.value, value)
            drafts[name] = overrule(draft, value, evidence, same=same, clear_from=clear_from)


def _same(part: str, printed: str, value: str) -> bool:
    """Whether print says what the code does: it loses marks of names, and writes addresses in another form."""
    if part == "address":
        one, other = read_address(printed), read_address(value)
        return one is None or other is None or one[0].province_now == other[0].province_now
    return letters(printed) == letters(value) if part == "name" else printed == value
