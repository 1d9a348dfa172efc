"""What the words of a search ask for, and where a text holds them: the same for index, passage and page picture."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.vietnamese import Token, nfc, search_tokens

PASSAGE_WORDS = 25
_WORDS_BEFORE = 5
_SHORTEST_BEGINNING = 2


class Unit(NamedTuple):
    """One token, or several that must follow each other; `open_end`: the last may be the beginning of a longer word."""

    tokens: tuple[Token, ...]
    open_end: bool = False

    def keys(self, *, exact: bool) -> tuple[str, ...]:
        """What is compared: with marks or without."""
        return tuple(token.exact if exact else token.folded for token in self.tokens)

    def places(self, keys: Sequence[str], *, exact: bool) -> list[int]:
        """Where a text with these keys holds the unit: places of its first token."""
        wanted = self.keys(exact=exact)
        if len(wanted) == 1 and self.open_end:
            return [at for at, key in enumerate(keys) if key.startswith(wanted[0])]
        starts = [at for at, key in enumerate(keys) if key == wanted[0]]
        return [at for at in starts if self._stands_at(keys, at, wanted)]

    def _stands_at(self, keys: Sequence[str], at: int, wanted: tuple[str, ...]) -> bool:
        found = tuple(keys[at : at + len(wanted)])
        if self.open_end and len(found) == len(wanted):
            found = (*found[:-1], found[-1][: len(wanted[-1])])
        return found == wanted


def query_units(words: str) -> tuple[Unit, ...]:
    """What must be found: each word; the parts of a number or code such as `716/2018` together, in their order.

    The last word may still be being typed: unless it is a code, or white space follows, its beginning is enough.
    """
    units: list[Unit] = []
    for chunk in nfc(words).split():
        tokens = search_tokens(chunk)
        is_code = any(character.isdigit() for character in chunk)
        units += [Unit(tokens)] if is_code and tokens else [Unit((token,)) for token in tokens]
    if units and not words[-1].isspace():
        last = "".join(units[-1].keys(exact=True))
        if last.isalpha() and len(last) >= _SHORTEST_BEGINNING:
            units[-1] = Unit(units[-1].tokens, open_end=True)
    return tuple(dict.fromkeys(units))


def held_places(keys: Sequence[str], units: Sequence[Unit]) -> frozenset[int]:
    """Which tokens of a text belong to a match of any unit, whatever their marks.

    Args:
        keys: the text's tokens without marks (`Token.folded`), in order.
        units: what was searched for.
    """
    return frozenset(
        place for unit in units for at in unit.places(keys, exact=False) for place in range(at, at + len(unit.tokens))
    )


def passage(text: str, units: tuple[Unit, ...], *, exact: bool) -> str:
    """About `PASSAGE_WORDS` words of `text` as they stand there, around the first place that holds most of `units`.

    White space is made single; without any match these are the text's first words.
    """
    tokens = search_tokens(text)
    keys = [token.exact if exact else token.folded for token in tokens]
    places: list[tuple[int, Unit]] = []
    for unit in units:
        places += [(at, unit) for at in unit.places(keys, exact=exact)]
    places.sort(key=lambda place: place[0])

    def units_from(number: int) -> int:
        last = places[number][0] + PASSAGE_WORDS - _WORDS_BEFORE
        end = bisect_left(places, last, key=lambda place: place[0])
        return len({unit for _, unit in places[number:end]})

    first = places[max(range(len(places)), key=units_from)][0] if places else 0
    shown = tokens[max(0, first - _WORDS_BEFORE) :][:PASSAGE_WORDS]
    return " ".join(nfc(text)[shown[0].start : shown[-1].end].split()) if shown else ""
