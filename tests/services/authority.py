"""An authority that issues certificates to invented officers, and stamps the time (RFC 3161, by certomancer)."""

import datetime
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Literal

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from certomancer.services import TimeStamper
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
OFFICER = "Nguyễn Thị Thử Nghiệm"
PASSPHRASE = "mật khẩu thử"  # noqa: S105 (of keys made for one test)


@dataclass(frozen=True)
class Issued:
    """A key and the certificate it was given."""

    key: Key
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


@dataclass
class Authority:
    """A root that signs certificates itself."""

    name: str = "Cơ quan chứng thực thử nghiệm"
    root: Issued = field(init=False)

    def __post_init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(self.name)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        builder = _builder(name, name, key, 3650)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        self.root = Issued(key, builder.add_extension(usage, critical=True).sign(key, SHA256()))

    def issue(
        self,
        name: str = OFFICER,
        *,
        kind: Literal["rsa", "ec"] = "rsa",
        since_days: int = 1,
        days: int = 30,
        stamps_time: bool = False,
        signs: bool = True,
    ) -> Issued:
        key: Key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_name(name), self.root.certificate.subject, key, days, since_days)
        usage = x509.KeyUsage(signs, signs and not stamps_time, not signs, False, False, False, False, False, False)
        builder = builder.add_extension(usage, critical=True)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        if stamps_time:
            only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(only, critical=True)
        return Issued(key, builder.sign(self.root.key, SHA256()))

    def trust(self, folder: Path) -> Path:
        """A folder of trusted roots with this one in it."""
        folder.mkdir(exist_ok=True)
        (folder / "root.pem").write_bytes(self.root.certificate.public_bytes(Encoding.PEM))
        return folder

    def key_file(self, path: Path, issued: Issued, passphrase: str = PASSPHRASE) -> Path:
        """A PKCS #12 file with a key, its certificate and the root."""
        sealed = BestAvailableEncryption(passphrase.encode())
        path.write_bytes(
            pkcs12.serialize_key_and_certificates(
                b"key", issued.key, issued.certificate, [self.root.certificate], sealed
            )
        )
        return path


Answer = Callable[[tsp.TimeStampReq, TimeStamper], bytes]


@dataclass
class Stamping:
    """An authority of time stamps at work; while it is `away` it answers with an error, else with `answer`."""

    url: str
    away: bool = False
    stamped: int = 0
    answer: Answer = lambda asked, stamper: stamper.request_tsa_response(asked).dump()


@contextmanager
def stamping(authority: Authority) -> Iterator[Stamping]:
    issued = authority.issue("Dấu thời gian thử nghiệm", stamps_time=True)
    plain = issued.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    stamper = TimeStamper(
        asn1_x509.Certificate.load(issued.der),
        asn1_keys.PrivateKeyInfo.load(plain),
        certs_to_embed=[asn1_x509.Certificate.load(authority.root.der)],
    )

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["content-length"]))
            if told.away:
                self.send_error(503)
                return
            answer = told.answer(tsp.TimeStampReq.load(asked), stamper)
            told.stamped += 1
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with serving_http(Handler) as url:
        told = Stamping(url)
        yield told


@contextmanager
def serving_http(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address at which a handler answers, until the block ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def trust_database(folder: Path, authority: Authority) -> Path:
    """The database of certificates by which `pdfsig` believes the authority."""
    folder.mkdir()
    root = folder / "root.pem"
    root.write_bytes(authority.root.certificate.public_bytes(Encoding.PEM))
    certutil = ["certutil", "-d", f"sql:{folder}"]
    subprocess.run([*certutil, "-N", "--empty-password"], check=True, capture_output=True)
    subprocess.run([*certutil, "-A", "-n", "root", "-t", "CT,C,C", "-i", str(root)], check=True, capture_output=True)
    return folder


def pdfsig(path: Path, trusted: Path) -> str:
    """What poppler's program says of the signatures on a file."""
    done = subprocess.run(["pdfsig", "-nssdir", str(trusted), str(path)], capture_output=True, check=False)
    return done.stdout.decode()


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "UBND phường Thử Nghiệm"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, days: int, since_days: int = 1
) -> x509.CertificateBuilder:
    begins = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=since_days)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + datetime.timedelta(days=days))
    )
