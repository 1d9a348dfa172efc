"""People: who uses hoso, and the citizens and organisations whose papers are kept."""

from datetime import date
from typing import Literal

from schemas.base import Value


class Actor(Value):
    """Who does something, for which office. Every write carries both, every read the office."""

    office_id: str
    actor_id: str


class PersonOnPaper(Value):
    """An owner of a paper: whose paper it is, in which role, and how sure we are."""

    personal_id: str | None
    name: str | None
    role: str
    link: Literal["filed", "proposed"]
    date_of_birth: str | None = None
    """ISO 8601, or the year alone; only where nobody needs to look at it again."""
    old_number: str | None = None
    """9-digit CMND number that the same paper proves to be the same person's (QR of a chip card)."""
    passport: str | None = None
    tax_code: str | None = None
    """Of an organisation: 10 digits, or 13 of a branch."""
    citizen_id: str | None = None
    """The register's entry: where an owner without any number was found by name and birth date, or a person decided."""

    @property
    def number(self) -> str | None:
        """The number that names the owner, if the paper has one."""
        return self.personal_id or self.tax_code or self.passport


class Mention(Value):
    """Another person who is named on a paper but does not own it (mother, employee, household member)."""

    personal_id: str | None
    name: str | None
    role: str


class Citizen(Value):
    """One person or organisation in an office's register, with all that was merged into it.

    `citizen_id` is random and is the only id of a person in keys, URLs, logs and Prefect. Numbers and names stay in
    the database and in papers' records.
    """

    citizen_id: str
    kind: Literal["person", "organisation"] = "person"
    personal_id: str | None = None
    """12-digit số định danh cá nhân (NĐ 137/2015); None: a passport only, or no number at all."""
    tax_code: str | None = None
    """Of an organisation; 10 digits, or 13 of a branch."""
    name: str
    date_of_birth: date | None = None
    birth_year: int | None = None
    """Where the day is unknown and the year is not."""
    aliases: tuple[str, ...] = ()
    """Other numbers: passports, and 9-digit CMND numbers; papers that cite these stay valid (Luật Căn cước 2023,
    Art 46).
    """
    earlier_names: tuple[str, ...] = ()
    merged_ids: tuple[str, ...] = ()
    """Ids of entries that turned out to be the same person; they still lead here."""

    @property
    def numbers(self) -> tuple[str, ...]:
        """All numbers, the one that names first."""
        return tuple(number for number in (self.personal_id, self.tax_code, *self.aliases) if number)

    @property
    def names(self) -> tuple[str, ...]:
        """The name, then earlier ones."""
        return (self.name, *self.earlier_names)

    @property
    def born(self) -> str | None:
        """The birth date in ISO 8601, or the year alone, or None."""
        if self.date_of_birth is not None:
            return self.date_of_birth.isoformat()
        return None if self.birth_year is None else f"{self.birth_year:04}"

    def owns_as(self, person: PersonOnPaper) -> bool:
        """Whether a paper's owner is surely this citizen: by the register's entry, else by number."""
        if person.link != "filed":
            return False
        if person.citizen_id is not None:
            return person.citizen_id in (self.citizen_id, *self.merged_ids)
        return person.number in self.numbers


class PaperLink(Value):
    """One place of a citizen on a paper: as its owner (`filed`), or only named there (`mentioned`).

    `position` counts the paper's people from 0, owners first; `entry_id` is the register's entry that owns it, and
    None where the citizen is only mentioned.
    """

    document_id: str
    position: int
    role: str
    link: Literal["filed", "mentioned"]
    number: str | None
    entry_id: str | None
