"""Vietnamese letters: one form to store, one form to compare."""

import unicodedata


def nfc(text: str) -> str:
    """The text in Unicode NFC, the form in which everything is stored."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """The text in lower case without marks, for comparing: `Đặng Thị Huệ` is `dang thi hue`."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.lower().replace("đ", "d")
