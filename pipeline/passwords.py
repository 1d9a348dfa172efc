"""Passwords: which are too easy to guess, and their hashes."""

import re
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from pipeline.errors import Forbidden
from pipeline.vietnamese import fold

_SHORTEST = 12
"""OWASP ASVS 4.0.3, 2.1.1: at least twelve characters, and no rule about which."""
_LONGEST = 256
"""2.1.2 asks that 128 may be used; without any bound, hashing would be a way to keep the processor busy."""
_LEFT_AT_LEAST = 6
_HASHER = PasswordHasher()
# Compared with where there is no such login: the time of an answer must not tell which logins exist.
_NOBODYS = _HASHER.hash(secrets.token_urlsafe())
# What the passwords of leaked lists (2.1.7) are made of once they have twelve characters: these words, runs of keys,
# repetitions and years. A list of whole passwords would miss the Vietnamese ones and each new combination.
_WORDS = """
    password passwort matkhau mat khau pass admin administrator quantri root login user guest test demo welcome letmein
    hello secret master dragon monkey sunshine princess football baseball superman batman iloveyou love yeu anhyeuem
    emyeuanh vietnam hanoi saigon hochiminh danang motcua hoso quay counter canbo congdan dichvucong ubnd phuong office
    company xinchao chao changeme default qwerty azerty abc xyz
"""
_EASY_WORDS = sorted(set(_WORDS.split()), key=len, reverse=True)
_RUNS = ("0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb")
_SHORTEST_RUN = 4
_LETTERS_MEANT = str.maketrans("@$!013457", "asioieast")


def hashed(password: str, *personal: str) -> str:
    """Argon2id, RFC 9106.

    Args:
        password: as typed.
        personal: login and name of whose it is to be; a password made of them is too easy.

    Raises:
        Forbidden: weak_password, shorter than twelve characters (or longer than 256); easy_password, made of what
            everybody would try.

    """
    normal = _normalised(password)
    if not _SHORTEST <= len(normal) <= _LONGEST:
        raise Forbidden("weak_password")
    if is_easy(normal, *personal):
        raise Forbidden("easy_password")
    return _HASHER.hash(normal)


def matches(password: str, known_hash: str | None) -> bool:
    """Whether this is the password of the hash; takes as long when there is none."""
    if len(password) > _LONGEST:
        return False
    try:
        _HASHER.verify(known_hash or _NOBODYS, _normalised(password))
    except VerificationError:
        return False
    return known_hash is not None


def is_easy(password: str, *personal: str) -> bool:
    """Whether little is left of it without common words, `personal` ones, runs of keys, repetitions and years."""
    plain = fold(password)
    own = [word for text in personal for word in re.split(r"\W+", fold(text)) if len(word) > 1]
    return any(
        _left(candidate, [*own, *_EASY_WORDS]) < _LEFT_AT_LEAST
        for candidate in (plain, plain.translate(_LETTERS_MEANT))
    )


def _left(text: str, words: list[str]) -> int:
    """How many characters tell something; a word, a run or a repetition counts for one."""
    for run in _RUNS:
        text = _without_run(_without_run(text, run), run[::-1])
    text = re.sub(r"(19|20)\d\d", " ", text)
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, " ")
    text = re.sub(r"[\W_]+", "", text)
    text = re.sub(r"(.{1,6}?)\1+", r"\1", text)
    return len(set(text)) if len(set(text)) < _LEFT_AT_LEAST else len(text)


def _without_run(text: str, run: str) -> str:
    """The text with each stretch of `run` of four characters or more taken for a blank."""
    for length in range(len(run), _SHORTEST_RUN - 1, -1):
        for start in range(len(run) - length + 1):
            text = text.replace(run[start : start + length], " ")
    return text


def _normalised(password: str) -> str:
    """Keyboards write a Vietnamese letter in one character or in several; both are the same password (RFC 8265)."""
    return unicodedata.normalize("NFKC", password)
