"""Signing the copies of a dossier that an officer has confirmed: one act, one PIN, a signature on each.

TT 01/2023/TT-VPCP, Art 8.1: who digitises signs the copy with a personal digital signature. What is signed is a later
object beside the archive copy, which stays as it is; nothing is written to a signed file afterwards.
"""

import hashlib
import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline import keys
from pipeline.archive import Archive
from pipeline.comparing import is_compared
from pipeline.decisions import deciding, new_decision
from pipeline.errors import NotFound, ScanRejected, ServiceUnavailable
from pipeline.local_time import VIETNAM
from pipeline.pages import Corner, ScanFile, SignatureWanted
from pipeline.signing_ports import CertificateTold, Chain, Sealed, Sealer, Signer
from pipeline.signing_room import SigningRoom, Waiting, WaitingPaper
from pipeline.table_ports import PaperChange
from schemas.base import Value
from schemas.decisions import SignedPaper, SignPapers
from schemas.dossier import Paper
from schemas.people import Actor
from schemas.signing import SignedCopy

log = logging.getLogger("hoso")

AT_ONCE = 200
"""Papers signed by one act: each waits as a file, and one request brings the signatures of all."""
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


class SigningDesk:
    """Signs the copies of dossiers."""

    def __init__(self, archive: Archive, means: SigningMeans, room: SigningRoom) -> None:
        """Args: archive: whose papers they are; means: what they are signed with; room: where they wait."""
        self._archive, self._means, self._room = archive, means, room

    @property
    def asks_pin(self) -> bool:
        """Whether the key that this server reaches wants a PIN of the officer."""
        return self._means.signer is not None and self._means.signer.asks_pin

    @property
    def reaches_key(self) -> bool:
        """Whether the key is to be reached from here; else it is at the counter."""
        return self._means.signer is not None

    def unsigned(self, office_id: str, code: str) -> tuple[Paper, ...]:
        """The papers of a dossier whose copies are confirmed, archived and not signed, in the order they were filed.

        Behind them what is on file already, would serve it, and lacks nothing but a signature: what came outside of
        dossiers is signed by whoever first needs it. So many as are signed at once; those that are left come with the
        next act.
        """
        brought = self._archive.tables.papers.of_dossier(office_id, code)
        papers = {paper.document_id: paper for paper in (*brought, *self._would_serve(office_id, code))}
        return tuple(paper for paper in papers.values() if is_to_be_signed(paper))[:AT_ONCE]

    def sign(self, officer: Officer, code: str, pin: str) -> SignPapers:
        """Sign them all with the key that this server reaches.

        Raises:
            NotFound: no_such_dossier.
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
            return self.finish(officer.actor, code, prepared.signing_id, signatures)
        finally:
            self._room.drop(prepared.signing_id)

    def prepare(self, officer: Officer, code: str, chain: Chain) -> Prepared:
        """Make all of them ready to be signed by the key of a certificate; they wait for minutes.

        Raises:
            NotFound: (no_such_dossier) no paper of this dossier is on file.
            ScanRejected: nothing_to_sign, unfit_certificate, unreadable.
            ServiceUnavailable: store_away, object_altered, database_away.
        """
        papers = self.unsigned(officer.actor.office_id, code)
        if not papers:
            known = self._archive.tables.papers.of_dossier(officer.actor.office_id, code)
            raise ScanRejected("nothing_to_sign", code) if known else NotFound("no_such_dossier", code)
        told, at = self._means.sealer.told(chain), datetime.now(UTC)
        signing_id, folder = self._room.begin()
        try:
            mark = folder / "mark.pdf"
            mark.write_bytes(self._means.draw(officer.name, officer.actor.office_id, at))
            wanted = SignatureWanted(mark=mark, corner=self._means.corner, signed_at=at.astimezone(VIETNAM))
            waiting = Waiting(
                actor=officer.actor,
                name=officer.name,
                code=code,
                chain=tuple(one.hex() for one in chain),
                told=told,
                at=at,
                papers=tuple(self._ready(paper, chain, wanted) for paper in papers),
            )
            self._room.keep(signing_id, waiting)
        except BaseException:
            self._room.drop(signing_id)
            raise
        log.info("signing %s papers=%d", signing_id, len(papers))
        digests = tuple(hashlib.sha256(bytes.fromhex(one.attributes)).hexdigest() for one in waiting.papers)
        return Prepared(signing_id=signing_id, digests=digests)

    def finish(self, actor: Actor, code: str, signing_id: str, signatures: Sequence[bytes]) -> SignPapers:
        """Put the signatures in, stamp their time, and keep the signed copies: all of them or none.

        Where the authority of time stamps or the store is away, the same signatures may be sent again.

        Raises:
            NotFound: (signing_over) it has waited too long, is done, or is not this officer's or of this dossier.
            ScanRejected: wrong_signature, untrusted_certificate, paper_changed.
            ServiceUnavailable: timestamp_away, store_away, database_away.
        """
        waiting, folder = self._room.take(signing_id, actor, code)
        try:
            decision = self._finish(waiting, folder, signatures)
        except ServiceUnavailable:
            self._room.give_back(signing_id)
            raise
        except BaseException:
            self._room.drop(signing_id)
            raise
        self._room.drop(signing_id)
        log.info("signed %s papers=%d", decision.decision_id, len(decision.papers))
        return decision

    def _would_serve(self, office_id: str, code: str) -> Iterator[Paper]:
        try:
            rows = self._archive.dossiers.view(office_id, code, {}, datetime.now(UTC)).rows
        except NotFound:  # papers tell of dossiers that nobody has opened
            return
        for row in rows:
            if row.reason == "unsigned" and row.document_id is not None:
                yield self._archive.tables.papers.get(office_id, row.document_id)

    # -- making ready -------------------------------------------------------------------------------------------------

    def _ready(self, paper: Paper, chain: Chain, wanted: SignatureWanted) -> WaitingPaper:
        folder = wanted.mark.parent
        copy = folder / "copy.pdf"
        self._archive.fetch_copy(paper.actor.office_id, paper.document_id, copy)
        target = folder / f"{paper.document_id}.pdf"
        signable = self._archive.parsers.write_signable(ScanFile(copy, _PDF), wanted, target)
        copy.unlink()
        attributes = self._means.sealer.attributes(bytes.fromhex(signable.sha256), chain)
        return WaitingPaper(
            document_id=paper.document_id,
            sha256=str(paper.sha256),
            confirmed_at=paper.confirmed_at,
            signable=signable,
            attributes=attributes.hex(),
        )

    # -- finishing ----------------------------------------------------------------------------------------------------

    def _finish(self, waiting: Waiting, folder: Path, signatures: Sequence[bytes]) -> SignPapers:
        if len(signatures) != len(waiting.papers):
            raise ScanRejected("wrong_signature")
        chain, made = tuple(bytes.fromhex(one) for one in waiting.chain), []
        for one, signature in zip(waiting.papers, signatures, strict=True):
            paper = self._unchanged(waiting.actor.office_id, one)
            sealed = self._means.sealer.seal(bytes.fromhex(one.attributes), signature, chain)
            made.append((paper, sealed, self._written(folder, one, sealed, waiting.told)))
        kept = tuple(self._kept(paper, sealed, path, waiting) for paper, sealed, path in made)
        decision = new_decision(SignPapers, waiting.actor, waiting.code, papers=kept)
        with deciding(self._archive.store, self._archive.tables, decision):
            apply_signing(self._archive, decision)
        return decision

    def _unchanged(self, office_id: str, waiting: WaitingPaper) -> Paper:
        paper = self._archive.tables.papers.get(office_id, waiting.document_id)
        if not is_to_be_signed(paper) or (paper.sha256, paper.confirmed_at) != (waiting.sha256, waiting.confirmed_at):
            raise ScanRejected("paper_changed", waiting.document_id)
        return paper

    def _written(self, folder: Path, waiting: WaitingPaper, sealed: Sealed, told: CertificateTold) -> Path:
        """The signed file, looked at as a stranger's would be. What waits stays as it is, for another try."""
        path, (start, end) = folder / f"{waiting.document_id}.signed", waiting.signable.room
        shutil.copyfile(folder / f"{waiting.document_id}.pdf", path)
        digits = sealed.cms.hex().encode("ascii")
        if len(digits) > end - start:
            raise ScanRejected("unfit_certificate", "its chain is too long")
        with path.open("r+b") as file:
            file.seek(start)
            file.write(digits)
        found = self._archive.parsers.signatures(ScanFile(path, _PDF))
        if len(found) != 1 or found[0].serial != told.serial or found[0].state == "invalid":
            raise ScanRejected("wrong_signature", waiting.document_id)
        if self._means.trusts and found[0].state != "valid":
            raise ScanRejected("untrusted_certificate", str(found[0].trouble))
        return path

    def _kept(self, paper: Paper, sealed: Sealed, path: Path, waiting: Waiting) -> SignedPaper:
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
            actor=waiting.actor,
            converter=waiting.name,
            signed_at=waiting.at,
            **waiting.told.model_dump(),
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
                    archive.store.erase(signed.signed_copy.key)
            archive.dossiers.take_in(change.after for change in changes)
            return
    raise ServiceUnavailable("paper_changed", decision.decision_id)


def _change(archive: Archive, decision: SignPapers, signed: SignedPaper) -> PaperChange:
    paper = archive.tables.papers.get(decision.actor.office_id, signed.document_id)
    if paper.object_key is None or signed.signed_copy in paper.signed_copies:
        return PaperChange(before=paper, after=paper)
    copies = sorted((*paper.signed_copies, signed.signed_copy), key=lambda one: one.signed_at)
    return PaperChange(before=paper, after=paper.model_copy(update={"signed_copies": tuple(copies)}))
