"""All that a parser process gives up before it looks at the first byte of a scan, and what the kernel made of it."""

import os
import resource
import sys
from pathlib import Path
from typing import Literal

import pipeline
import schemas
from pipeline.adapters.sandbox.kernel import adopt_orphans
from pipeline.adapters.sandbox.landlock import allow_only
from pipeline.adapters.sandbox.namespaces import drop_capabilities, leave_network
from pipeline.adapters.sandbox.syscall_filter import forbid
from pipeline.errors import Misconfigured
from pipeline.settings import Limits
from schemas.base import Value

TAKEN_IN, MADE = "in", "out"
"""The two parts of a parser's own folder: what lies in the first it may read, the second is its to write in."""
_MOST_FILE_BYTES = 4 << 30
_MOST_OPEN_FILES = 256
"""Few are needed; whoever starts a program closes every number up to this."""
_CPU_LIMIT_PAGES = 20
"""The CPU limit counts over the whole life of a process; it must outlast the jobs between two renewals of a parser."""
_PROGRAMS = ("/usr", "/bin", "/lib", "/lib64", "/etc/alternatives")
_READ = (
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/timezone",
    "/var/cache/fontconfig",
    "/sys/devices/system/cpu",
)
_DEVICES = ("/dev/urandom", "/dev/zero")

Means = Literal["namespace", "filter"]
"""What keeps a process off the network: an empty network of its own, or a filter of its system calls."""


class Confinement(Value):
    """What keeps this parser in. `network`: what keeps it off the network; `files`: whether it is kept to its own."""

    network: tuple[Means, ...]
    files: bool

    def check(self, limits: Limits) -> None:
        """Raises: Misconfigured (parser_unconfined), where nothing keeps it off the network and nobody allowed that."""
        if not self.network and not limits.unconfined_parsers:
            raise Misconfigured("parser_unconfined")


def confine(folder: Path, limits: Limits) -> Confinement:
    """Give up, for good and for all programs that are started from here, what opening files has no need of.

    The network: by a namespace where the kernel lets us, and by a filter, which also forbids what reaches into other
    processes and leaves the group by which the parent ends us. All files but programs, libraries, fonts, and the two
    parts of `folder`. Memory and file size of each process, processor time of this one.

    Args:
        folder: of this parser alone, with `TAKEN_IN` and `MADE` in it.
        limits: what a process may cost.

    Raises:
        OSError: something in the folder is not there.
    """
    _set_limits(limits)
    adopt_orphans()
    namespace = leave_network()
    drop_capabilities()
    files = allow_only(
        run=map(Path, (*_PROGRAMS, *_of_python())),
        read=(*map(Path, (*_READ, *_DEVICES)), *_models(), folder / TAKEN_IN),
        work=(folder / MADE, Path(os.devnull)),
    )
    means: dict[Means, bool] = {"namespace": namespace, "filter": forbid()}
    return Confinement(network=tuple(name for name, holds in means.items() if holds), files=files)


def _set_limits(limits: Limits) -> None:
    memory_bytes = limits.parser_memory_mb << 20
    cpu_s = int(limits.page_timeout_s * _CPU_LIMIT_PAGES)
    most = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_FSIZE: _MOST_FILE_BYTES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_NOFILE: _MOST_OPEN_FILES,
    }
    for kind, value in most.items():
        resource.setrlimit(kind, (value, value))


def _of_python() -> set[str]:
    """Where the interpreter and its libraries are, and hoso's own code."""
    packages = (str(Path(str(module.__file__)).parent) for module in (pipeline, schemas))
    return {sys.prefix, sys.base_prefix, *packages}


def _models() -> tuple[Path, ...]:
    """Where an office keeps models of its own for Tesseract."""
    told = os.environ.get("TESSDATA_PREFIX")
    return (Path(told),) if told else ()
