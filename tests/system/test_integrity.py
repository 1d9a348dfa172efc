"""What was really read, made anew from the store alone and checked, by commands."""

import json
from pathlib import Path
from typing import Any

from tests.system.command import run
from tests.system.conftest import Filed


def answers(filed: Filed, **settings: str) -> list[Any]:
    """What the office answers about its three papers."""
    papers = [run(filed.home, "show", "--json", line["document_id"], **settings) for line in filed.told.lines]
    owner = filed.card.personal_ids[0]
    asked = [*papers, run(filed.home, "citizen", "--json", owner, **settings)]
    return [json.loads(told.out) for told in asked]


def test_a_new_database_from_the_store_gives_the_same_answers(filed: Filed, tmp_path: Path) -> None:
    database = {"HOSO_DATABASE": f"sqlite:///{tmp_path / 'new.db'}"}
    told = run(filed.home, "rebuild", "--json", **database)
    assert (told.code, told.value["papers"], told.value["left_out"]) == (0, 3, []), told.errors
    assert answers(filed, **database) == answers(filed)


def test_what_was_just_read_is_in_order(filed: Filed) -> None:
    told = run(filed.home, "verify", "--dry-run", "--json")
    assert (told.code, told.value["findings"]) == (0, []), told.errors
    assert told.value["objects"] > 9
