"""What programs that use hoso ask of the database: tokens, answers that are kept, webhooks, the load."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.adapters.database.engine import Database
from pipeline.entrance import new_account
from pipeline.errors import NotFound
from pipeline.program_ports import AnsweredRequest
from pipeline.table_ports import PaperChange
from schemas.access import Account, ApiToken
from schemas.dossier import Paper
from schemas.hooks import Webhook
from schemas.paging import TimePlace
from tests.contract.examples import ACTOR, NEIGHBOUR, a_decision, file, hold, receive

OFFICE = ACTOR.office_id
DAY_S, DEAD_S, LEASE_S = 86400.0, 900.0, 60.0
ANSWER = AnsweredRequest(request_sha256="ab12", status=202, media_type="application/json", body="{}")


@pytest.fixture
def service(database: Database) -> Account:
    account = new_account("one-stop", "One-stop system", OFFICE, ["service"])
    assert database.accounts.add(account, None, "tests")
    return account


def a_token(service: Account, hours: float = 1, made_at: datetime | None = None) -> ApiToken:
    now = datetime.now(UTC)
    return ApiToken(
        token_id=uuid.uuid4().hex,
        office_id=OFFICE,
        actor_id="admin",
        account_id=service.account_id,
        name="One-stop",
        scopes=("dossiers.read", "papers.read"),
        made_at=made_at or now,
        expires_at=now + timedelta(hours=hours),
    )


def a_hook(database: Database, office_id: str = OFFICE) -> Webhook:
    hook = Webhook(
        hook_id=uuid.uuid4().hex,
        office_id=office_id,
        actor_id="admin",
        url="https://one-stop.example/hoso",
        made_at=datetime.now(UTC),
    )
    database.hooks.add(hook, "whsec_c2VjcmV0")
    return hook


def test_a_token_is_its_accounts(database: Database, service: Account) -> None:
    token = a_token(service)
    database.tokens.add(token, "secret")
    assert database.tokens.use("secret") == (token, service)
    assert database.tokens.use("another") is None


def test_using_a_token_is_noted(database: Database, service: Account) -> None:
    database.tokens.add(a_token(service), "secret")
    database.tokens.use("secret")
    assert database.tokens.of_office(OFFICE, 9)[0].used_at is not None


def test_a_token_that_has_expired_opens_nothing(database: Database, service: Account) -> None:
    database.tokens.add(a_token(service, hours=-0.001), "secret")
    assert database.tokens.use("secret") is None


def test_a_revoked_token_opens_nothing(database: Database, service: Account) -> None:
    token = a_token(service)
    database.tokens.add(token, "secret")
    database.tokens.revoke(OFFICE, token.token_id)
    database.tokens.revoke(OFFICE, token.token_id)
    assert database.tokens.use("secret") is None


def test_a_token_of_a_disabled_account_opens_nothing(database: Database, service: Account) -> None:
    database.tokens.add(a_token(service), "secret")
    database.accounts.change(service.model_copy(update={"disabled_at": datetime.now(UTC)}))
    assert database.tokens.use("secret") is None


def test_another_office_cannot_revoke_a_token(database: Database, service: Account) -> None:
    token = a_token(service)
    database.tokens.add(token, "secret")
    with pytest.raises(NotFound):
        database.tokens.revoke(NEIGHBOUR.office_id, token.token_id)
    assert database.tokens.use("secret") is not None


def test_tokens_are_given_page_by_page_newest_first(database: Database, service: Account) -> None:
    start = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
    made = [a_token(service, made_at=start + timedelta(minutes=minute // 2)) for minute in range(5)]
    for token in made:
        database.tokens.add(token, token.token_id)
    first = database.tokens.of_office(OFFICE, 3)
    rest = database.tokens.of_office(OFFICE, 3, TimePlace(at=first[-1].made_at, id=first[-1].token_id))
    assert [*first, *rest] == sorted(made, key=lambda one: (one.made_at, one.token_id), reverse=True)
    assert database.tokens.of_office(NEIGHBOUR.office_id, 3) == ()


def test_who_begins_a_request_answers_it_and_others_get_that_answer(database: Database) -> None:
    assert database.answered.begin(ACTOR, "key", DAY_S, DEAD_S) is None
    assert database.answered.begin(ACTOR, "key", DAY_S, DEAD_S) == "busy"
    database.answered.finish(ACTOR, "key", ANSWER)
    assert database.answered.begin(ACTOR, "key", DAY_S, DEAD_S) == ANSWER


def test_of_several_who_begin_at_once_one_answers(open_another: Callable[[], Database]) -> None:
    databases = [open_another() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        begun = list(pool.map(lambda one: one.answered.begin(ACTOR, "key", DAY_S, DEAD_S), databases))
    assert sorted(begun, key=str) == [None, "busy", "busy", "busy"]


def test_a_key_is_each_actors_own(database: Database) -> None:
    database.answered.begin(ACTOR, "key", DAY_S, DEAD_S)
    assert database.answered.begin(NEIGHBOUR, "key", DAY_S, DEAD_S) is None


def test_what_was_forgotten_is_answered_anew(database: Database) -> None:
    database.answered.begin(ACTOR, "key", DAY_S, DEAD_S)
    database.answered.forget(ACTOR, "key")
    assert database.answered.begin(ACTOR, "key", DAY_S, DEAD_S) is None


def test_who_died_over_an_answer_stops_nobody_for_ever(database: Database) -> None:
    database.answered.begin(ACTOR, "key", DAY_S, DEAD_S)
    assert database.answered.begin(ACTOR, "key", DAY_S, abandoned_s=-1) is None


def test_an_answer_that_is_too_old_is_not_given_again(database: Database) -> None:
    database.answered.begin(ACTOR, "key", DAY_S, DEAD_S)
    database.answered.finish(ACTOR, "key", ANSWER)
    assert database.answered.begin(ACTOR, "key", keep_s=-1, abandoned_s=DEAD_S) is None


def test_old_answers_are_removed(database: Database) -> None:
    database.answered.begin(ACTOR, "key", DAY_S, DEAD_S)
    assert database.answered.expire(DAY_S) == 0
    assert database.answered.expire(-1) == 1


def test_a_paper_that_is_filed_is_told_to_its_offices_webhooks(database: Database) -> None:
    hook = a_hook(database)
    a_hook(database, NEIGHBOUR.office_id)
    paper = file(database)
    due = database.hooks.claim(LEASE_S)
    assert due is not None
    assert (due.url, due.paper) == (hook.url, paper)
    assert (due.delivery.hook_id, due.delivery.event, due.delivery.attempts) == (hook.hook_id, "paper.filed", 1)
    assert database.hooks.claim(LEASE_S) is None


@pytest.mark.parametrize(("state", "events"), [("needs_review", ["paper.needs_review"]), ("rejected", [])])
def test_what_is_told_depends_on_the_papers_state(database: Database, state: str, events: list[str]) -> None:
    hook = a_hook(database)
    file(database, state=state)
    assert [one.event for one in database.hooks.deliveries(OFFICE, hook.hook_id, 9)] == events


def test_a_paper_is_told_of_again_when_its_state_changes_and_only_then(database: Database) -> None:
    hook = a_hook(database)
    asked = file(database, state="needs_review")
    settled = asked.model_copy(update={"state": "filed"})
    for before, after in ((asked, settled), (settled, settled.model_copy(update={"type": "birth_certificate"}))):
        assert database.papers.change(a_decision(asked), [PaperChange(before=before, after=after)])
    told = database.hooks.deliveries(OFFICE, hook.hook_id, 9)
    assert sorted(one.event for one in told) == ["paper.filed", "paper.needs_review"]


def test_what_is_not_filed_after_all_is_told_to_nobody(database: Database) -> None:
    hook = a_hook(database)
    known = file(database)
    unseen: Paper = known.model_copy(update={"type": "birth_certificate"})
    told = len(database.hooks.deliveries(OFFICE, hook.hook_id, 9))
    submission = receive(database)
    other = known.model_copy(update={"document_id": "other", "submission_id": submission.submission_id})
    lease = hold(database, submission)
    assert not database.leases.file(lease, ((other, ("",)),), [PaperChange(before=unseen, after=known)])
    assert len(database.hooks.deliveries(OFFICE, hook.hook_id, 9)) == told


def test_a_delivery_whose_sender_died_is_due_again(database: Database) -> None:
    a_hook(database)
    file(database)
    first, second = database.hooks.claim(lease_s=-1), database.hooks.claim(LEASE_S)
    assert first is not None
    assert second is not None
    assert second.delivery.delivery_id == first.delivery.delivery_id
    assert second.delivery.attempts == 2


def test_of_several_senders_one_gets_a_delivery(database: Database, open_another: Callable[[], Database]) -> None:
    a_hook(database)
    file(database)
    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(lambda one: one.hooks.claim(LEASE_S), [open_another() for _ in range(4)]))
    assert len([due for due in claimed if due is not None]) == 1


def test_what_has_arrived_is_over(database: Database) -> None:
    hook = a_hook(database)
    file(database)
    due = database.hooks.claim(lease_s=-1)
    assert due is not None
    database.hooks.delivered(due.delivery.delivery_id)
    assert database.hooks.claim(LEASE_S) is None
    assert database.hooks.deliveries(OFFICE, hook.hook_id, 9)[0].delivered_at is not None


def test_what_failed_is_due_again_later_or_never(database: Database) -> None:
    hook = a_hook(database)
    file(database)
    due = database.hooks.claim(LEASE_S)
    assert due is not None
    database.hooks.failed(due.delivery.delivery_id, "503", again_in_s=-1)
    assert database.hooks.claim(LEASE_S) is not None
    database.hooks.failed(due.delivery.delivery_id, "503", again_in_s=None)
    (given_up,) = database.hooks.deliveries(OFFICE, hook.hook_id, 9)
    assert (given_up.next_at, given_up.delivered_at, given_up.last_error) == (None, None, "503")
    assert database.load.measure().deliveries_given_up == 1


def test_a_removed_webhook_is_told_nothing_any_more(database: Database) -> None:
    hook = a_hook(database)
    file(database)
    database.hooks.remove(OFFICE, hook.hook_id)
    file(database)
    assert database.hooks.claim(LEASE_S) is None
    assert database.hooks.of_office(OFFICE, 9) == ()
    with pytest.raises(NotFound):
        database.hooks.get(OFFICE, hook.hook_id)


def test_another_office_sees_and_removes_no_webhook(database: Database) -> None:
    hook = a_hook(database)
    for forbidden in (database.hooks.get, database.hooks.remove):
        with pytest.raises(NotFound):
            forbidden(NEIGHBOUR.office_id, hook.hook_id)
    assert database.hooks.of_office(OFFICE, 9) == (hook,)


def test_the_load_tells_how_much_waits(database: Database) -> None:
    waiting = receive(database)
    file(database)
    load = database.load.measure()
    assert load.submissions == {"received": 1, "done": 1}
    assert load.oldest_waiting_since == waiting.received_at
    assert (load.open_questions, load.sessions, load.deliveries_waiting) == (0, 0, 0)
