"""A dossier from its cover sheet to its checklist, with the commands anybody would use."""

import json
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from tests.digital import Print, write_digital
from tests.specimens import Specimen, make_specimens
from tests.system.command import Told, ingest, run
from tests.unit.plain_papers import BIRTH, CHILD

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
CODE = "H29.12.34-261120-0001"


def as_pdf(folder: Path, specimen: Specimen) -> Path:
    """The specimen as PDF, whatever it was scanned to."""
    scan = folder / specimen.file
    if scan.suffix == ".pdf":
        return scan
    target = scan.with_suffix(".pdf")
    with Image.open(scan) as picture:
        picture.convert("RGB").save(target, resolution=300, save_all=True)
    return target


def pile(target: Path, *files: Path) -> Path:
    """The files on the glass one after another."""
    with pikepdf.new() as joined:
        for file in files:
            with pikepdf.open(file) as one:
                joined.pages.extend(one.pages)
        joined.save(target)
    return target


def done(told: Told) -> Told:
    assert told.code == 0, told.errors
    return told


@pytest.fixture(scope="module")
def specimens(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Specimen]]:
    folder = tmp_path_factory.mktemp("specimens")
    types = ("birth_certificate", "residence_confirmation")
    return folder, make_specimens(folder, 31, 2, types, ("clean",))


def test_papers_behind_a_printed_cover_sheet_are_filed_under_its_dossier(
    tmp_path: Path, specimens: tuple[Path, list[Specimen]]
) -> None:
    home, (folder, papers) = tmp_path / "home", specimens
    owner = papers[1].personal_ids[0]
    done(run(home, "dossier", "open", CODE, "--procedure", "temporary_residence", "--owner", owner))
    cover = tmp_path / "cover.pdf"
    done(run(home, "dossier", "cover-sheet", CODE, "--pdf", cover))
    scan = pile(tmp_path / "pile.pdf", cover, *(as_pdf(folder, paper) for paper in papers))
    lines = ingest(home, scan).lines
    assert [line["type"] for line in lines] == ["cover_sheet", "birth_certificate", "residence_confirmation"]
    shown = done(run(home, "dossier", "show", CODE, "--json")).value
    assert {one["document_id"] for one in shown["components"]} >= {line["document_id"] for line in lines[1:]}


def rows_of(told: Told) -> dict[str, Any]:
    value = json.loads(told.out)
    return {row["id"]: row for row in value["rows"]}


def test_what_was_looked_up_is_no_longer_asked_for(tmp_path: Path) -> None:
    done(run(tmp_path, "dossier", "open", CODE, "--procedure", "death_registration", "--owner", "079190012345"))
    before = rows_of(done(run(tmp_path, "dossier", "show", CODE, "--json")))["identity"]
    told = run(tmp_path, "dossier", "look-up", CODE, "identity", "--outcome", "found")
    if before["status"] != "look_up":  # after the last day of the rule
        assert told.code == 65
        return
    after = rows_of(done(run(tmp_path, "dossier", "show", CODE, "--json")))["identity"]
    assert (before["reason"], after["reason"]) == ("look_in_database", "found_in_database")


def test_a_paper_that_came_without_a_code_is_put_into_its_dossier_by_hand_and_out_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    done(run(home, "dossier", "open", CODE, "--procedure", "birth_registration"))
    (line,) = ingest(home, write_digital(tmp_path / "sent.pdf", Print(lines=ONLINE))).lines
    document = line["document_id"]
    refused = run(home, "dossier", "attach", CODE, "application", document)
    assert (refused.code, "cannot_attach" in refused.errors) == (65, True)
    attached = done(run(home, "dossier", "attach", CODE, "", document, "--json")).value
    assert (attached["dossier_code"], attached["component"]) == (CODE, "")
    assert done(run(home, "dossier", "detach", CODE, document, "--json")).value["dossier_code"] is None


def test_a_list_of_dossiers_is_imported_twice_to_the_same(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(f"Mã HS,Thủ tục\n{CODE},1.000656\nhỏng,1.000656\n", encoding="utf-8")
    for outcome in ("added", "unchanged"):
        told = run(tmp_path, "dossier", "import", tmp_path / "list.csv", "--column", "Mã HS=code", "--json")
        assert told.code == 65  # one row has no code
        assert [change["outcome"] for change in told.value["dossiers"]] == [outcome]
        assert told.value["refused"] == [{"row": 2, "code": "bad_dossier_code"}]


def test_the_list_of_what_is_missing_is_printed(tmp_path: Path) -> None:
    done(run(tmp_path, "dossier", "open", CODE, "--procedure", "death_registration", "--owner", "079190012345"))
    done(run(tmp_path, "dossier", "missing", CODE, "--pdf", tmp_path / "missing.pdf"))
    assert (tmp_path / "missing.pdf").read_bytes().startswith(b"%PDF")


def test_an_unknown_dossier_is_not_found(tmp_path: Path) -> None:
    told = run(tmp_path, "dossier", "show", CODE)
    assert told.code == 66
    assert "no_such_dossier" in told.errors


ONLINE = tuple(line for line in BIRTH.splitlines() if line)


def test_a_paper_sent_online_is_understood_in_its_own_words(tmp_path: Path) -> None:
    """Its text is sound, so every letter is as it was sent, which no engine would promise of that many."""
    done(run(tmp_path / "home", "dossier", "open", CODE, "--procedure", "birth_registration", "--channel", "online"))
    sent = write_digital(tmp_path / "sent.pdf", Print(lines=ONLINE))
    told = ingest(tmp_path / "home", "--text", "--channel", "online", "--dossier", CODE, sent)
    (line,) = told.lines
    assert line["page_texts"] == ["\n".join(ONLINE)]
    assert (line["type"], line["fields"]["full_name"]["value"]) == ("birth_certificate", CHILD)
    shown = done(run(tmp_path / "home", "dossier", "show", CODE, "--json")).value
    assert [one["document_id"] for one in shown["components"]] == [line["document_id"]]
