"""Papers on file that may be used again, and why others may not."""

from typing import Any

import pytest

from pipeline.catalogue import load_catalogue
from pipeline.once_only import reuse_refusals
from schemas.dossier import Paper
from schemas.once_only import Visit
from tests.unit.checklists import A_DOSSIER, CATALOGUE, DAY, MAI, look, paper, row, sure


def refusals(offered: Paper, *others: Paper, **changes: Any) -> tuple[str, ...]:
    wanted = row(any_of=("residence_confirmation",), purposes=(), **changes)
    return reuse_refusals(wanted, CATALOGUE, MAI, (*others, offered), offered, Visit(day=DAY, dossier_code=A_DOSSIER))


RESIDENCE = paper("residence_confirmation", "subject", sha256="ab")


def test_a_confirmed_paper_that_holds_may_be_used_again() -> None:
    assert refusals(RESIDENCE) == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"confirmed_at": None}, "unconfirmed"),
        ({"copy_kind": "photocopy"}, "copy_kind"),
        ({"state": "needs_review"}, "in_review"),
        ({"sha256": None}, "no_copy"),
        ({"invalid_state": "superseded"}, "superseded"),
        ({"fields": {"issue_date": sure("2025-05-31")}}, "too_old"),
        ({"fields": {}}, "issue_date_unknown"),
        ({"people": ()}, "other_role"),
    ],
)
def test_each_condition_of_reuse_has_its_reason(changes: dict[str, Any], reason: str) -> None:
    assert refusals(RESIDENCE.model_copy(update=changes)) == (reason,)


def test_a_paper_that_is_not_asked_for_is_no_reuse() -> None:
    certificate = paper("birth_certificate", "subject", sha256="ab")
    assert refusals(certificate) == ("not_asked_for",)


def test_a_form_is_never_used_again() -> None:
    form = paper("birth_registration_form", "subject", sha256="ab")
    assert "not_reusable" in refusals(form)


def test_an_older_paper_gives_way_to_a_newer_one_of_its_kind() -> None:
    newer = paper("residence_confirmation", "subject", "2026-04-15", document_id="d2")
    assert refusals(RESIDENCE, newer) == ("newer_on_file",)
    assert refusals(newer.model_copy(update={"sha256": "cd"}), RESIDENCE) == ()


def test_what_was_found_as_data_is_not_used_again_as_a_paper() -> None:
    wanted = row(any_of=("residence_confirmation",), purposes=())
    visit = Visit(day=DAY, dossier_code=A_DOSSIER, looked_up=(look("status", DAY, "found"),))
    assert reuse_refusals(wanted, load_catalogue(), MAI, (RESIDENCE,), RESIDENCE, visit) == ("in_database",)
