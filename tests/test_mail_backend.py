"""The house's own mail backend: one envelope a recipient, every answer heard, nobody waited for without end."""

import smtplib
import ssl
import subprocess
import sys
from email import message_from_bytes
from email.policy import default
from time import monotonic

import pytest
from aiosmtpd.smtp import AuthResult
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection

from notifications.channels import Letter, Written, mail_of
from notifications.models import Notification
from notifications.smtp import words_of
from organizations.models import Person
from tests.smtp_sink import sink

OURS, DJANGOS = "notifications.smtp.EmailBackend", "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def server():
    with sink() as server:
        yield server


def line(server, backend=OURS, **options):
    """A connection to the sink."""
    return get_connection(backend, host="127.0.0.1", port=server.port, **{"timeout": 10, **options})


def mail(*to):
    return EmailMessage("Việc mới", "Nội dung", "Vinh Danh <may@mau.example>", list(to))


def test_the_servers_yes_is_kept(server):
    sent = mail("mot@mau.example")
    assert line(server).send_messages([sent]) == 1
    assert sent.answer == "250 2.0.0 queued as 1"


def test_several_recipients_are_several_envelopes(server):
    line(server).send_messages([mail("mot@mau.example", "hai@mau.example")])
    assert [one.recipients for one in server.taken] == [("mot@mau.example",), ("hai@mau.example",)]


def refused_beside_another(server, backend):
    """One of two recipients is refused."""
    server.ill_will, server.only = "refuse rcpt 550 5.1.1 no such user", "hai"
    line(server, backend).send_messages([mail("mot@mau.example", "hai@mau.example", "ba@mau.example")])


def test_a_refused_recipient_is_seen_and_the_others_are_served(server):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as seen:
        refused_beside_another(server, OURS)
    assert words_of(seen.value) == "550 5.1.1 no such user"
    assert [one.recipients[0] for one in server.taken] == ["mot@mau.example", "ba@mau.example"]


def test_djangos_own_backend_hides_the_refused_recipient(server):
    """The fault this backend is for: should Django mend it, the backend may go."""
    refused_beside_another(server, DJANGOS)
    assert len(server.taken) == 1


@pytest.mark.parametrize("moment", ["rcpt", "data", "end"])
def test_after_a_refusal_the_same_line_carries_the_next_mail(server, moment):
    server.ill_will = f"refuse {moment} 451 4.3.0 later"
    with line(server) as open_line:
        with pytest.raises(smtplib.SMTPException) as seen:
            open_line.send_messages([mail("mot@mau.example")])
        assert words_of(seen.value) == "451 4.3.0 later"
        server.ill_will = ""
        assert open_line.send_messages([mail("hai@mau.example")]) == 1
    assert server.connections == 1


@pytest.mark.parametrize("moment", ["greet", "mail", "rcpt", "data", "end"])
def test_a_server_that_hangs_is_waited_for_no_longer_than_told(server, moment):
    server.ill_will = f"hang {moment}"
    began = monotonic()
    with pytest.raises((smtplib.SMTPServerDisconnected, TimeoutError)):
        line(server, timeout=0.3).send_messages([mail("mot@mau.example")])
    assert monotonic() - began < 60  # 0.3 and what a busy machine adds; without a time-out it is an hour


def test_the_house_waits_no_longer_than_its_setting(server, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 0.2
    assert get_connection(OURS).timeout == 0.2


def test_a_silent_backend_says_false_and_nothing_else(server):
    server.ill_will = "refuse rcpt 550 no"
    assert line(server, fail_silently=True).send_messages([mail("mot@mau.example")]) == 0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of this machine for itself: (its file, its key's file)."""
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", key, "-out", cert, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


def test_starttls_and_sign_in_are_as_djangos(certificate, monkeypatch):
    here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    here.load_cert_chain(*certificate)
    names = []

    def known(server, session, envelope, mechanism, secret):
        names.append((secret.login, session.ssl is not None))
        return AuthResult(success=secret.password == b"mat-khau", handled=False)

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with sink(tls_context=here, require_starttls=True, authenticator=known, auth_required=True) as server:
        secret = {"use_tls": True, "username": "vinhdanh", "timeout": 20}
        line(server, password="mat-khau", **secret).send_messages([mail("mot@mau.example")])
        assert names == [(b"vinhdanh", True)]
        assert len(server.taken) == 1
        with pytest.raises(smtplib.SMTPAuthenticationError):
            line(server, password="sai", **secret).send_messages([mail("mot@mau.example")])


def notice(context=None, template="new_task"):
    context = context or {"code": "HS-1", "step": "Đề xuất khen thưởng", "due": ""}
    to = Person(pk=3, email="mot@mau.example", full_name="Người Mẫu")
    return Notification(entry_id=7, recipient=to, template=template, context=context, url="/ho-so/HS-1/")


def parts(wire):
    read = message_from_bytes(wire, policy=default)
    head = {name: read[name] for name in ("Subject", "From", "To", "Message-ID", "Auto-Submitted", "MIME-Version")}
    return head, [(part.get_content_type(), part.get_content().split()) for part in read.iter_parts()]


def test_the_bytes_we_put_together_say_what_djangos_would():
    letter = mail_of(notice())
    djangos = EmailMultiAlternatives.message(letter).as_bytes(linesep="\r\n")
    assert parts(letter.wire()) == parts(djangos)
    assert letter.wire().isascii()
    assert all(len(row) <= 78 for row in letter.wire().split(b"\r\n"))
    assert message_from_bytes(letter.wire(), policy=default).defects == []


def test_a_letter_with_an_attachment_is_written_by_django():
    letter = mail_of(notice())
    letter.attach("han.ics", "BEGIN:VCALENDAR", "text/calendar")
    assert b"text/calendar" in letter.wire()


def test_a_subject_of_several_lines_is_refused():
    written = Written(notice())
    written.subject = "Việc\nBcc: khac@mau.example"
    with pytest.raises(ValueError, match="newlines"):
        Letter(written, notice()).wire()


def test_the_house_uses_it_for_every_address_of_a_mail_server():
    code = "from django.conf import settings as s; print(s.EMAIL_BACKEND, s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_USE_TLS)"
    for url, said in (
        ("smtp://mail:1025", f"{OURS} mail 1025 False"),
        ("smtp+tls://u:p@mail:587", f"{OURS} mail 587 True"),
        ("consolemail://", "django.core.mail.backends.console.EmailBackend None None False"),
    ):
        env = {"EMAIL_URL": url, "DEMO": "1", "DJANGO_SETTINGS_MODULE": "workflow_project.settings"}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == said
