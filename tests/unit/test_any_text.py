"""Whatever text comes in by papers, codes, lists, headers and addresses: a value or one of our errors, and soon."""

import contextlib
import time
from collections.abc import Callable
from functools import partial
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline import search_words, vietnamese
from pipeline.backlog_index import as_listed, read_index
from pipeline.catalogue import find_procedure, load_catalogue
from pipeline.dossier_import import COLUMNS, dossier_of, read_csv
from pipeline.errors import HosoError
from pipeline.scanned_codes import read_scanned_code
from pipeline.stages import addresses, field_values, identifiers, mrz, person_names, sheet_codes
from pipeline.stages.assemble import assemble
from pipeline.stages.card_sides import find_card
from pipeline.stages.classify import classify
from pipeline.stages.confidence import weigh
from pipeline.stages.copy_kind import read_copy_kind
from pipeline.stages.drawn_words import searchable
from pipeline.stages.repair import repair
from pipeline.stages.signer import find_signer
from pipeline.stages.state_paper import read_state_paper
from pipeline.tickets import TicketOffice
from pipeline.web.entity_tags import matches
from pipeline.web.paging import place_of
from pipeline.web.return_to import safe_path
from pipeline.web.upload_api import metadata_of
from pipeline.web.uploads import BadUpload
from schemas.catalog import FieldKind
from schemas.decisions import read_decision
from schemas.dossier import PaperRecord
from schemas.paging import TimePlace
from schemas.people import Actor
from schemas.text import PageText
from tests.unit.pages_of_text import page

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyĂÂĐÊÔƠƯ ắằẳẵặấầẩẫậ"
SIGNS = "0123456789|;:,./\\-–<>()[]{}\"'=+*&%#@~^_ \t\r\n\x00\x0b\x1c\x85\u2028\ufeff\u0301"
ODD_DIGITS = "²³¹٣৪߅①Ⅷ０９½"
ANY_TEXT = st.text(max_size=120) | st.text(alphabet=LETTERS + SIGNS + ODD_DIGITS, max_size=120)
CATALOGUE = load_catalogue()
ACTOR = Actor(office_id="tanlap", actor_id="lan")
_NO_NOTES = str.maketrans("{}", "()")
"""Braces are notes to `page`."""
_NOTHING_S = 0.002
"""Less than this says nothing about how a cost grows."""
OUR_ERRORS = (HosoError, BadUpload, ValidationError)
"""What callers turn into an answer."""


def dossier_with(column: str, text: str) -> object:
    return dossier_of({"code": "H29.12.34-260620-0007", column: text}, CATALOGUE, ACTOR, "imported")


def indexed(column: str, text: str) -> object:
    return read_index(f'file,{column}\na.pdf,"{text}"', CATALOGUE)


PARSERS: dict[str, Callable[[str], object]] = {
    **{f"field {kind}": partial(field_values.parse, kind) for kind in get_args(FieldKind)},
    **{f"imported {column}": partial(dossier_with, column) for column in COLUMNS},
    **{f"listed {column}": partial(indexed, column) for column in ("day", "type", "procedure", "owner_number")},
    "number in words": field_values.number_in_words,
    "date in words": field_values.date_in_words,
    "dossier code": field_values.find_dossier_code,
    "procedure codes": field_values.find_procedure_codes,
    "personal number": identifiers.read_personal_number,
    "card code": identifiers.read_card_qr,
    "dossier code of a QR": identifiers.read_dossier_qr,
    "insurance code": identifiers.read_insurance_qr,
    "machine-readable zone": lambda text: mrz.read_mrz(text.splitlines()),
    "line of a zone": mrz.looks_like_zone,
    "sheet code": sheet_codes.read_sheet_code,
    "scanned code": lambda text: read_scanned_code(text, CATALOGUE.procedures.values()),
    "address": addresses.read_address,
    "family name": person_names.family_length,
    "word of a name": person_names.is_name_word,
    "likelihood of a name": person_names.likelihood,
    "words of a page": searchable,
    "folding": lambda text: (vietnamese.fold(text), vietnamese.flat(text), vietnamese.place_tone(text)),
    "search words": search_words.query_units,
    "search tokens": vietnamese.search_tokens,
    "procedure": lambda text: find_procedure(CATALOGUE, text),
    "list of a backlog": lambda text: read_index(text, CATALOGUE),
    "list of dossiers": lambda text: list(read_csv(text, {})),
    "path in a list": as_listed,
    "place in a list": lambda text: place_of(text, TimePlace),
    "download link": TicketOffice(b"a secret of this test").read,
    "way back": safe_path,
    "entity tag": lambda text: matches(text, '"a"'),
    "upload metadata": metadata_of,
    "decision": read_decision.validate_json,
    "record of a paper": PaperRecord.model_validate_json,
}
PAGE_READERS: dict[str, Callable[[PageText], object]] = {
    "type": lambda read: classify([read], CATALOGUE.types),
    "pieces of a stack": lambda read: assemble([read], CATALOGUE.types),
    "side of a card": find_card,
    "kind of a copy": lambda read: read_copy_kind([read]),
    "signer": lambda read: find_signer([read]),
    "state paper": lambda read: read_state_paper([read], CATALOGUE.types["other"]),
    "repair": repair,
    "confidence": weigh,
}
PIECES = ("9", "a ", "Nguyễn ", "ngày 1 tháng ", "A<", "1|", "(", "=", ",", " ", "H29.", "-1", "/", "\n")
few = settings(max_examples=40, deadline=None)
each_parser = pytest.mark.parametrize("parse", PARSERS.values(), ids=PARSERS.keys())


@each_parser
@few
@given(text=ANY_TEXT)
def test_any_text_is_a_value_or_one_of_our_errors(parse: Callable[[str], object], text: str) -> None:
    with contextlib.suppress(*OUR_ERRORS):
        parse(text)


@pytest.mark.parametrize("read", PAGE_READERS.values(), ids=PAGE_READERS.keys())
@few
@given(text=ANY_TEXT)
def test_a_page_of_any_words_is_understood_somehow(read: Callable[[PageText], object], text: str) -> None:
    read(page(text.translate(_NO_NOTES)))


def cost_s(parse: Callable[[str], object], text: str) -> float:
    """Processor time, the least of two."""
    costs = []
    for _ in range(2):
        begun_s = time.process_time()
        with contextlib.suppress(*OUR_ERRORS):
            parse(text)
        costs.append(time.process_time() - begun_s)
    return min(costs)


@each_parser
def test_a_longer_text_costs_more_in_proportion_and_not_with_its_square(parse: Callable[[str], object]) -> None:
    """Eight times the text costs 64 times the time where every place is compared with every other."""
    for piece in PIECES:
        short, long = (cost_s(parse, piece * (length // len(piece))) for length in (2_000, 16_000))
        assert long < 32 * max(short, _NOTHING_S), piece
