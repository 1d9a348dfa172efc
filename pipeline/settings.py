"""Settings: from environment variables `HOSO_*`, checked once at start.

A secret may be a file instead, where it does not show in the environment of every child process: Docker's
`/run/secrets`, or the folder that systemd names in `CREDENTIALS_DIRECTORY`, holds files such as `hoso_s3_secret_key`,
the variable's name in small letters. The variable wins.
"""

import os
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.errors import Misconfigured
from schemas.people import Actor

SECRETS = Path("/run/secrets")


class Limits(BaseSettings):
    """What a file, a page and a parser process may cost. Beyond them a file is refused, never half read."""

    model_config = SettingsConfigDict(env_prefix="HOSO_", frozen=True)

    max_file_mb: int = Field(default=200, ge=1)
    max_pages: int = Field(default=500, ge=1)
    max_page_megapixels: int = Field(default=120, ge=1)
    """A3 at 600 dpi has 70 megapixels."""
    reading_dpi: int = Field(default=300, ge=150, le=600)
    """Pages are read and archived at no more than this; CV 7197 (2025) asks for 300 dpi, NĐ 30/2020 for 200."""
    parsers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    """Parser processes that read pages side by side; one more is kept for quick looks, since people wait for those."""
    parser_memory_mb: int = Field(default=2048, ge=512)
    page_timeout_s: float = Field(default=120, gt=0)
    unconfined_parsers: bool = False
    """Read papers even where the kernel offers nothing that keeps a parser process off the network."""


class Settings(BaseSettings):
    """Where things are and who we are."""

    model_config = SettingsConfigDict(env_prefix="HOSO_", frozen=True)

    home: Path = Path("~/.local/share/hoso")
    store: str = ""
    """`file:/path` or `s3:https://host:port/bucket`; default: a folder in the home."""
    database: str = ""
    """`sqlite:////path` or `postgresql://user@host/name`; default: a file in the home."""
    s3_access_key: SecretStr = SecretStr("")
    s3_secret_key: SecretStr = SecretStr("")
    s3_region: str = "us-east-1"
    s3_lock_days: int = Field(default=0, ge=0)
    """What is archived or decided cannot be removed from the S3 server for this many days; 0: no lock. It must be set
    before the first start: object lock cannot be added to a bucket.
    """
    s3_encrypt: bool = False
    """Have the S3 server encrypt every object where it stores it (SSE-S3); it needs keys of its own for that."""
    backup_s3_access_key: SecretStr = SecretStr("")
    """For a backup on an S3 server; the store's own keys are never sent there."""
    backup_s3_secret_key: SecretStr = SecretStr("")
    audit_copy: str = ""
    """A folder on another machine that also gets the closed days and newest heads of the access log; default: none."""
    office_id: str = Field(default="local", pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    office_name: str = ""
    """What citizens know the office by; it stands on what is printed for them."""
    office_contact: str = ""
    """Where citizens reach the office about their data: address, telephone, mail."""
    actor_id: str = Field(default="local", pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    inbox: Path | None = None
    """A folder that scanners write to; default: `inbox` in the home."""
    language: str = Field(default="vi", pattern=r"^(vi|en)$")
    link_key: SecretStr = SecretStr("")
    """Signs download links, and telephones' codes are made of it; default: a secret made in the home. Web processes on
    several machines need the same one.
    """
    web_url: str = Field(default="", pattern=r"^(https://[^/?#@]+|http://(127\.0\.0\.1|localhost)(:\d+)?)?$")
    """Where people reach the counter page, if a proxy stands before it: `https://host`, without a slash at the end.

    Plain `http:` is for this machine alone.
    """
    hook_hosts: str = Field(default="", pattern=r"^([a-z0-9.:-]+(,[a-z0-9.:-]+)*)?$")
    """The only hosts that webhooks may be at, with commas between; default: any that an administrator names."""
    oidc_issuer: str = ""
    """The OpenID Connect provider that officers may sign in by, as it calls itself; default: none, passwords alone."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    centre_url: str = Field(default="", pattern=r"^(https://[^/?#@]+|http://(127\.0\.0\.1|localhost)(:\d+)?)?$")
    """`https://host` of the centre that this counter's machine hands everything over to; default: none, it works alone.

    With a centre this machine only receives: papers are read, compared and asked for there.
    """
    centre_token: SecretStr = SecretStr("")
    """Made at the centre for this machine: `hoso token add ... --scope papers.receive --scope papers.deliver`."""
    delivered_days: int = Field(default=0, ge=0, le=30)
    """How long originals stay here after the centre has them. Nobody has read them here, so any of them may be one that
    policy forbids to keep: by default none stays.
    """
    clamd: str = Field(default="", pattern=r"^(tcp:[^\s/]+:\d{1,5}|unix:/.+)?$")
    """`tcp:host:port` or `unix:/path` of ClamAV's daemon. Every file goes to it before it is opened; while it is away
    papers are received, and wait. Its StreamMaxLength must be no less than HOSO_MAX_FILE_MB. Default: none is asked.
    """
    signing: Literal["", "key", "token", "service"] = ""
    """Where the key is that signs confirmed copies: a file on this server, a token on each counter's own machine, or a
    remote signing service; default: copies are not signed, and checklists do not ask for it.
    """
    signing_key: Path | None = None
    """For `key`: a PKCS #12 file with the key and its certificates."""
    signing_passphrase: SecretStr = SecretStr("")
    signing_service: str = Field(default="", pattern=r"^(https://[^?#@]+|http://(127\.0\.0\.1|localhost)[^?#@]*)?$")
    """For `service`: its address in the Cloud Signature Consortium's API, up to `/csc/v1`."""
    signing_service_token: SecretStr = SecretStr("")
    signing_credential: str = ""
    """For `service`: what the key is called there."""
    signer_port: int = Field(default=47115, ge=1024, le=65535)
    """For `token`: where `hoso signer` listens on each counter's machine, to that machine alone."""
    token_library: Path | None = None
    """On a counter's machine: the PKCS #11 library that came with its token."""
    timestamp_url: str = ""
    """The authority that stamps the time of signatures (RFC 3161); default: they bear no time stamp."""
    mark_place: Literal["officer", "agency"] = "officer"
    """Where the mark of a signed copy stands on page 1: `officer` top left (TT 01/2023/TT-VPCP, Art 8.1), `agency` top
    right (NĐ 30/2020/NĐ-CP, Phụ lục I).
    """
    trusted_roots: Path | None = None
    """A folder with the certificates (PEM, DER) of authorities whose signatures are believed, also on papers that are
    handed in; default: none, and no signature can be checked.
    """
    idle_minutes: int = Field(default=15, ge=1)
    """A counter's machine that was left alone for so long asks to sign in again."""
    intake_days: int = Field(default=30, ge=1)
    """Originals that may not be archived are kept this long for review and confirmation."""
    lease_s: float = Field(default=30, gt=0)
    """How long a worker that is silent holds what it works on; it renews its hold three times in that."""
    most_attempts: int = Field(default=5, ge=1)
    """What fails through no fault of its own is tried so often before it is left to a person."""
    alone_pages: int = Field(default=40, ge=2)
    """A submission with more pages is read in ranges of half as many, by all workers that have nothing else to do."""
    backlog_runs: int = Field(default=1, ge=1)
    """How many submissions that nobody waits for are read at once by all workers together. Keep it below the sum of
    what they may run: a place is to stay free for the counter."""
    paper_code: str = "{owner}.{type}.{number}.{count:02d}"
    """Form of the codes of digitised papers: the owner's number, the national code of the type, the paper's own number,
    and a count of papers alike in all the rest. `{office}` and `{dossier}` may be used too; unknown parts stay empty.
    """
    catalogue: Path | None = None
    """An extra folder with `document_types/` and `procedures/` that adds to and overrides the built-in ones."""
    limits: Limits = Field(default_factory=Limits)

    @field_validator("paper_code")
    @classmethod
    def _counts(cls, template: str) -> str:
        """A code without a count would not be unique; one with an unknown part could never be made."""
        parts = dict.fromkeys(("owner", "type", "number", "office", "dossier"), "")
        try:
            counts = template.format(**parts, count=1) != template.format(**parts, count=2)
        except (KeyError, IndexError, ValueError, AttributeError):
            counts = False
        if not counts:
            raise ValueError("no template of a code with a {count}")
        return template

    @cached_property
    def home_path(self) -> Path:
        """The home folder, absolute."""
        return self.home.expanduser().absolute()

    @property
    def inbox_path(self) -> Path:
        """The folder that scanners write to, absolute."""
        return (self.inbox or self.home_path / "inbox").expanduser().absolute()

    @property
    def store_url(self) -> str:
        """The object store's URL with the default filled in."""
        return self.store or f"file:{self.home_path / 'store'}"

    @property
    def database_url(self) -> str:
        """The database's URL with the default filled in."""
        return self.database or f"sqlite:///{self.home_path / 'hoso.db'}"

    def office_called(self, office_id: str) -> str:
        """What people call an office: the name in the settings for their own, else its id."""
        return self.office_name if self.office_name and office_id == self.office_id else office_id

    @property
    def known_hook_hosts(self) -> frozenset[str]:
        """The only hosts that webhooks may be at; empty: any."""
        return frozenset(self.hook_hosts.split(",")) - {""}

    @property
    def reads_here(self) -> bool:
        """Whether papers are read on this machine; one with a centre leaves that to it."""
        return not self.centre_url

    @property
    def signs(self) -> bool:
        """Whether confirmed copies are to be signed."""
        return bool(self.signing)

    @property
    def actor(self) -> Actor:
        """Who acts when nobody has signed in: the settings say so."""
        return Actor(office_id=self.office_id, actor_id=self.actor_id)


def load_settings() -> Settings:
    """The settings of this process.

    Raises:
        Misconfigured: a variable is out of range; the detail names it, never its value.

    """
    try:
        return Settings(_secrets_dir=_secrets())
    except ValidationError as error:
        names = ", ".join("HOSO_" + ".".join(map(str, e["loc"])).upper() for e in error.errors())
        raise Misconfigured("bad_setting", names) from None


def _secrets() -> Path | None:
    folder = Path(os.environ.get("CREDENTIALS_DIRECTORY", SECRETS))
    return folder if folder.is_dir() else None
