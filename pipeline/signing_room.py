"""Documents that are ready and wait for their signatures, in a folder that the web processes of a machine share.

    <folder>/<signing id>/<document id>.pdf    a copy with its mark and room for a signature
    <folder>/<signing id>/about.json           what is to be signed by whom; it comes last and so makes it
    <folder>/<signing id>.taken/               the same while a process puts the signatures in

Files and folders are for our user alone. Nothing here outlives its minutes: an officer asks again, and it is made anew.
"""

import os
import re
import shutil
import threading
import time
import uuid
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pipeline.durable import make_folders
from pipeline.errors import NotFound
from pipeline.pages import Signable
from pipeline.signing_ports import CertificateTold
from schemas.base import Value
from schemas.people import Actor

WAITS_S = 600.0
"""How long documents wait: a PIN must be found and typed."""
_LATE_S = 1.0
_ID = re.compile(r"[0-9a-f-]{36}")
_TAKEN = ".taken"
_ABOUT = "about.json"


class WaitingPaper(Value):
    """A paper as it was when its copy was made ready; `attributes` (DER, hexadecimal) is what is signed for it."""

    document_id: str
    sha256: str
    confirmed_at: datetime | None
    signable: Signable
    attributes: str


class Waiting(Value):
    """One act of signing that is under way. `chain` are certificates (DER, hexadecimal), the signer's first."""

    actor: Actor
    name: str
    code: str
    chain: tuple[str, ...]
    told: CertificateTold
    at: datetime
    papers: tuple[WaitingPaper, ...]


class SigningRoom:
    """Keeps what waits. An id leads nowhere out of the folder."""

    def __init__(self, folder: Path) -> None:
        """Args: folder: is made when it is first needed."""
        self._folder = folder

    def begin(self) -> tuple[str, Path]:
        """A new id, and the folder for its documents; what has waited too long goes."""
        self.expire()
        signing_id = str(uuid.uuid4())
        make_folders(self._folder)
        folder = self._folder / signing_id
        folder.mkdir(mode=0o700)
        return signing_id, folder

    def keep(self, signing_id: str, waiting: Waiting) -> None:
        """Let documents that are in their folder wait."""
        (self._folder / signing_id / _ABOUT).write_text(waiting.model_dump_json(), encoding="utf-8")
        self.expire_later()

    def take(self, signing_id: str, actor: Actor, code: str) -> tuple[Waiting, Path]:
        """What waits, and its folder; until it is given back nobody else takes it.

        Raises: NotFound (signing_over): it has waited too long, is done, or is not this officer's or of this dossier.
        """
        self.expire()
        folder = self._folder / signing_id
        try:
            if not _ID.fullmatch(signing_id):
                raise FileNotFoundError
            waiting = Waiting.model_validate_json((folder / _ABOUT).read_bytes())
            if (waiting.actor, waiting.code) != (actor, code):
                raise FileNotFoundError
            taken = folder.rename(folder.with_name(signing_id + _TAKEN))
            os.utime(taken)  # its minutes begin anew: it is not to be removed while it is worked on
        except OSError:
            raise NotFound("signing_over", signing_id) from None
        return waiting, taken

    def give_back(self, signing_id: str) -> None:
        """Let it wait on: what was needed is away for now."""
        folder = self._folder / signing_id
        folder.with_name(signing_id + _TAKEN).rename(folder)
        self.expire_later()

    def drop(self, signing_id: str) -> None:
        """Remove it, taken or not; removing what is not there is allowed."""
        for name in (signing_id, signing_id + _TAKEN):
            shutil.rmtree(self._folder / name, ignore_errors=True)

    def expire_later(self) -> None:
        """Have what waits by now removed when its minutes are over: nobody may come to sign for days."""
        timer = threading.Timer(WAITS_S + _LATE_S, self.expire)
        timer.daemon = True
        timer.start()

    def expire(self) -> None:
        """Remove what has waited too long, and what a process that died has left."""
        if not self._folder.is_dir():
            return
        oldest = time.time() - WAITS_S
        for folder in self._folder.iterdir():
            with suppress(FileNotFoundError):  # another process removes it just now
                if folder.stat().st_mtime < oldest:
                    shutil.rmtree(folder, ignore_errors=True)
