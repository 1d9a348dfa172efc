"""Signed copies go with what they are copies of: a paper that was destroyed, or of which no picture may be kept."""

from datetime import datetime

import pytest

from pipeline.adapters.signing.cms import PadesSealer
from pipeline.adapters.signing.mark import draw_mark
from pipeline.adapters.signing.software_key import SoftwareKey
from pipeline.review import Review
from pipeline.signing import Officer, SigningDesk, SigningMeans
from pipeline.signing_room import SigningRoom
from schemas.dossier import Paper
from tests.unit.desk import ACTOR, Desk
from tests.unit.destructions import HEAD, carry_out, certificate, destructions, now
from tests.unit.dossier_office import a_dossier
from tests.unit.plain_papers import BIRTH
from tests.unit.plain_parsers import scan

CODE = "H26.29-250701-0001"
PATTERN = "Vân nền 7f3a·9c21·e07b"
"""Stands in the file of a scan as the pixels of a picture would."""


@pytest.fixture
def signed(desk: Desk, key: SoftwareKey) -> Paper:
    """A paper of a dossier whose copy was confirmed and signed, and once more after it was confirmed anew."""

    def draw(name: str, office_id: str, at: datetime) -> bytes:
        return draw_mark(name, office_id, at)

    means = SigningMeans(sealer=PadesSealer(""), signer=key, draw=draw, corner="left", trusts=True)
    signing = SigningDesk(desk.archive, means, SigningRoom(desk.folder / "signing"))
    desk.archive.dossiers.open(a_dossier(code=CODE, actor=ACTOR))
    paper = desk.file(scan(f"{BIRTH}{PATTERN}\n"), dossier_code=CODE)
    for _ in range(2):
        desk.archive.confirm(ACTOR, paper.document_id, "original")
        signing.sign(Officer(actor=ACTOR, name="Nguyễn Thị Lan"), CODE, "")
    assert len(now(desk, paper).signed_copies) == 2
    return now(desk, paper)


def copies(desk: Desk) -> list[str]:
    return [key for key in desk.keys("archive/") if "/signed/" in key]


def test_the_signed_copies_of_a_destroyed_paper_go_and_the_certificate_names_them(desk: Desk, signed: Paper) -> None:
    was = {one.key: one.sha256 for one in signed.signed_copies}
    assert sorted(was) == copies(desk)
    desk.archive.dossiers.detach(ACTOR, CODE, signed.document_id)
    proposal = destructions(desk).propose(ACTOR, [signed.document_id], "citizen_request", "a request")
    destructions(desk).answer(HEAD, proposal.subject_id, approved=True)
    assert carry_out(desk, proposal.subject_id)
    assert copies(desk) == []
    assert PATTERN.encode() not in desk.everything()
    (certified,) = certificate(desk, proposal.subject_id).papers
    assert was.items() <= {one.key: one.sha256 for one in certified.objects}.items()


def test_a_signed_paper_that_turns_out_to_be_an_identity_card_keeps_no_signed_copy(desk: Desk, signed: Paper) -> None:
    review = Review(desk.archive)
    said = {"kind": "set_type", "subject_id": signed.document_id, "type": "citizen_id_card"}
    review.decide(review.read(ACTOR, said))
    assert copies(desk) == []
    assert now(desk, signed).signed_copies == ()
    assert PATTERN.encode() not in desk.everything()
