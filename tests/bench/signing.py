"""How long signing a dossier takes with each kind of key, and whether another program finds every signature good.

python -m tests.bench.signing [PAPERS]
"""

import statistics
import sys
import time
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from pipeline.adapters.parser_pool import ParserPool
from pipeline.adapters.signing.cms import PadesSealer
from pipeline.adapters.signing.mark import draw_mark
from pipeline.adapters.signing.roots import load_roots
from pipeline.comparing import Comparing
from pipeline.settings import Limits
from pipeline.signing import Officer, SigningDesk, SigningMeans
from pipeline.signing_room import SigningRoom
from tests.digital import Print, write_digital
from tests.services.authority import OFFICER, Authority, pdfsig, stamping, trust_database
from tests.services.signers import Kind, held
from tests.services.verapdf import failed_rules
from tests.unit.desk import ACTOR, Desk, open_desk
from tests.unit.plain_papers import BIRTH

_CODE = "H26.29-250701-0001"
_PAPERS = 20


def main(papers: int) -> None:
    """Print one line a kind of key."""
    authority = Authority()
    print(f"{papers} papers, RSA 2048, a time stamp each")  # noqa: T201 (what it is for)
    for kind in get_args(Kind):
        with TemporaryDirectory() as name:
            print(_measured(kind, papers, authority, Path(name)))  # noqa: T201


def _measured(kind: Kind, papers: int, authority: Authority, folder: Path) -> str:
    roots = load_roots(authority.trust(folder / "roots"))
    (home := folder / "home").mkdir()
    with (
        stamping(authority) as stamps,
        held(kind, folder, authority, authority.issue()) as key,
        ParserPool(Limits(), roots) as parsers,
        open_desk(home, parsers) as desk,
    ):
        ids = _file(desk, papers, folder)

        def draw(converter: str, office_id: str, at: datetime) -> bytes:
            return draw_mark(converter, office_id, at)

        means = SigningMeans(PadesSealer(stamps.url), None, draw, "left", trusts=True)
        signing = SigningDesk(desk.archive, means, SigningRoom(home / "signing"))
        times = [time.monotonic()]
        prepared = signing.prepare(Officer(ACTOR, OFFICER), _CODE, key.signer.chain())
        times.append(time.monotonic())
        made = key.signer.sign([bytes.fromhex(one) for one in prepared.digests], key.pin)
        times.append(time.monotonic())
        signing.finish(ACTOR, _CODE, prepared.signing_id, made)
        times.append(time.monotonic())
        good = _good(desk, ids, trust_database(folder / "nss", authority), folder)
    steps = [f"{(after - before) * 1000 / papers:6.1f}" for before, after in pairwise(times)]
    return f"{kind:8} ms a paper: made ready {steps[0]}, key {steps[1]}, put in {steps[2]}; {good}"


def _file(desk: Desk, papers: int, folder: Path) -> list[str]:
    ids = []
    for number in range(papers):
        # Of a type that is certain: only what is archived is signed.
        lines = Print(tuple(BIRTH.replace("150/2020", f"{number + 1}/2020").splitlines()))
        ids.append(desk.file(write_digital(folder / "a.pdf", lines).read_bytes(), dossier_code=_CODE).document_id)
    for one in ids:
        desk.archive.confirm(ACTOR, one, "original")
    assert Comparing(desk.archive).papers(ACTOR.office_id, _CODE)
    return ids


def _good(desk: Desk, ids: list[str], trusted: Path, folder: Path) -> str:
    sizes, valid, pdf_a = [], 0, 0
    for one in ids:
        paper = desk.tables.papers.get(ACTOR.office_id, one)
        if paper.signed is None:
            continue
        (signed := folder / "signed.pdf").write_bytes(desk.bytes_of(paper.signed.key))
        told = pdfsig(signed, trusted)
        valid += "Signature is Valid" in told and "Certificate is Trusted" in told
        pdf_a += failed_rules(signed) == []
        sizes.append(paper.signed.size_bytes - (paper.size_bytes or 0))
    return (
        f"pdfsig valid {valid}/{len(ids)}, PDF/A {pdf_a}/{len(ids)}, {statistics.mean(sizes or [0]) / 1024:.0f} KB more"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else _PAPERS)
