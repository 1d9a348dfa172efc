"""Whose signatures a PDF bears, and whether they hold, without asking anybody on a network.

Runs in a parser process only. What cannot be checked is never taken for valid.
"""

import logging
from collections.abc import Coroutine, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from schemas.signing import FoundSignature, SignatureState, SignatureTrouble

_MOST = 20
"""Signatures looked at in one file; each costs time, and an honest paper has one or two."""
_BROKEN = (PdfError, SigningError, ValueError, KeyError, TypeError, IndexError, AttributeError, OSError, OverflowError)
"""What pyHanko raises for damaged input: its documentation names its own, hostile files show the rest."""
_MAY_SIGN = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})
_TROUBLES: dict[object, SignatureTrouble] = {
    AdESFailure.REVOKED: "revoked",
    AdESIndeterminate.REVOKED_NO_POE: "revoked",
    AdESIndeterminate.REVOKED_CA_NO_POE: "revoked",
    AdESFailure.NOT_YET_VALID: "expired",
    AdESIndeterminate.NOT_YET_VALID: "expired",
    AdESIndeterminate.EXPIRED: "expired",
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE: "expired",
    AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED: "expired",
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE: "weak",
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE_NO_POE: "weak",
    AdESIndeterminate.CHAIN_CONSTRAINTS_FAILURE: "wrong_use",
    AdESIndeterminate.SIG_CONSTRAINTS_FAILURE: "wrong_use",
}
_SPEAKS_AGAINST: frozenset[SignatureTrouble] = frozenset({"altered", "changed_after", "revoked", "wrong_use"})
_UNTOUCHED = (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)


def find_signatures(path: Path, roots: Sequence[bytes]) -> tuple[FoundSignature, ...]:
    """The signatures on a PDF, in the order in which they were put on it; () where it bears none.

    Args:
        path: the PDF.
        roots: certificates (DER) that are trusted; none: every chain is unknown.
    """
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # its complaints quote the file
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    with path.open("rb") as data:
        try:
            signed = PdfFileReader(data, strict=False).embedded_regular_signatures
        except _BROKEN:
            return (_unread("unreadable"),)
        found = [_looked_at(one, roots) for one in signed[:_MOST]]
    return (*found, *([_unread("too_many")] if len(signed) > _MOST else []))


def _unread(trouble: SignatureTrouble) -> FoundSignature:
    return FoundSignature(state="unchecked", trouble=trouble)


def _looked_at(embedded: EmbeddedPdfSignature, roots: Sequence[bytes]) -> FoundSignature:
    told: dict[str, Any] = {}
    try:
        told = _told(embedded)
        status = _validated(embedded, roots, None)
        stamp = status.timestamp_validity
        stamped_at = stamp.timestamp if stamp is not None and stamp.intact and stamp.valid and stamp.trusted else None
        trouble = _trouble(status, embedded)
        if trouble == "expired" and stamped_at is not None:  # it may have been good when it was used
            status = _validated(embedded, roots, stamped_at)
            trouble = _trouble(status, embedded)
    except SignatureValidationError:
        return FoundSignature(state="unchecked", trouble="unsupported", **told)
    except _BROKEN:
        return FoundSignature(state="unchecked", trouble="unreadable", **told)
    known = status.validation_path is not None and bool(status.trusted) and _carries_revocation(embedded)
    return FoundSignature(state=_state(trouble), trouble=trouble, stamped_at=stamped_at, revocation_known=known, **told)


def _state(trouble: SignatureTrouble | None) -> SignatureState:
    if trouble is None:
        return "valid"
    return "invalid" if trouble in _SPEAKS_AGAINST else "unchecked"


def _validated(embedded: EmbeddedPdfSignature, roots: Sequence[bytes], moment: datetime | None) -> PdfSignatureStatus:
    at: dict[str, Any] = {} if moment is None else {"moment": moment}
    # An empty list, not None: without one the machine's own list of web servers' authorities would be trusted.
    trust = [x509.Certificate.load(root) for root in roots]
    context = ValidationContext(trust_roots=trust, allow_fetching=False, revocation_mode="soft-fail", **at)
    return _run(
        async_validate_pdf_signature(
            embedded, signer_validation_context=context, key_usage_settings=_MAY_SIGN, skip_diff=_is_whole(embedded)
        )
    )


def _run(validating: Coroutine[Any, Any, PdfSignatureStatus]) -> PdfSignatureStatus:
    """Run it to its end without an event loop: that would need a pair of sockets, which parsers are refused.

    It fetches nothing, so there is nothing that it could wait for.
    """
    try:
        validating.send(None)
    except StopIteration as done:
        status: PdfSignatureStatus = done.value
        return status
    validating.close()
    raise SigningError("the validation waits for something")


def _is_whole(embedded: EmbeddedPdfSignature) -> bool:
    """Whether the signature covers all of the file, so that there is nothing else to be compared."""
    return bool(embedded.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE)


def _trouble(status: PdfSignatureStatus, embedded: EmbeddedPdfSignature) -> SignatureTrouble | None:
    whole = status.coverage is not None and status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
    if not (status.intact and status.valid and whole):
        return "altered"
    if status.modification_level not in _UNTOUCHED and not _grew_lawfully(status, embedded):
        return "changed_after"
    if status.revoked:
        return "revoked"
    if not status.trusted:
        return _TROUBLES.get(status.trust_problem_indic, "unknown_chain")
    stamp = status.timestamp_validity
    sure = stamp is None or (stamp.intact and stamp.valid and stamp.trusted)
    return None if sure else "time_unsure"


def _grew_lawfully(status: PdfSignatureStatus, embedded: EmbeddedPdfSignature) -> bool:
    """Whether what was added is a later signature, or a form filled in where the signer allowed that (DocMDP)."""
    if status.modification_level != ModificationLevel.FORM_FILLING or not status.docmdp_ok:
        return False
    filled = status.diff_result.changed_form_fields if isinstance(status.diff_result, DiffResult) else set()
    signed = {one.field_name for one in embedded.reader.embedded_signatures}
    return embedded.docmdp_level is not None or filled <= signed


def _carries_revocation(embedded: EmbeddedPdfSignature) -> bool:
    attributes: Iterator[Any] = iter(embedded.signer_info["signed_attrs"])
    return any(one["type"].native == "adobe_revocation_info_archival" for one in attributes)


def _told(embedded: EmbeddedPdfSignature) -> dict[str, Any]:
    """What the certificate and the signer say; none of it is checked."""
    certificate = embedded.signer_cert
    subject, issuer = certificate.subject.native, certificate.issuer.native
    return {
        "signer": _line(subject.get("common_name")),
        "organisation": _line(subject.get("organization_name")),
        "issuer": _line(issuer.get("common_name")),
        "serial": str(certificate.serial_number),
        "said_at": embedded.self_reported_timestamp,
    }


def _line(value: object) -> str | None:
    """A name of a certificate on one line; it may be a list, and of any length."""
    text = " ".join(str(value[0] if isinstance(value, list) and value else value).split())[:200]
    return text if value else None
