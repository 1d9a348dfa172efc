"""`make demo`: papers of invented citizens are made, digitised and asked for, with the commands anybody would use."""

import json
import os
import re
import secrets
import shlex
import signal
import subprocess
import sys
import time
import webbrowser
from pathlib import Path

import pikepdf

from pipeline.vietnamese import fold
from tests.specimens import Demo, make_demo

_HOME = Path(os.environ["HOSO_HOME"])
_HOSO = Path(sys.executable).with_name("hoso")
_PAGE_RUNS_S = 1800
_PAGE_STARTS_S = 60
_PROCEDURE = "land_change"
DOSSIER = "H29.12.34-260620-0007"


def main() -> None:
    """Run the demo; a second run finds the papers on file and takes seconds."""
    demo = digitise_papers()
    _say("3. What is on file for one of them")
    _run("citizen", demo.landowner.personal_id)
    _run("show", _paper_with_picture(demo.landowner.personal_id))
    _say("4. He wants his land registered in another name: what need he not bring, what is missing?")
    _run("checklist", _PROCEDURE, "--citizen", demo.landowner.personal_id)
    _say("5. Another citizen has bought it: all he brings is fed in one go behind his dossier's cover sheet")
    bring_stack(demo)
    _run("dossier", "show", DOSSIER, "--given", "by_contract", "--not-given", "by_inheritance")
    _say("6. What hoso could not settle waits for a person, the greatest harm first")
    _run("review", "list")
    _say("7. Found again by words, without marks")
    _run("search", "giay chung nhan", _words_of(demo))
    _say("8. The counter page")
    _open_counter_page()


def digitise_papers() -> Demo:
    """Make the papers that are on file when the demo begins, and file them in the home of `HOSO_HOME`."""
    _say("1. Papers of invented citizens, scanned in every way")
    _HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    demo = make_demo(_HOME)
    for specimen in demo.specimens:
        _tell(f"   {_HOME / 'scans' / specimen.file}")
    _say("2. They are digitised: first the cards, so that their owners are known, then all")
    _run("ingest", "--inline", *(str(file) for file in sorted((_HOME / "scans").glob("*citizen_id_card*"))))
    _run("ingest", "--inline", str(_HOME / "scans"))
    return demo


def bring_stack(demo: Demo) -> None:
    """Open a dossier and file what is brought for it, in one scan behind its cover sheet."""
    owner = ("--owner", demo.family.father.personal_id, "--owner-name", demo.family.father.name)
    _run("dossier", "open", DOSSIER, "--procedure", _PROCEDURE, *owner)
    _run("dossier", "cover-sheet", DOSSIER, "--pdf", str(_HOME / "cover-sheet.pdf"))
    _run("ingest", "--inline", str(_stack(demo)))


def _stack(demo: Demo) -> Path:
    """One scan of the cover sheet and all that lies behind it; made once, so that a second run files nothing."""
    target = _HOME / "stack.pdf"
    if not target.exists():
        with pikepdf.new() as stack:
            for path in (_HOME / "cover-sheet.pdf", *(_HOME / "brought" / paper.file for paper in demo.brought)):
                with pikepdf.open(path) as part:
                    stack.pages.extend(part.pages)
            stack.save(target)
    return target


def _words_of(demo: Demo) -> str:
    return fold(" ".join(demo.landowner.name.split()[-2:]))


def _paper_with_picture(personal_id: str) -> str:
    answer = subprocess.run([_HOSO, "citizen", personal_id, "--json"], check=True, capture_output=True)
    papers = json.loads(answer.stdout)["papers"]
    wanted = sorted((p for p in papers if p["object_key"]), key=lambda paper: paper["type"] != "land_use_certificate")
    return str(wanted[0]["document_id"])


def _say(what: str) -> None:
    _tell(f"\n\033[1m{what}\033[0m" if sys.stdout.isatty() else f"\n{what}")


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _run(*arguments: str) -> None:
    _tell(f"$ hoso {shlex.join(arguments)}")
    subprocess.run([_HOSO, *arguments], check=True)


def _open_counter_page() -> None:
    """Serve the page for half an hour, behind this command, and say where."""
    pid_file, log = _HOME / "page.pid", _HOME / "page.log"
    _stop_earlier(pid_file)
    with log.open("wb") as out:
        page = subprocess.Popen(
            ["timeout", str(_PAGE_RUNS_S), _HOSO, "web", _add_throw_away_officer()],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    pid_file.write_text(str(page.pid))
    address = _address(page, log)
    _tell(f"   {address}\n   (a one-time link; the page stops by itself in {_PAGE_RUNS_S // 60} minutes)")
    if sys.stdout.isatty() and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        webbrowser.open(address)


def _add_throw_away_officer() -> str:
    """An account of this run alone: it has no password, and the link to it works once, from this machine."""
    known = subprocess.run([_HOSO, "account", "list"], check=True, capture_output=True, text=True).stdout
    for earlier in re.findall(r"^(demo-\S+)\t.*\tactive$", known, re.MULTILINE):
        _run("account", "disable", earlier)
    login = f"demo-{secrets.token_hex(4)}"
    roles = ("counter", "reviewer", "head", "administrator")
    _run("account", "add", login, "--name", "Cán bộ trình diễn", "--no-password", *(f"--role={role}" for role in roles))
    return login


def _address(page: "subprocess.Popen[bytes]", log: Path) -> str:
    for _ in range(_PAGE_STARTS_S * 10):
        links = [line for line in log.read_text().splitlines() if line.startswith("http://")]
        if links:
            return links[0]
        if page.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit(f"the counter page did not start; see {log}")


def _stop_earlier(pid_file: Path) -> None:
    try:
        earlier = int(pid_file.read_text())
        command = Path(f"/proc/{earlier}/cmdline").read_bytes()
    except (FileNotFoundError, ValueError):
        return
    if str(_HOSO).encode() in command:
        os.killpg(earlier, signal.SIGTERM)


if __name__ == "__main__":
    main()
