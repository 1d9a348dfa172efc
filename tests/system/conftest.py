"""A home with three papers on file, digitised once for all tests that ask about them."""

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.specimens import Specimen, make_specimens
from tests.system.command import Told, ingest

_TYPES = ("birth_certificate", "citizen_id_card", "marital_status_confirmation")


class Filed(NamedTuple):
    """The home, the folder that was handed in, what its papers truly say, and what was answered."""

    home: Path
    folder: Path
    birth: Specimen
    card: Specimen
    status: Specimen
    told: Told

    def document(self, specimen: Specimen) -> str:
        """The id under which a specimen is on file."""
        answers = {Path(line["source"]).name: line["document_id"] for line in self.told.lines}
        return str(answers[specimen.file])

    def scan(self, specimen: Specimen) -> Path:
        """A specimen's file."""
        return self.folder / specimen.file


@pytest.fixture(scope="session")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Filed:
    made = tmp_path_factory.mktemp("specimens")
    birth, card, status = make_specimens(made, 1, len(_TYPES), _TYPES, ("clean",))
    folder = made / "pile"
    folder.mkdir()
    for specimen in (birth, card, status):
        (made / specimen.file).rename(folder / specimen.file)
    home = tmp_path_factory.mktemp("home")
    told = ingest(home, "--text", folder)
    assert told.code == 0, told.errors
    assert len(told.lines) == len(_TYPES), json.dumps(told.lines)[:2000]
    return Filed(home, folder, birth, card, status, told)
