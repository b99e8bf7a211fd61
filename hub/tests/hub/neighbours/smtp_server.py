"""A mail server for the stories: aiosmtpd, with a login, keeping what it takes in a maildir.

smtp_server.py none|starttls|tls PORT MAILDIR CERTIFICATE KEY
"""

import signal
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import AuthResult, LoginPassword

how, port, maildir, certificate, key = sys.argv[1:]


class Keeps(Mailbox):
    """Takes letters for example.org alone."""

    async def handle_RCPT(self, server, session, envelope, address, options):
        if not address.endswith("@example.org"):
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"


def knows(server, session, envelope, mechanism, given):
    known = isinstance(given, LoginPassword) and (given.login, given.password) == (b"desk", b"Password 1")
    # What is not handled here is answered by the server itself.
    return AuthResult(success=known, handled=known)


tls = None
if how != "none":
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
server = Controller(
    Keeps(maildir),
    hostname="127.0.0.1",
    port=int(port),
    ssl_context=tls if how == "tls" else None,
    tls_context=tls if how == "starttls" else None,
    require_starttls=how == "starttls",
    authenticator=knows,
    auth_required=True,
    # Of TLS from the first byte it does not know by itself.
    auth_require_tls=how == "starttls",
)
server.start()
print("ready", flush=True)
signal.pause()
