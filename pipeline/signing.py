"""Signing the copies of a dossier that an officer has confirmed: one act, one PIN, a signature on each.

TT 01/2023/TT-VPCP, Art 8.1: who digitises signs the copy with a personal digital signature. What is signed is a later
object beside the archive copy, which stays as it is; nothing is written to a signed file afterwards.
"""

import hashlib
import logging
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline import keys
from pipeline.archive import Archive
from pipeline.comparing import is_compared
from pipeline.decisions import deciding, new_decision
from pipeline.errors import NotFound, ScanRejected, ServiceUnavailable
from pipeline.pages import Corner, ScanFile, Signable, SignatureWanted
from pipeline.signing_ports import CertificateTold, Chain, Sealed, Sealer, Signer
from pipeline.table_ports import PaperChange
from schemas.base import Value
from schemas.decisions import SignedPaper, SignPapers
from schemas.dossier import Paper
from schemas.people import Actor
from schemas.signing import SignedCopy

log = logging.getLogger("hoso")

WAITS_S = 600.0
"""How long documents that are ready wait for their signatures: a PIN must be found and typed."""
_MOST_WAITING = 50
_MOST_TRIES = 5
_PDF = "application/pdf"


@dataclass(frozen=True)
class SigningMeans:
    """What copies are signed with.

    `signer` None: the key is on a token at the counter, and hashes go there. `draw` makes the mark of an officer (name,
    office id, time) as a PDF. `trusts`: signatures must lead to a root that the office trusts.
    """

    sealer: Sealer
    signer: Signer | None
    draw: Callable[[str, str, datetime], bytes]
    corner: Corner
    trusts: bool


@dataclass(frozen=True)
class Officer:
    """Who signs; `name` stands in the mark."""

    actor: Actor
    name: str


class Prepared(Value):
    """Documents that wait for their signatures; `digests` are SHA-256 in hexadecimal, one a paper."""

    signing_id: str
    digests: tuple[str, ...]


@dataclass(frozen=True)
class _Ready:
    """A paper whose copy waits in a private folder; `attributes` is what is signed for it."""

    paper: Paper
    path: Path
    signable: Signable
    attributes: bytes


@dataclass(frozen=True)
class _Signing:
    """One act of signing that is under way."""

    officer: Officer
    code: str
    chain: Chain
    told: CertificateTold
    at: datetime
    until_s: float
    folder: "TemporaryDirectory[str]"
    ready: tuple[_Ready, ...]


class SigningDesk:
    """Signs the copies of dossiers. What is under way stays in this process, and ends with it."""

    def __init__(self, archive: Archive, means: SigningMeans) -> None:
        """Args: archive: whose papers they are; means: what they are signed with."""
        self._archive, self._means = archive, means
        self._under_way: dict[str, _Signing] = {}
        self._lock = threading.Lock()

    @property
    def asks_pin(self) -> bool:
        """Whether the key that this server reaches wants a PIN of the officer."""
        return self._means.signer is not None and self._means.signer.asks_pin

    @property
    def reaches_key(self) -> bool:
        """Whether the key is to be reached from here; else it is at the counter."""
        return self._means.signer is not None

    def unsigned(self, office_id: str, code: str) -> tuple[Paper, ...]:
        """The papers of a dossier whose copies are confirmed, archived and not signed, in the order they were filed."""
        brought = self._archive.tables.papers.of_dossier(office_id, code)
        return tuple(paper for paper in brought if is_to_be_signed(paper))

    def sign(self, officer: Officer, code: str, pin: str) -> SignPapers:
        """Sign them all with the key that this server reaches.

        Raises:
            ScanRejected: nothing_to_sign, not_signing, unfit_certificate, untrusted_certificate, wrong_signature,
                paper_changed.
            Forbidden: wrong_pin, pin_locked.
            Misconfigured: no_signing_key.
            ServiceUnavailable: signer_away, timestamp_away, store_away, database_away.
        """
        signer = self._means.signer
        if signer is None:
            raise ScanRejected("not_signing")
        prepared = self.prepare(officer, code, signer.chain())
        try:
            signatures = signer.sign([bytes.fromhex(one) for one in prepared.digests], pin)
            return self.finish(officer.actor, prepared.signing_id, signatures)
        finally:
            self._drop(prepared.signing_id)

    def prepare(self, officer: Officer, code: str, chain: Chain) -> Prepared:
        """Make all of them ready to be signed by the key of a certificate; they wait for minutes.

        Raises:
            ScanRejected: nothing_to_sign, unfit_certificate, unreadable.
            ServiceUnavailable: store_away, object_altered, database_away.
        """
        papers = self.unsigned(officer.actor.office_id, code)
        if not papers:
            raise ScanRejected("nothing_to_sign", code)
        told, at = self._means.sealer.told(chain), datetime.now(UTC)
        folder = TemporaryDirectory(prefix="hoso-signing-")
        try:
            mark = Path(folder.name) / "mark.pdf"
            mark.write_bytes(self._means.draw(officer.name, officer.actor.office_id, at))
            ready = tuple(self._ready(paper, chain, mark, at) for paper in papers)
        except BaseException:
            folder.cleanup()
            raise
        signing_id = str(uuid.uuid4())
        until_s = time.monotonic() + WAITS_S
        signing = _Signing(officer, code, chain, told, at, until_s, folder, ready)
        with self._lock:
            self._under_way[signing_id] = signing
        self._expire()
        log.info("signing %s papers=%d", signing_id, len(ready))
        digests = tuple(hashlib.sha256(one.attributes).hexdigest() for one in ready)
        return Prepared(signing_id=signing_id, digests=digests)

    def finish(self, actor: Actor, signing_id: str, signatures: Sequence[bytes]) -> SignPapers:
        """Put the signatures in, stamp their time, and keep the signed copies: all of them or none.

        Where the authority of time stamps or the store is away, the same signatures may be sent again.

        Raises:
            NotFound: (signing_over) it has waited too long, or is not this officer's.
            ScanRejected: wrong_signature, untrusted_certificate, paper_changed.
            ServiceUnavailable: timestamp_away, store_away, database_away.
        """
        self._expire()
        with self._lock:
            signing = self._under_way.get(signing_id)
            if signing is None or signing.officer.actor != actor:
                raise NotFound("signing_over", signing_id)
            del self._under_way[signing_id]  # nobody else finishes it meanwhile
        try:
            decision = self._finish(signing, signatures)
        except ServiceUnavailable:
            with self._lock:
                self._under_way[signing_id] = signing
            raise
        except BaseException:
            signing.folder.cleanup()
            raise
        signing.folder.cleanup()
        log.info("signed %s papers=%d", decision.decision_id, len(decision.papers))
        return decision

    def close(self) -> None:
        """Forget what is under way."""
        for signing_id in list(self._under_way):
            self._drop(signing_id)

    # -- making ready -------------------------------------------------------------------------------------------------

    def _ready(self, paper: Paper, chain: Chain, mark: Path, at: datetime) -> _Ready:
        folder = mark.parent
        copy, path = folder / "copy.pdf", folder / f"{paper.document_id}.pdf"
        self._archive.fetch_copy(paper.actor.office_id, paper.document_id, copy)
        wanted = SignatureWanted(mark=mark, corner=self._means.corner, signed_at=at)
        signable = self._archive.parsers.write_signable(ScanFile(copy, _PDF), wanted, path)
        attributes = self._means.sealer.attributes(bytes.fromhex(signable.sha256), chain)
        return _Ready(paper, path, signable, attributes)

    def _expire(self) -> None:
        now_s = time.monotonic()
        with self._lock:
            waiting = sorted(self._under_way.items(), key=lambda one: one[1].until_s)
        many = len(waiting) - _MOST_WAITING
        for number, (signing_id, signing) in enumerate(waiting):
            if signing.until_s < now_s or number < many:
                self._drop(signing_id)

    def _drop(self, signing_id: str) -> None:
        with self._lock:
            signing = self._under_way.pop(signing_id, None)
        if signing is not None:
            signing.folder.cleanup()

    # -- finishing ----------------------------------------------------------------------------------------------------

    def _finish(self, signing: _Signing, signatures: Sequence[bytes]) -> SignPapers:
        if len(signatures) != len(signing.ready):
            raise ScanRejected("wrong_signature")
        made = []
        for one, signature in zip(signing.ready, signatures, strict=True):
            self._check_unchanged(one.paper)
            sealed = self._means.sealer.seal(one.attributes, signature, signing.chain)
            made.append((one, sealed, self._written(one, sealed, signing.told)))
        kept = tuple(self._kept(one, sealed, path, signing) for one, sealed, path in made)
        decision = new_decision(SignPapers, signing.officer.actor, signing.code, papers=kept)
        with deciding(self._archive.store, self._archive.tables.records, decision):
            apply_signing(self._archive, decision)
        return decision

    def _check_unchanged(self, paper: Paper) -> None:
        now = self._archive.tables.papers.get(paper.actor.office_id, paper.document_id)
        if not is_to_be_signed(now) or (now.sha256, now.confirmed_at) != (paper.sha256, paper.confirmed_at):
            raise ScanRejected("paper_changed", paper.document_id)

    def _written(self, ready: _Ready, sealed: Sealed, told: CertificateTold) -> Path:
        """The signed file, looked at as a stranger's would be. What waits stays as it is, for another try."""
        path, (start, end) = ready.path.with_suffix(".signed"), ready.signable.room
        shutil.copyfile(ready.path, path)
        digits = sealed.cms.hex().encode("ascii")
        if len(digits) > end - start:
            raise ScanRejected("unfit_certificate", "its chain is too long")
        with path.open("r+b") as file:
            file.seek(start)
            file.write(digits)
        found = self._archive.parsers.signatures(ScanFile(path, _PDF))
        if len(found) != 1 or found[0].serial != told.serial or found[0].state == "invalid":
            raise ScanRejected("wrong_signature", ready.paper.document_id)
        if self._means.trusts and found[0].state != "valid":
            raise ScanRejected("untrusted_certificate", str(found[0].trouble))
        return path

    def _kept(self, ready: _Ready, sealed: Sealed, path: Path, signing: _Signing) -> SignedPaper:
        paper = ready.paper
        with path.open("rb") as data:
            sha256 = hashlib.file_digest(data, "sha256").hexdigest()
            data.seek(0)
            folder = keys.archive(paper.actor.office_id, paper.content_sha256)
            stored = self._archive.store.put(keys.signed(folder, sha256), data, _PDF)
        signed = SignedCopy(
            key=stored.key,
            sha256=stored.sha256,
            size_bytes=stored.size_bytes,
            of_sha256=str(paper.sha256),
            actor=signing.officer.actor,
            converter=signing.officer.name,
            signed_at=signing.at,
            subject=signing.told.subject,
            issuer=signing.told.issuer,
            serial=signing.told.serial,
            level="B-B" if sealed.stamped_at is None else "B-T",
            stamped_at=sealed.stamped_at,
        )
        return SignedPaper(document_id=paper.document_id, signed_copy=signed)


def is_to_be_signed(paper: Paper) -> bool:
    """Whether its copy is confirmed, lies in the archive, and is not signed."""
    archive = keys.archive(paper.actor.office_id, paper.content_sha256)
    archived = paper.object_key is not None and paper.object_key.startswith(archive)
    return is_compared(paper) and paper.is_unsigned and archived


def apply_signing(archive: Archive, decision: SignPapers) -> None:
    """Write what a signing that is in the store makes of rows; again changes nothing.

    The signed copy of a paper of which no picture may be kept any more goes.

    Raises:
        NotFound: no_such_paper.
        ServiceUnavailable: paper_changed, when others keep changing the papers.
    """
    for _ in range(_MOST_TRIES):
        changes = [_change(archive, decision, one) for one in decision.papers]
        if archive.tables.papers.change(decision, [one for one in changes if one.before != one.after]):
            for change, signed in zip(changes, decision.papers, strict=True):
                if signed.signed_copy not in change.after.signed_copies:
                    archive.store.delete(signed.signed_copy.key)
            archive.dossiers.take_in(change.after for change in changes)
            return
    raise ServiceUnavailable("paper_changed", decision.decision_id)


def _change(archive: Archive, decision: SignPapers, signed: SignedPaper) -> PaperChange:
    paper = archive.tables.papers.get(decision.actor.office_id, signed.document_id)
    if paper.object_key is None or signed.signed_copy in paper.signed_copies:
        return PaperChange(before=paper, after=paper)
    copies = sorted((*paper.signed_copies, signed.signed_copy), key=lambda one: one.signed_at)
    return PaperChange(before=paper, after=paper.model_copy(update={"signed_copies": tuple(copies)}))
