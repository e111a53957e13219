"""An https server on the loopback with a certificate of its own, and a count of who connected."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class TlsServer:
    """What is answered, and what was seen.

    :param answer: raw bytes of the HTTP answer
    :param drip_s: pause after each byte of it
    """

    port: int
    certificate: str
    answer: bytes = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
    drip_s: float = 0.0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    sent: int = 0


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_path, key_path = folder / "cert.pem", folder / "key.pem"
    cert_path.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert_path, key_path


def _request(peer: ssl.SSLSocket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += peer.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    while length and len(body) < int(length[1]):
        body += peer.recv(65536)
    return head + b"\r\n\r\n" + body


def _serve(server: TlsServer, listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return
        server.connections += 1
        try:
            with context.wrap_socket(plain, server_side=True) as peer:
                server.requests.append(_request(peer))
                for at in range(0, len(server.answer), 1 if server.drip_s else 65536):
                    peer.sendall(server.answer[at : at + (1 if server.drip_s else 65536)])
                    server.sent = at
                    time.sleep(server.drip_s)
        except OSError:
            continue  # the client went away, which is what the tests are about


@contextmanager
def running_tls_server(folder: Path, name: str) -> Iterator[TlsServer]:
    """A server whose certificate is for ``name``, for the length of a ``with`` block."""
    cert, key = _certificate(folder, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    listener = socket.create_server(("127.0.0.1", 0))
    server = TlsServer(listener.getsockname()[1], str(cert))
    thread = threading.Thread(target=_serve, args=(server, listener, context), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        # accept() does not wake up when another thread closes its socket; a last visitor does.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)
