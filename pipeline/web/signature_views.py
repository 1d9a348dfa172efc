"""What pages and programs are shown of signatures, in one language: who, when, whether they hold, and why not."""

from datetime import datetime

from pipeline.local_time import local_moment
from pipeline.web.wording import Language, words
from schemas.base import Value
from schemas.signing import FoundSignature, SignatureLevel, SignatureState, SignatureTrouble, SignedCopy

_TONES = {"valid": "good", "invalid": "bad", "unchecked": "ask"}


class SignedView(Value):
    """The signed copy that counts; certificates' names as in RFC 4514, the serial number in decimal."""

    converter: str
    signed_at: datetime
    stamped_at: datetime | None
    subject: str
    issuer: str
    serial: str
    level: SignatureLevel
    sha256: str
    text: str


class SignatureView(Value):
    """A signature on a file as it was handed in, and in plain words what is to be thought of it."""

    file: int
    state: SignatureState
    trouble: SignatureTrouble | None
    signer: str | None
    organisation: str | None
    issuer: str | None
    serial: str | None
    said_at: datetime | None
    stamped_at: datetime | None
    revocation_known: bool
    state_text: str
    tone: str
    notes: tuple[str, ...]


def signed_view(signed: SignedCopy | None, language: Language) -> SignedView | None:
    """What is shown of a signed copy."""
    if signed is None:
        return None
    told = words(language)
    text = told["viewer_signed_by"].format(signed.converter, local_moment(signed.signed_at))
    if signed.stamped_at is not None:
        text += " · " + told["viewer_stamped"].format(local_moment(signed.stamped_at))
    shown = set(SignedView.model_fields) - {"text"}
    return SignedView(text=text, **signed.model_dump(include=shown))


def signature_views(found: tuple[FoundSignature, ...] | None, language: Language) -> tuple[SignatureView, ...] | None:
    """What is shown of the signatures on files that were handed in; None where nobody has looked for them."""
    return None if found is None else tuple(_shown(one, language) for one in found)


def _shown(found: FoundSignature, language: Language) -> SignatureView:
    told = words(language)
    by = found.organisation if found.signer and found.organisation != found.signer else None
    at = ("signature_stamped_at", found.stamped_at) if found.stamped_at else ("signature_said_at", found.said_at)
    notes = (
        found.signer or told["signature_nobody"],
        by or "",
        told[at[0]].format(local_moment(at[1])) if at[1] else "",
        told[f"signature_{found.trouble}"] if found.trouble else "",
        told["signature_no_revocation"] if found.state == "valid" and not found.revocation_known else "",
    )
    return SignatureView(
        **found.model_dump(),
        state_text=told[f"signature_{found.state}"],
        tone=_TONES[found.state],
        notes=tuple(note for note in notes if note),
    )
