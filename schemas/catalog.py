"""The catalogue: which papers there are, how each is told, what is read from it, and what procedures ask for.

One TOML file a paper in `document_types/`, one a procedure in `procedures/`. Every group of facts names its source and
whether that source was read (`verified`).
"""

from datetime import date
from typing import Literal

from pydantic import Field

from schemas.base import Value
from schemas.dossier import Channel, CopyKind, Keeping

FieldKind = Literal[
    "name",
    "organisation",
    "date",
    "year",
    "personal_id",
    "phone",
    "document_number",
    "dossier_code",
    "procedure_code",
    "serial",
    "number",
    "sex",
    "text",
    "address",
    "tax_code",
    "passport_number",
    "bhyt_code",
    "issuer",
    "subject",
    "signer",
    "qr",
    "mrz",
]

SensitiveKind = Literal["health", "judicial"]


class Sourced(Value):
    """Facts with where they come from: a law article, a standard, or an observed specimen."""

    source: str
    verified: bool


class Title(Sourced):
    """How the paper names itself. `printed` is the usual title, `variants` others that mean the same paper.

    A title that ends in `…` is open: it stands for all titles that begin so. `printed` is also how people see the type.
    """

    printed: str
    english: str
    variants: tuple[str, ...] = ()
    form_codes: tuple[str, ...] = ()
    """Printed form codes that speak for the type, such as `CT07`."""
    notation: str = ""
    """Abbreviation of the type in the number of an administrative paper: `QĐ` (NĐ 30/2020/NĐ-CP, Phụ lục III)."""


class Cues(Sourced):
    """Phrases of the body that speak for this type, and phrases that speak against it.

    A type without phrases is told by its title alone, together with the notation of its number, its form code, or the
    name of the state above it.
    """

    phrases: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


class KeepingRule(Sourced):
    """What policy lets us keep of this paper."""

    rule: Keeping


class Retention(Sourced):
    """How long the paper must be kept, in full years after its matter has ended; None: permanently.

    2 to 70 years or permanently (Luật Lưu trữ 33/2024/QH15, Điều 15).
    """

    years: int | None = Field(default=None, ge=2, le=70)


class Sensitive(Sourced):
    """That the paper holds sensitive personal data, and of which kind: it is shown only where it is asked for again."""

    kind: SensitiveKind


class Validity(Sourced):
    """How long the paper may be used: `months` after issue, until a `printed` date, or without term.

    `scope` is where it holds (phạm vi có hiệu lực), "" where no source tells.
    """

    rule: Literal["permanent", "months", "printed", "until_changed", "once", "unknown"]
    months: int | None = None
    scope: str = ""


class Reuse(Sourced):
    """Whether the paper is worth offering at a later visit.

    `purpose_field` names the field that states what the paper was issued for; it then serves nothing else.
    """

    reusable: Literal["yes", "conditional", "no"]
    purpose_field: str | None = None


class FieldRule(Value):
    """One value to read.

    The value stands after one of `labels`, in the part of the paper that begins at one of `section` (a heading) and
    ends before one of `until`; without `section` the whole paper is searched. A heading of `until` that stands beside
    the section's own heading bounds it sideways: two columns. Labels are matched fuzzily and without marks.

    Without labels the value is found by its form and place (NĐ 30/2020, Phụ lục I): a `date` in the line of place and
    date, a `document_number` in the line `Số:` under the issuer, an `organisation` in capitals at the top left, a
    `serial` alone on its line. `issuer`, `subject` (trích yếu) and `signer` are those of an administrative paper: a
    type with an `issuer` is read as one, and has values only where the head of such a paper is seen. `qr` and `mrz` are
    the codes of a card or a passport; they speak for the fields that the type's first owner names and for `issue_date`
    and `expiry_date`.
    """

    name: str
    kind: FieldKind
    required: bool = False
    labels: tuple[str, ...] = ()
    called: str | None = None
    """What staff call the value, where the first of `labels` says it to nobody."""
    section: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    """Labels after which the same value stands a second time, anywhere in the paper."""
    pattern: str | None = None
    """A regular expression the value must match, where the kind alone is too wide; otherwise a person is asked."""
    witness: bool = False
    """Read only to check other fields; not part of the paper's record."""
    known_from: tuple[str, ...] = ()
    """Where the value of a form's field is known from beforehand: fields of other types, as `birth_notice.mother_name`.
    What names the form's owner comes from the register and from all papers the owner has, without being said here."""

    @property
    def names(self) -> tuple[str, ...]:
        """What staff know the value by: what it is called, else what the paper prints before it; () for neither."""
        return (self.called,) if self.called else self.labels


class PersonRule(Value):
    """Which fields together name a person or organisation, and in which role it stands on the paper.

    An owner with `tax_code` and without `personal_id` is always an organisation, and where a paper names it without its
    tax code it is only a mention; with both, whichever number the paper shows tells.
    """

    role: str
    name: str | None = None
    personal_id: str | None = None
    passport: str | None = None
    tax_code: str | None = None
    date_of_birth: str | None = None
    sex: str | None = None


class DocumentType(Value):
    """One type of paper."""

    id: str
    national_code: str = ""
    """Code in the national procedure database (mã giấy tờ; TT 01/2023/TT-VPCP, Art 10), "" while unknown."""
    title: Title
    cues: Cues
    keeping: KeepingRule
    validity: Validity
    reuse: Reuse
    sensitive: Sensitive | None = None
    retention: Retention | None = None
    """None: no source tells, and the paper is kept."""
    issuer: str = ""
    filled_by: Literal["issuer", "applicant"] = "issuer"
    """`applicant`: usually filled in by hand, so a value read by OCR alone always asks a person."""
    stops: tuple[str, ...] = ()
    """Labels of values that are not read: they end the value before them."""
    fields: tuple[FieldRule, ...] = ()
    owners: tuple[PersonRule, ...] = ()
    mentions: tuple[PersonRule, ...] = ()

    @property
    def is_administrative(self) -> bool:
        """Whether it is laid out as papers of state agencies are (NĐ 30/2020/NĐ-CP, Phụ lục I)."""
        return any(rule.kind == "issuer" for rule in self.fields)


class InForce(Value):
    """The dates between which something holds; both ends included, None is open."""

    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether `day` lies between the ends."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Condition(Value):
    """When a paper is asked for only in some cases: the question an officer answers."""

    id: str
    question_vi: str
    question_en: str


class RequiredPaper(Sourced):
    """One line of a procedure's list of papers: any one of `any_of` fulfils it.

    The list is unverified, and so never drives a demand, unless its own source was read.
    """

    id: str
    title: str
    any_of: tuple[str, ...]
    role: str | None = None
    """The role in which the citizen must own the paper; None: any."""
    of_another: bool = False
    """The paper may be another's (the deceased's, the mother's): brought with the dossier itself it counts, too."""
    copy_kinds: tuple[CopyKind, ...] = ("original", "register_extract", "certified_copy")
    max_age_months: int | None = None
    """Stricter than the paper's own validity, counted from its issue date."""
    purposes: tuple[str, ...] = ()
    """Words, any of which a paper that was issued for one purpose must state as that purpose."""
    surrendered: bool = False
    """The sheet itself is handed in, so neither an earlier copy nor data take its place."""
    condition: Condition | None = None
    in_force: InForce = InForce()


class FormerCode(Value):
    """A code under which the procedure was known; the dates where they are known."""

    code: str
    in_force: InForce = InForce()


class Term(Sourced):
    """How long the office may take: `working_days` (0: the same day; None: not counted so), in words in `text`."""

    text: str
    working_days: int | None = None


class Procedure(Sourced):
    """One administrative procedure (thủ tục hành chính). `code` is empty while unknown.

    `results` are the types it issues. `channels` are empty where no source tells how it may be asked for.
    """

    id: str
    code: str
    former_codes: tuple[FormerCode, ...] = ()
    title: str
    in_force: InForce = InForce()
    channels: tuple[Channel, ...] = ()
    term: Term | None = None
    results: tuple[str, ...] = ()
    papers: tuple[RequiredPaper, ...] = ()


class LookUpRule(Sourced):
    """Between two dates data of national databases take the place of these types of papers."""

    id: str
    in_force: InForce
    types: tuple[str, ...]


class Catalogue(Value):
    """All types, procedures and rules by id."""

    types: dict[str, DocumentType]
    procedures: dict[str, Procedure]
    look_ups: dict[str, LookUpRule] = {}

    def title(self, type_id: str) -> str:
        """What papers of a type are called, as they print it; the id of one that is not in the catalogue."""
        known = self.types.get(type_id)
        return known.title.printed if known else type_id
