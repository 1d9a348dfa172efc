"""Whether letters can be a Vietnamese syllable at all: a sign for doubt, never for repair."""

import re
import unicodedata

from pipeline.vietnamese import nfc

_TONES = str.maketrans(dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"), None))
_ONSET = r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
_CLOSED = (
    r"(?:[aeêioôơuưy]|oa|oe|uê|uy)(?:ch|ng|nh|[cmnpt])?"
    r"|(?:[ăâ]|iê|yê|uô|ươ|oă|uâ|uyê|oo)(?:ch|ng|nh|[cmnpt])"
    r"|ia|ya|ua|ưa|uơ|uya"
)
_GLIDING = r"[aoôơuư]i|[aâ]y|[ae]o|[aâêiư]u|iêu|yêu|ươu|uôi|ươi|oai|oay|uây|oao|oeo|uyu"
_SYLLABLE = re.compile(rf"{_ONSET}(?:{_GLIDING}|{_CLOSED})")


def is_syllable(word: str) -> bool:
    """Whether the word is built like a Vietnamese syllable, in its tone-free letters; case does not matter.

    Names of minorities often are not (`Niê`, `Phươl`), so a no asks a person and changes nothing.
    """
    bare = unicodedata.normalize("NFD", word.lower()).translate(_TONES)
    return _SYLLABLE.fullmatch(nfc(bare)) is not None
