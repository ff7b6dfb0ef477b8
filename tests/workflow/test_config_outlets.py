"""[email] and [webhook]: what cannot work, or would tell others what is ours, is refused in one sentence."""

import pytest

from tests.workflow.test_config_checks import loaded, told

MAIL = '[email]\nhost = "{host}"\nsender = "a@b.se"\nsecurity = "{security}"\n{more}'
HOOK = """\
[webhook]
allowed_hosts = ["b.se", "Intern.se", "10.0.0.7"]
private_hosts = ["intern.se"]
"""
TARGET = '[[webhook.targets]]\nname = "{name}"\nurl = "{url}"\nsecret = "{secret}"\n'


def mail(host="smtp.b.se", security="ingen", more=""):
    return MAIL.format(host=host, security=security, more=more)


def target(url="https://b.se/hook", name="arkivet", secret="nyckel"):
    return HOOK + TARGET.format(name=name, url=url, secret=secret)


LOGIN = 'credentials = "fil"\n'


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.0.1", "::1"])
def test_a_password_may_go_in_the_clear_within_the_machine(tmp_path, host):
    assert loaded(tmp_path, mail(host, more=LOGIN)).email.credentials == "fil"


@pytest.mark.parametrize("host", ["smtp.b.se", "10.0.0.1", "localhost.b.se", "128.0.0.1"])
def test_a_password_may_go_in_the_clear_nowhere_else(tmp_path, host):
    assert told(tmp_path, mail(host, more=LOGIN)) == (
        "email.credentials kan inte användas när email.security är ingen: lösenordet skulle gå i klartext till "
        f"{host}. Sätt security till starttls eller tls."
    )
    for security in ("starttls", "tls"):
        assert loaded(tmp_path, mail(host, security, LOGIN)).email.security == security


def test_authorities_are_of_use_only_where_something_is_encrypted(tmp_path):
    assert "ca_file används bara när" in told(tmp_path, mail(more='ca_file = "rot.pem"'))
    assert loaded(tmp_path, mail(security="tls", more='ca_file = "rot.pem"')).email.ca_file == "rot.pem"


def test_an_unknown_security_is_told_of(tmp_path):
    assert told(tmp_path, mail(security="ssl")).startswith("inställningen email.security har fel värde")


@pytest.mark.parametrize(
    "url",
    [
        "https://b.se",
        "https://b.se:8443/hook?a=b",
        "https://B.SE/hook",
        "https://intern.se/",
        "https://10.0.0.7/",
    ],
)
def test_a_listed_host_can_be_told_of_reminders(tmp_path, url):
    assert loaded(tmp_path, target(url)).webhook.targets[0].url == url


WHERE = "webhook.targets.url för arkivet"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "http://b.se/hook",
            f"{WHERE} ska börja med https://, så att ingen annan kan läsa eller ändra det som skickas.",
        ),
        ("b.se/hook", f"{WHERE} ska börja med https://, så att ingen annan kan läsa eller ändra det som skickas."),
        ("ftp://b.se/", f"{WHERE} ska börja med https://, så att ingen annan kan läsa eller ändra det som skickas."),
        (
            "https://a:b@b.se/",
            f"{WHERE} har ett användarnamn eller lösenord i sig; ta bort det, meddelandena signeras med secret.",
        ),
        (
            "https://b.se@evil.example/",
            f"{WHERE} har ett användarnamn eller lösenord i sig; ta bort det, meddelandena signeras med secret.",
        ),
        ("https://b.se/#del", f"{WHERE} slutar med #del, som aldrig skickas; ta bort det."),
        ("https://b.se/#", f"{WHERE} slutar med #, som aldrig skickas; ta bort det."),
        (
            "https://c.se/",
            f"{WHERE} leder till c.se, som inte står i webhook.allowed_hosts; skriv den där, eller rätta url. "
            "Menade du b.se?",
        ),
        ("https://b.se.evil.example/", "leder till b.se.evil.example, som inte står i webhook.allowed_hosts"),
        ("https://a.b.se/", "leder till a.b.se, som inte står i webhook.allowed_hosts"),
        ("https://127.0.0.1/", "leder till 127.0.0.1, som inte står i webhook.allowed_hosts"),
        ("https://2130706433/", "går inte att använda"),
        ("https://0x7f.1/", "går inte att använda"),
        ("https:///hook", "går inte att använda"),
        ("https://b.se:0x/", "går inte att läsa"),
        ("https://b.se:99999/", "går inte att läsa"),
        ("https://[b.se/", "går inte att läsa"),
        ("https://b.se/å", "tecken som inte hör hemma i en adress"),
        ("https://b.se/a b", "tecken som inte hör hemma i en adress"),
        ("https://b.se\\\\@evil.example/", "tecken som inte hör hemma i en adress"),
        ("https://b.se/\\u0009", "tecken som inte hör hemma i en adress"),
        ("https://b.se/\\r\\nX-A: b", "tecken som inte hör hemma i en adress"),
    ],
)
def test_a_url_that_leads_elsewhere_is_refused(tmp_path, url, said):
    assert said in told(tmp_path, target(url))


@pytest.mark.parametrize("name", ["Arkivet", "arki vet", "e-post:a", "a@b", "arkivet\\n", "", "-", "åtkomst"])
def test_a_target_has_a_plain_name(tmp_path, name):
    assert "skriv a–z, siffror och bindestreck." in told(tmp_path, target(name=name))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            target() + TARGET.format(name="arkivet", url="https://b.se/2", secret="annan"),
            "två webhook.targets heter arkivet; ge den ena ett annat namn.",
        ),
        (
            target(secret=""),
            "webhook.targets.secret saknas för arkivet; ange filen med nyckeln som meddelandena signeras med.",
        ),
        (
            HOOK + '[[webhook.targets]]\nname = "a"\nurl = "https://b.se/"\n',
            "inställningen webhook.targets[0].secret saknas.",
        ),
        (
            '[webhook]\nallowed_hosts = ["b.se"]\nprivate_hosts = ["c.se"]',
            "webhook.private_hosts c.se står inte i webhook.allowed_hosts; skriv den där också. Menade du b.se?",
        ),
        (
            '[webhook]\nallowed_hosts = ["*.b.se"]',
            "webhook.allowed_hosts ”*.b.se” går inte att använda; skriv ett datornamn, till exempel smtp.kommun.se, "
            "eller en IP-adress.",
        ),
        (
            "[webhook]\ntimeout_seconds = 0",
            "webhook.timeout_seconds är 0; det ska vara ett tal från 1 till 28800.",
        ),
        (
            target().replace("private", "timeout_seconds = 101\nprivate"),
            "daemon.lease_seconds är 300; det ska vara minst 3 gånger webhook.timeout_seconds, alltså 303.",
        ),
    ],
)
def test_a_webhook_that_cannot_work_is_refused(tmp_path, text, said):
    assert told(tmp_path, text) == said
