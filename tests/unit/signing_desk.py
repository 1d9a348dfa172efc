"""A counter whose officers sign: papers of one dossier, and what is asked of them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from pipeline.adapters.signing.cms import PadesSealer
from pipeline.adapters.signing.mark import draw_mark
from pipeline.comparing import Comparing
from pipeline.errors import HosoError
from pipeline.integrity.verify import Verifying
from pipeline.signing import Officer, SigningDesk, SigningMeans
from pipeline.signing_ports import Signer
from pipeline.signing_room import SigningRoom
from schemas.dossier import Paper
from schemas.signing import SignedCopy
from tests.unit.desk import ACTOR, Desk
from tests.unit.plain_parsers import scan

OFFICE, CODE = ACTOR.office_id, "H26.29-250701-0001"
LAN = Officer(actor=ACTOR, name="Nguyễn Thị Lan")


def means(signer: Signer | None, stamp_url: str = "") -> SigningMeans:
    def draw(name: str, office_id: str, at: datetime) -> bytes:
        return draw_mark(name, office_id, at)

    return SigningMeans(sealer=PadesSealer(stamp_url), signer=signer, draw=draw, corner="left", trusts=True)


def signing_at(desk: Desk, signer: Signer | None, stamp_url: str = "") -> SigningDesk:
    return SigningDesk(desk.archive, means(signer, stamp_url), SigningRoom(desk.folder / "signing"))


def brought(desk: Desk, *texts: str) -> list[Paper]:
    """Papers of the dossier, read and not compared."""
    return [desk.file(scan(text), dossier_code=CODE) for text in texts]


def confirmed(desk: Desk, *texts: str) -> list[Paper]:
    """Papers of the dossier whose copies an officer has confirmed."""
    papers = brought(desk, *texts)
    Comparing(desk.archive).confirm_all(ACTOR, CODE)
    return [now(desk, paper) for paper in papers]


def now(desk: Desk, paper: Paper) -> Paper:
    return desk.tables.papers.get(OFFICE, paper.document_id)


def signed(desk: Desk, paper: Paper) -> SignedCopy:
    """The signed copy that counts."""
    copy = now(desk, paper).signed
    assert copy is not None
    return copy


def signed_keys(desk: Desk) -> list[str]:
    return [key for key in desk.keys("archive/") if "/signed/" in key]


def digests(texts: tuple[str, ...]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(HosoError) as caught:
        act()
    return caught.value.code


def findings(desk: Desk) -> list[tuple[str, str]]:
    report = Verifying(desk.archive, OFFICE, datetime.now(UTC)).everything(lambda *_: None)
    return [(one.kind, one.key) for one in report.findings]
