"""People: who uses hoso, and the citizens whose papers are kept."""

from datetime import date
from typing import Literal

from schemas.base import Value


class Actor(Value):
    """Who does something, for which office. Every write carries both, every read the office."""

    office_id: str
    actor_id: str


class Citizen(Value):
    """One person in an office's register.

    `citizen_id` is random and is the only id of a person in keys, URLs, logs and Prefect. `personal_id` is the
    12-digit số định danh cá nhân (NĐ 137/2015) and stays in the database and in papers' records.
    """

    citizen_id: str
    personal_id: str
    name: str
    date_of_birth: date | None = None
    aliases: tuple[str, ...] = ()
    """Old 9-digit CMND numbers; papers that cite them stay valid (Luật Căn cước 2023, Art 46)."""


class PersonOnPaper(Value):
    """An owner of a paper: whose paper it is, in which role, and how sure we are."""

    personal_id: str | None
    name: str | None
    role: str
    link: Literal["filed", "proposed"]
    date_of_birth: str | None = None
    old_number: str | None = None
    """9-digit CMND number that the same paper proves to be the same person's (QR of a chip card)."""


class Mention(Value):
    """Another person who is named on a paper but does not own it (mother, employee, household member)."""

    personal_id: str | None
    name: str | None
    role: str
