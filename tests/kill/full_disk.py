"""A disk that runs full under hoso, in a mount namespace of its own: nothing of it outlives this program.

unshare --mount --map-root-user python -m tests.kill.full_disk FOLDER home|tmp

`home`: store and database have no room; `tmp`: temporary files have none. Prints one JSON list: how `hoso ingest` ended
with room, without, and with room again.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.kill.papers import SECOND_CHILD, write_papers
from tests.system.command import Told, ingest
from tests.unit.plain_papers import BIRTH

_SIZE_MB = {"home": 24, "tmp": 160}
_LEFT_BYTES = 100_000


def main() -> None:
    folder, which = Path(sys.argv[1]), sys.argv[2]
    small = folder / which
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_SIZE_MB[which]}m", "tmpfs", str(small)], check=True)
    home = small if which == "home" else folder / "elsewhere"
    settings = {"TMPDIR": str(small)} if which == "tmp" else {}
    first, second = write_papers(folder / "1.pdf", BIRTH), write_papers(folder / "2.pdf", SECOND_CHILD)
    ends = [_told(ingest(home, first, **settings))]
    filler = small / "filler"
    with filler.open("wb", buffering=0) as file:  # what is left in a buffer would find no room either
        try:
            while True:
                file.write(b"\0" * _LEFT_BYTES)
        except OSError:
            file.truncate(max(0, file.tell() - _LEFT_BYTES))
    ends.append(_told(ingest(home, second, **settings)))
    filler.unlink()
    ends.append(_told(ingest(home, second, **settings)))
    print(json.dumps(ends))  # noqa: T201 (it is what this program is for)


def _told(end: Told) -> dict[str, Any]:
    return {"code": end.code, "errors": end.errors, "states": [line["state"] for line in end.lines]}


if __name__ == "__main__":
    main()
