"""An office with a child's birth certificate on file, a dossier and a visit, and what to ask each route of the web."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from pipeline import tokens
from pipeline.adapters.database.engine import Database
from pipeline.adapters.hook_sender import new_secret
from pipeline.decisions import new_decision
from pipeline.entrance import Entrance, new_account
from pipeline.settings import Limits, Settings
from pipeline.web.app import build_app
from pipeline.web.gate import COOKIE
from pipeline.web.upload_api import VERSION
from schemas.access import Account, Role
from schemas.destruction import Obligation, ProposeDestruction
from schemas.hooks import Webhook
from schemas.people import Actor
from tests.permissions import Asked
from tests.services.authority import PASSPHRASE, Authority
from tests.signing_in import HERE
from tests.unit.desk import open_desk
from tests.unit.plain_papers import BIRTH, CHILD, CHILD_NUMBER
from tests.unit.plain_parsers import PlainParsers, scan

OFFICE, NEIGHBOUR = "phuong-a", "phuong-b"
CODE = "H29.12.34-260302-0001"
EVERY_ROLE: tuple[Role, ...] = ("counter", "reviewer", "head", "auditor", "administrator", "service")
SECRETS = (CHILD, CHILD.title(), CHILD.capitalize(), CHILD_NUMBER, "Quàng Thị Inh")
"""What tells of the people on the paper."""
_UNNUMBERED = BIRTH.replace("Số: 150/2020\n", "")
_OPENING = {"procedure": "temporary_residence", "said": CHILD_NUMBER, "presence": "in_person", "reason": "hand_in"}


class KnownOffice:
    """The web process, who asks it, and the ids that stand in addresses."""

    def __init__(self, app: FastAPI, client: TestClient) -> None:
        self.app, self.client = app, client
        self.tables: Database = app.state.archive.tables
        self.ids: dict[str, str] = {"code": CODE, "dossier_code": CODE, "number": "1", "page": "1", "size": "page"}

    def sign_in(self, office_id: str, login: str, *roles: Role, purpose: bool = True) -> None:
        """Go on as an officer with these roles, without any with every one, who has said that a citizen asked."""
        entrance: Entrance = self.app.state.entrance
        self.client.cookies.clear()
        secret = entrance.enter(self.account(office_id, login, *roles), "link")
        self.client.cookies.set(COOKIE, secret)
        signed = entrance.who(secret, by_person=True)
        assert signed
        if purpose:  # not asked for by a page: not every role may say it there
            self.tables.sessions.set_purpose(signed.session_id, "citizen_request", None)

    def account(self, office_id: str, login: str, *roles: Role) -> Account:
        """An account with these roles, or every one, added where it is not there."""
        account = new_account(login, login.title(), office_id, roles or EVERY_ROLE)
        if self.tables.accounts.add(account, None, "tests"):
            return account
        found = self.tables.accounts.by_login(login)
        assert found
        return found[0]

    def open_visit(self) -> None:
        """Begin with the child at the counter, in the session that goes on."""
        visit = self.client.post("/visits", data=_OPENING)
        self.ids["visit_id"] = visit.headers["location"].rpartition("/")[2]

    def ask(self, route: Asked) -> Any:
        """The route's answer about this office's things, by a request that it understands."""
        missing = set(route.parameters()) - self.ids.keys()
        assert not missing, f"tests/unit/known_office.py knows no {missing} for {route.path}"
        return self.client.request(route.method, route.address(self.ids), **self._body(route))

    def _body(self, route: Asked) -> dict[str, Any]:
        ids = self.ids
        forms: dict[str, Any] = {
            "/accounts/{account_id}": {"name": "Lan", "roles": ["counter", "administrator"]},
            "/accounts/{account_id}/state": {"state": "enabled"},
            "/accounts/{account_id}/sessions/end": {"session_id": ids["session_id"]},
            "/accounts/tokens/end": {"token_id": ids["token_id"]},
            "/me/code": {"code": "000000"},
            "/sign-in/code": {"code": "000000"},
            "/me/sessions/end": {"session_id": ids["session_id"]},
            "/receive/folder": {"file_id": ids["file_id"]},
            "/destructions/{destruction_id}/answer": {"said": "refuse"},
            "/dossiers/{code}/calls": {"outcome": "no_answer"},
            "/dossiers/{code}/phone": {"phone": "0912345678"},
            "/dossiers/{code}/take-back": {"decision_id": "x"},
            "/dossiers/find": {"q": CODE},
            "/papers/{document_id}/pages/{page}/marks": {"q": CHILD},
            "/papers/{document_id}/sensitive": {"said": "citizen_request"},
            "/review/cuts/{submission_id}": {"first_pages": "1"},
            "/search": {"q": CHILD_NUMBER},
            "/search/kept": {"kept": "x"},
            "/visit/find": {"said": CHILD_NUMBER},
            "/work/proposals/{document_id}": {"code": CODE, "component": "", "answer": "decline"},
            "/visits": _OPENING,
            "/visits/{visit_id}/answers": {"condition": "x", "answer": "yes"},
            "/visits/{visit_id}/dossier": {"code": CODE},
            "/visits/{visit_id}/known": {"form": "birth_registration_form"},
            "/visits/{visit_id}/look-ups": {"component": "x", "outcome": "found"},
            "/visits/{visit_id}/sensitive": {"kind": "health", "reason": "công dân đề nghị"},
            "/visits/{visit_id}/uses": {"component": "identity", "document_id": ids["document_id"]},
        }
        bodies: dict[str, Any] = {
            "/api/v1/checklist": {"procedure": "birth_registration", "citizen": CHILD_NUMBER},
            "/api/v1/deliveries/{delivery_id}": {
                "uploads": [ids["upload_id"]],
                "received_at": datetime.now(UTC).isoformat(),
                "received_by": "lan",
            },
            "/api/v1/dossiers/{code}/calls": {"outcome": "no_answer"},
            "/api/v1/dossiers/{code}/papers": {"component": "", "document_id": ids["document_id"]},
            "/api/v1/dossiers/{code}/checklist": {},
            "/api/v1/dossiers/{code}/confirmation": {
                "papers": [{"document_id": ids["document_id"], "copy_kind": "original"}]
            },
            "/api/v1/dossiers/{code}/confirmation/undo": {"decision_id": "x"},
            "/api/v1/dossiers/{code}/look-ups": {"component": "identity", "outcome": "found"},
            "/api/v1/dossiers/{code}/signature": {},
            "/api/v1/dossiers/{code}/signing": {"certificates": ["00"]},
            "/api/v1/dossiers/{code}/signing/{signing_id}": {"signatures": ["00"]},
            "/api/v1/dossiers/{code}/reuse": {
                "component": "identity",
                "document_id": ids["document_id"],
                "purpose": "dùng lại",
            },
            "/api/v1/papers/{document_id}/confirmation": {},
            "/api/v1/papers/{document_id}/links": {},
            "/api/v1/prefill": {"form": "birth_registration_form", "citizen": CHILD_NUMBER},
            "/api/v1/review/{item_id}": {"value": "151/2020"},
            "/api/v1/search": {"words": CHILD_NUMBER},
            "/api/v1/visits": _OPENING,
            "/api/v1/visits/{visit_id}/answers": {"x": True},
            "/api/v1/visits/{visit_id}/dossier": {"code": CODE},
        }
        if route.method == "PATCH":
            headers = {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
            return {"headers": headers, "content": b"123"}
        if route.path == "/search":  # As its script asks: the whole page would say again what was asked.
            return {"data": forms["/search"], "headers": {"hoso-part": "1"}}
        if route.method == "GET":
            return {"params": {"since": "2026-01-01"} if route.path.startswith("/api/v1/export") else {}}
        if route.path in bodies:
            return {"json": bodies[route.path]}
        return {"data": forms[route.path]} if route.path in forms else {}


@contextmanager
def open_known_office(home: Path) -> Iterator[KnownOffice]:
    """The office, with nobody signed in."""
    with open_desk(home, PlainParsers()) as desk:
        paper = desk.file(scan(_UNNUMBERED), actor=Actor(office_id=OFFICE, actor_id="lan"), dossier_code=CODE)
    authority = Authority()
    key = authority.key_file(home / "key.p12", authority.issue(kind="ec"))
    signing: dict[str, Any] = {"signing": "key", "signing_key": key, "signing_passphrase": PASSPHRASE}
    app = build_app(Settings(home=home, office_id=OFFICE, limits=Limits(parsers=1), **signing))
    headers = {"origin": HERE, "tus-resumable": VERSION}
    with TestClient(app, base_url=HERE, headers=headers, follow_redirects=False) as client:
        app.state.archive.parsers = PlainParsers()
        office = KnownOffice(app, client)
        office.ids |= {"document_id": paper.document_id, "submission_id": paper.submission_id}
        office.ids["item_id"] = office.tables.papers.queue(OFFICE, 1)[0].item_id
        _add_desk_things(office)
        yield office


def _add_desk_things(office: KnownOffice) -> None:
    """A dossier of the child, a visit, a waiting upload, a file in the scan folder."""
    office.sign_in(OFFICE, "lan")
    dossier = {"code": CODE, "procedure": "temporary_residence", "owner_number": CHILD_NUMBER, "owner_name": CHILD}
    assert office.client.post("/api/v1/dossiers", json=dossier).status_code == 200
    office.open_visit()
    office.ids["account_id"] = office.account(OFFICE, "hoa").account_id
    child = office.tables.people.by_number(OFFICE, CHILD_NUMBER)
    assert child
    office.ids["citizen_id"] = child.citizen_id
    receiving = office.app.state.receiving
    lan = office.account(OFFICE, "lan")
    session_id = office.tables.sessions.of_account(OFFICE, lan.account_id)[0].session_id
    office.ids["upload_id"] = receiving.uploads.begin(session_id, "a.png", 3).upload_id
    office.ids |= {"delivery_id": str(uuid.uuid4()), "session_id": session_id, "signing_id": str(uuid.uuid4())}
    office.ids["token_id"] = tokens.issue(office.tables.tokens, lan.actor, lan, "one-stop", ["papers.read"], 1)[
        0
    ].token_id
    hook = Webhook(
        hook_id=str(uuid.uuid4()), **lan.actor.model_dump(), url="http://127.0.0.1:9/", made_at=datetime.now(UTC)
    )
    office.tables.hooks.add(hook, new_secret())
    office.ids["hook_id"] = hook.hook_id
    inbox = office.app.state.settings.inbox_path
    inbox.mkdir(exist_ok=True)
    (inbox / "a.png").write_bytes(scan("a"))
    office.ids["file_id"] = receiving.scans()[0].file_id
    office.ids["destruction_id"] = _proposed(office)


def _proposed(office: KnownOffice) -> str:
    """A destruction of the paper that another head has proposed, whatever the law says about it."""
    paper = office.tables.papers.get(OFFICE, office.ids["document_id"])
    due = Obligation(document_id=paper.document_id, type=paper.type, rule="over")
    proposal = new_decision(
        ProposeDestruction,
        Actor(office_id=OFFICE, actor_id="hoa"),
        str(uuid.uuid4()),
        reason="keeping_over",
        papers=(due,),
    )
    office.tables.papers.change(proposal, ())
    return proposal.subject_id
