"""Every page in its main states, in the order in which a day at the counter goes through them."""

from tests.screenshots import at_the_counter, in_the_office
from tests.screenshots.scene import Shot

SHOTS = (
    Shot("sign-in", "/sign-in", at_the_counter.sign_in, login=None),
    Shot("sign-in-code", "/sign-in/code", at_the_counter.enter_code, login=None),
    Shot("visit-begin", "/visit", at_the_counter.begin_visit),
    Shot("visit-found", "/visit", at_the_counter.find_citizen),
    Shot("visit", "/visits/{visit_id}", at_the_counter.open_visit),
    Shot("visit-unfolded", "/visits/{visit_id}", at_the_counter.answer_and_unfold),
    Shot("who-looked", "/visits/{visit_id}/who-looked", at_the_counter.turn_to_citizen),
    Shot("receive", "/receive", at_the_counter.begin_receiving),
    Shot("receive-waiting", "/receive", at_the_counter.look_at_uploads),
    Shot("receive-filed", "/receive", at_the_counter.hand_in),
    Shot("dossiers", "/dossiers", at_the_counter.find_dossier),
    Shot("dossiers-new", "/dossiers", at_the_counter.open_new_dossier),
    Shot("dossier", "/dossiers/{code}", at_the_counter.open_dossier),
    Shot("compare", "/dossiers/{code}/compare", at_the_counter.compare),
    Shot("compare-next", "/dossiers/{code}/compare", at_the_counter.compare_next),
    Shot("sign", "/dossiers/{code}/sign", at_the_counter.record),
    Shot("dossier-compared", "/dossiers/{code}", at_the_counter.sign),
    Shot("search-why", "/search", in_the_office.say_why),
    Shot("search", "/search", in_the_office.search),
    Shot("paper", "/papers/{document_id}", in_the_office.open_paper),
    Shot("paper-original", "/papers/{document_id}", in_the_office.lay_original_beside),
    Shot("review", "/review", in_the_office.review),
    Shot("review-next", "/review", in_the_office.put_off),
    Shot("cuts", "/review/cuts/{submission_id}", in_the_office.move_cuts),
    Shot("work", "/work", in_the_office.ask_what_waits),
    Shot("call", "/dossiers/{code}/call", in_the_office.call),
    Shot("figures", "/figures", in_the_office.read_figures),
    Shot("access-log", "/access-log", in_the_office.read_access_log),
    Shot("destructions", "/destructions", in_the_office.list_destructions),
    Shot("destruction", "/destructions/{destruction_id}", in_the_office.open_destruction),
    Shot("own-account", "/me", in_the_office.open_own_account),
    Shot("own-password", "/me/password", in_the_office.change_password),
    Shot("own-code", "/me/code", in_the_office.set_up_codes),
    Shot("accounts", "/accounts", in_the_office.list_accounts, login="quan"),
    Shot("account", "/accounts/{account_id}", in_the_office.open_account, login="quan"),
)
ENGLISH = ("visit", "receive-waiting", "dossier")
"""These are also taken in English: it needs other room than Vietnamese."""
NO_PAGES = frozenset(
    {
        "/",
        "/access-log.csv",
        "/api/v1/openapi.json",
        "/centre",
        "/papers/{document_id}/files/{number}",
        "/papers/{document_id}/originals/{page}/{size}",
        "/papers/{document_id}/pages/{page}/words",
        "/papers/{document_id}/pages/{page}/{size}",
        "/papers/{document_id}/pdf",
        "/papers/{document_id}/print",
        "/papers/{document_id}/signed",
        "/receive/folder/{file_id}.jpg",
        "/receive/submissions/{submission_id}",
        "/receive/table",
        "/review/items/{item_id}/crop",
        "/review/papers/{document_id}/pages/{page}/{size}",
        "/session",
        "/sign-in/provider",
        "/sign-in/provider/return",
        "/work/list",
    }
)
"""What else is asked for by GET outside the API: redirections, pictures, files, and parts of pages above."""
