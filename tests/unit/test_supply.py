"""What hoso is made of: the list of components, licences, known faults, and why each direct dependency is there."""

import json
import re
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest
from packaging.requirements import Requirement

from tests.supply import licences, vulnerabilities
from tests.supply.licences import BESIDE, is_allowed, refused
from tests.supply.parts import ROOT, Beside, installed_parts, locked
from tests.supply.sbom import sbom
from tests.topology.compose import SERVICES

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SCHEMAS = files("cyclonedx.schema._res")


def schema(name: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(SCHEMAS.joinpath(f"{name}.SNAPSHOT.schema.json").read_text())
    return said


def referred(uri: str) -> dict[str, Any]:
    """The schemas that CycloneDX's refers to, by the end of their address."""
    return schema(re.sub(r"(\.SNAPSHOT)?\.schema\.json$", "", uri.rpartition("/")[2]))


def test_the_list_of_components_is_cyclonedx_1_6() -> None:
    said = sbom()
    assert list(jsonschema_rs.Draft7Validator(schema("bom-1.6"), retriever=referred).iter_errors(said)) == []
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.Draft7Validator(schema("bom-1.6"), retriever=referred).validate(said | {"components": [{}]})


def test_the_list_of_components_names_every_locked_package_with_its_version() -> None:
    listed = {one["name"]: one["version"] for one in sbom()["components"] if one["type"] == "library"}
    assert listed == locked()
    assert len(listed) > 100


def test_the_list_of_components_says_what_needs_what() -> None:
    said = sbom()
    needs = {one["ref"].split("@")[0]: [two.split("@")[0] for two in one["dependsOn"]] for one in said["dependencies"]}
    assert "pkg:pypi/starlette" in needs["pkg:pypi/fastapi"]
    known = {one["bom-ref"] for one in said["components"]}
    assert {two for one in said["dependencies"] for two in one["dependsOn"]} <= known


def test_every_licence_of_what_is_imported_is_allowed() -> None:
    assert refused(installed_parts()) == {}


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("GPL-2.0-only OR MIT", True),
        ("MPL-2.0 AND (Apache-2.0 OR GPL-3.0-only)", True),
        ("MIT AND GPL-2.0-or-later", False),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("Anything I like", False),
        ("", False),
    ],
)
def test_a_licence_is_allowed_where_one_may_choose_allowed_ones_alone(expression: str, allowed: bool) -> None:
    assert is_allowed(expression) == allowed


def test_what_runs_beside_is_told_with_its_licence() -> None:
    beside = Beside()
    assert {one.name for one in beside.images} | {*beside.packages} == BESIDE.keys()
    assert "poppler-utils" in beside.packages
    assert {one.service for one in beside.images} < SERVICES.keys()


def test_the_report_of_licences_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert licences.main() == 0
    told = capsys.readouterr().out
    assert "beside  poppler-utils: GPL-2.0-or-later" in told
    assert "REFUSED" not in told


@pytest.fixture
def service() -> Iterator[str]:
    """Answers as OSV does: something is known of one package."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))["queries"]
            told = [{"vulns": [{"id": "X-1"}]} if one["package"]["name"] == "pillow" else {} for one in asked]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"results": told}).encode())

        def log_message(self, *_: object) -> None:
            """Silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_what_is_known_of_a_package_is_told(service: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert vulnerabilities.main(service) == 65
    assert f"pillow {locked()['pillow']}: X-1" in capsys.readouterr().out


def test_a_service_that_is_away_makes_it_not_checked_and_not_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert vulnerabilities.main("http://127.0.0.1:9/") == 75
    assert capsys.readouterr().out.startswith("not checked")


def test_the_page_of_dependencies_says_why_each_is_there_and_what_would_replace_it() -> None:
    rows = re.findall(
        r"^\| `([\w.-]+)` \|([^|]+)\|([^|]+)\|([^|]+)\|$", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE
    )
    asked = {Requirement(one).name for one in PROJECT["dependencies"]}
    extras = PROJECT["optional-dependencies"].values()
    wanted = asked | {Requirement(one).name for extra in extras for one in extra}
    assert {row[0] for row in rows} == wanted
    assert [row[0] for row in rows if not all(cell.strip() for cell in row)] == []
    runs = {one.name: one for one in installed_parts()}
    assert {row[0]: row[1].strip() for row in rows if row[0].lower() in runs and row[0] in asked} == {
        name: runs[name.lower()].licence for name in asked
    }
