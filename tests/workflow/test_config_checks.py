"""A setting that cannot work is refused when config.toml is read, with a sentence that says what to do."""

import random
import re
from email.utils import parseaddr

import pytest

from examples import demo
from states.roles import Role
from tests.conftest import PROJECT
from workflow import config
from workflow.config_checks import circle, is_address, is_host, is_sender, meant
from workflow.errors import EnvironmentFaultError

MAIL = '[email]\nhost = "smtp.b.se"\nsender = "a@b.se"\n'
BODY = '[[bodies]]\ncode = "{}"\nname = "N"\nkind = "namnd"\nvalid_from = {}\n{}\n'


def loaded(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return config.load(path).config


def told(tmp_path, text):
    """What is said of a configuration."""
    with pytest.raises(EnvironmentFaultError) as error:
        loaded(tmp_path, text)
    return str(error.value).removeprefix(f"{tmp_path / 'config.toml'}: ")


def rule(about, lines):
    return f'[[reminders]]\nabout = "{about}"\n{lines}\n'


def box(address="a@b.se", body=""):
    return f'[[mailboxes]]\nrole = "registrator"\naddress = "{address}"\nbody = "{body}"\n'


def named(name):
    return f'[[mailboxes]]\naddress = "a@b.se"\nname = "{name or "kansliet"}"\n'


A_NAME = "ange en, eller ett name som regler kan skicka till."
NO_ROLE = "skriv role i stället för name, eller välj ett annat namn."
NO_NAME = "går inte att använda; skriv bokstäver, siffror, - och _, som i kansliet."
CHANGED = "finns två gånger eller inte alls när klockan ställs om; välj ett klockslag före 02:00 eller från 03:00."
HOURS = [
    ('["18:00"]', 'daemon.quiet ska vara två klockslag, till exempel ["18:00", "07:00"], eller [] för inga.'),
    ('["18:00", "7:00"]', "daemon.quiet ”7:00” är inget klockslag; skriv det som 07:00."),
    ('["18:00", "24:00"]', "daemon.quiet ”24:00” är inget klockslag; skriv det som 07:00."),
    ('["07:00\\n", "18:00"]', "daemon.quiet ”07:00\n” är inget klockslag; skriv det som 07:00."),
    ('["02:00", "07:00"]', f"daemon.quiet ”02:00” {CHANGED}"),
    ('["18:00", "02:59"]', f"daemon.quiet ”02:59” {CHANGED}"),
    (
        '["07:00", "07:00"]',
        "daemon.quiet börjar och slutar 07:00, så inget skulle någonsin skickas; skriv [] för inga.",
    ),
]


def member(body):
    return (
        f'[[members]]\nid = "m1"\nbody = "{body}"\nname = "Anna Alm (S)"\nseat = "ledamot"\nvalid_from = 2002-01-01\n'
    )


def body(code, succeeds="", since="2019-01-01"):
    return BODY.format(code, since, f'succeeds = "{succeeds}"' if succeeds else "")


@pytest.mark.parametrize(
    ("section", "setting", "least", "most"),
    [
        ("daemon", "tick_seconds", 1, 86400),
        ("daemon", "lease_seconds", 60, 86400),  # with the usual timeout_seconds
        ("daemon", "max_attempts", 1, 10000),
        ("daemon", "retry_seconds", 0, 86400),
        ("daemon", "metrics_port", 0, 65535),
        ("email", "port", 1, 65535),
        ("email", "timeout_seconds", 1, 100),  # with the usual lease_seconds
        ("registration", "late_after_days", 0, 36500),
        ("routines", "manus_days", 0, 3660),
        ("routines", "dispatch_days", 0, 3660),
        ("routines", "silent_days", 0, 3660),
        ("routines", "finish_days", 0, 3660),
        ("routines", "awaited_days", 0, 3660),
    ],
)
def test_a_number_is_taken_within_its_bounds_and_refused_outside_them(tmp_path, section, setting, least, most):
    for number in (least, most):
        read = loaded(tmp_path, f"[{section}]\n{setting} = {number}")
        assert getattr(getattr(read, section), setting) == number
    for number in (least - 1, most + 1, -(10**30), 10**30):
        said = told(tmp_path, f"[{section}]\n{setting} = {number}")
        assert f"{section}.{setting}" in said
        assert "det ska vara" in said


@pytest.mark.parametrize(
    ("name", "most"),
    [("months_before", 120), ("days_before", 3660), ("days_after", 3660), ("days_before_last_council", 3660)],
)
def test_a_rule_reaches_ten_years_and_no_further(tmp_path, name, most):
    assert loaded(tmp_path, rule("motion_year", f"{name} = [0, {most}]"))
    for number in (-1, most + 1):
        said = told(tmp_path, rule("motion_year", f"{name} = [1, {number}]"))
        assert said == f"reminders.{name} för motion_year är {number}; det ska vara ett tal från 0 till {most}."


NO_HOST = "går inte att använda; skriv ett datornamn, till exempel smtp.kommun.se, eller en IP-adress."
NO_ADDRESS = "går inte att använda; skriv den som lada@kommun.se, utan å, ä och ö."
NO_SENDER = "går inte att använda; skriv lada@kommun.se eller Namn <lada@kommun.se>, utan å, ä och ö i adressen."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[daemon]\ntick_seconds = 0", "daemon.tick_seconds är 0; det ska vara ett tal från 1 till 86400."),
        (
            "[daemon]\nlease_seconds = 59",
            "daemon.lease_seconds är 59; det ska vara minst 3 gånger email.timeout_seconds, alltså 60.",
        ),
        (MAIL.replace("smtp.b", "smtp..b"), f"email.host ”smtp..b.se” {NO_HOST}"),
        (
            MAIL.replace("smtp.b", "smtp.köping"),
            "email.host ”smtp.köping.se” har å, ä, ö eller liknande i domänen; skriv smtp.xn--kping-jua.se i stället.",
        ),
        ('[email]\nsender = "Ärendegång"', f"email.sender ”Ärendegång” {NO_SENDER}"),
        (
            '[email]\nsender = "Ärendegång <arende@köping.se>"',
            "email.sender ”Ärendegång <arende@köping.se>” har å, ä, ö eller liknande i domänen; "
            "skriv Ärendegång <arende@xn--kping-jua.se> i stället.",
        ),
        ('[email]\nhost = "smtp.b.se"', "email.sender saknas; ange vem påminnelserna kommer från."),
        (box("registrator"), f"mailboxes.address ”registrator” {NO_ADDRESS}"),
        (box("nämnd@b.se"), f"mailboxes.address ”nämnd@b.se” {NO_ADDRESS}"),
        (
            box("a@köping.se"),
            "mailboxes.address ”a@köping.se” har å, ä, ö eller liknande i domänen; skriv a@xn--kping-jua.se i stället.",
        ),
        (box(body="XN"), "mailboxes.body XN är ingen code i [[bodies]]."),
        (body("SON") + box(body="SÖN"), "mailboxes.body SÖN är ingen code i [[bodies]]. Menade du SON?"),
        (body("SON") + box(body="SON") * 2, "två mailboxes gäller registrator SON; ta bort den ena."),
        (box() * 2, "två mailboxes gäller registrator utan body; ta bort den ena."),
        (box().replace('role = "registrator"', ""), f"mailboxes med adressen a@b.se saknar role; {A_NAME}"),
        (box().replace("role", "name"), "mailboxes.name registrator är en roll; " + NO_ROLE),
        (named("") + "role = 'hr'", "mailboxes kansliet har både role och name; ta bort den ena."),
        (
            body("SON") + named("") + "body = 'SON'",
            "mailboxes kansliet har både name och body; en låda med name gäller alla instanser, så ta bort body.",
        ),
        (named("") * 2, "två mailboxes gäller kansliet; ta bort den ena."),
        (named("a b"), f"mailboxes.name ”a b” {NO_NAME}"),
        (named("a@b.se"), f"mailboxes.name ”a@b.se” {NO_NAME}"),
        (named("digest-1"), f"mailboxes.name ”digest-1” {NO_NAME}"),
        (
            rule("call", 'days_before = [1]\nto = ["anna@b.se"]'),
            "reminders.to för call har en adress; ge lådan ett name i [[mailboxes]] och skriv det i to, "
            "för adresser ska inte stå i databasen eller i loggen.",
        ),
        (
            named("") + rule("call", 'days_before = [1]\nto = ["kanslit"]'),
            "kanslit i reminders.to för call är varken en roll eller ett name i [[mailboxes]]. Menade du kansliet?",
        ),
        (
            named("") + rule("call", 'days_before = [1]\nto = ["kansliet"]\nchannels = ["logg"]'),
            "reminders.to för call har lådan kansliet, men channels har inte e-post; lägg till den där.",
        ),
        (
            rule("call", "days_before = [1]\nchannels = []"),
            'reminders.channels för call är tom; skriv till exempel ["logg"], eller ta bort regeln.',
        ),
        (
            rule("call", 'days_before = [1]\nchannels = ["webhook"]'),
            "reminders.channels för call har webhook, men inget system är angivet; "
            "lägg till ett i [[webhook.targets]].",
        ),
        (
            rule("call", 'days_before = [1]\nchannels = ["fax"]'),
            "inställningen reminders[0].channels[0] har fel värde; det ska vara ett av de värden som mallen visar.",
        ),
        (
            rule("call", 'days_before = [1]\ncount = "veckor"'),
            "inställningen reminders[0].count har fel värde; det ska vara ett av de värden som mallen visar.",
        ),
        (
            rule("call", "escalate_days = [1]"),
            'reminders.escalate_to saknas för call; ange till exempel escalate_to = ["forvaltningschef"].',
        ),
        (
            rule("call", 'days_before = [1]\nescalate_to = ["hr"]'),
            "reminders.escalate_days saknas för call; ange till exempel escalate_days = [3].",
        ),
        (
            rule("call", 'escalate_days = [0]\nescalate_to = ["hr"]'),
            "reminders.escalate_days för call är 0; det ska vara ett tal från 1 till 3660.",
        ),
        (
            named("") + rule("call", 'escalate_days = [1]\nescalate_to = ["kansliet"]'),
            "rollen kansliet finns inte. Möjliga: " + ", ".join(sorted(Role)) + ".",
        ),
        (
            rule("silent", 'escalate_days = [1]\nescalate_to = ["hr"]'),
            "reminders.escalate_days finns inte för silent, som ingen kan vara sen med; gör en regel till för silent, "
            "med days_after, to och ett eget name.",
        ),
        *((f"[daemon]\nquiet = {hours}", said) for hours, said in HOURS),
        (
            rule("call", "repeat_days = -1"),
            "reminders.repeat_days för call är -1; det ska vara ett tal från 0 till 3660.",
        ),
        (
            rule("call", ""),
            "reminders för call har ingen dag; ange till exempel days_before = [7], eller ta bort regeln.",
        ),
        (
            rule("mbl", "days_before_last_council = [28]"),
            "reminders.days_before_last_council finns bara för motion_year; "
            "ta bort den för mbl och använd days_before.",
        ),
        (
            body("SON") + member("SÖN"),
            "members.body SÖN för m1 är ingen code i [[bodies]]. Menade du SON?",
        ),
        (body("SON") + member("SON") * 2, "två members har id m1; ge den ena ett eget."),
        (
            body("SON") + member("SON") + '[[urgent_deciders]]\nmember = "m2"\nvalid_from = 2024-01-01\n',
            "urgent_deciders.member m2 är inget id i [[members]]. Möjliga: m1.",
        ),
        (
            body("SON") + member("SON") + "valid_to = 2001-01-01\n",
            "platsen m1 slutar innan den börjar.",
        ),
        (
            body("SON", "SON"),
            "bodies.succeeds går i ring (SON); ingen instans kan ta över efter sig själv, "
            "så ta bort succeeds för den som var först.",
        ),
        (
            body("A", "C") + body("B", "A") + body("C", "B") + body("D", "C"),
            "bodies.succeeds går i ring (A, B, C); ingen instans kan ta över efter sig själv, "
            "så ta bort succeeds för den som var först.",
        ),
        (
            body("A").replace("name", "call_days = -1\nname"),
            "bodies.call_days för A är -1; det ska vara ett tal från 0 till 3660.",
        ),
    ],
)
def test_a_setting_that_cannot_work_is_refused(tmp_path, text, said):
    assert told(tmp_path, text) == said


def test_what_there_is_to_choose_from_is_sorted(tmp_path):
    said = told(tmp_path, rule("xyz", "days_before = [1]"))
    kinds = said.removeprefix("reminders.about xyz finns inte. Möjliga: ").removesuffix(".").split(", ")
    assert kinds == sorted(kinds)
    assert len(kinds) > 1
    assert meant("x", []) == ""


@pytest.mark.parametrize(
    "text",
    [
        "[daemon]\nretry_seconds = 0",
        "[daemon]\nlease_seconds = 3\n[email]\ntimeout_seconds = 1",
        rule("call", "repeat_days = 7"),
        rule("call", "days_before = [0]"),
        rule("hold", 'escalate_days = [1]\nescalate_to = ["hr"]'),
        named("") + rule("call", 'days_before = [1]\nto = ["kansliet", "hr"]\nchannels = ["e-post"]'),
        named("") + named("arkivet_2") + box(),
        "[daemon]\nquiet = []",
        '[daemon]\nquiet = ["03:00", "01:59"]',
        box() + box(body="SON") + body("SON"),
        body("A") + body("B", "A") + body("C", "A"),
        body("A") + body("B", "A") + body("B", "A", since="2023-01-01") + body("C", "B"),
    ],
)
def test_what_can_work_is_taken(tmp_path, text):
    assert loaded(tmp_path, text)


@pytest.mark.parametrize("host", ["smtp.b.se", "smtp.b.se.", "localhost", "mail_1", "127.0.0.1", "::1", "3com.se"])
def test_a_host_is_a_name_or_an_ip_address(host):
    assert is_host(host)


NO_HOSTS = """\
|.|smtp..se|.se|smtp.b.se..|smtp b.se|smtp.b.se\n|\tsmtp.b.se|smtp\x00.se|-a.se|a-.se|_|smtp.b.se:25|å.se\
|256.0.0.1|1.2.3|1.2.3.04|²|:|fe80::1%eth0"""


@pytest.mark.parametrize("host", [*NO_HOSTS.split("|"), "a" * 64, "a." * 127 + "a"])
def test_what_is_no_host(host):
    assert not is_host(host)


@pytest.mark.parametrize("address", ["a@b.se", "son+x.y@sub.b.se", "o'neill@b", "registrator@xn--kping-jua.se"])
def test_an_address_is_someone_somewhere(address):
    assert is_address(address)
    for sender in (address, f"Ärendegång i Köping <{address}>", f'"Nämnd, ö (SON)" <{address}>', f"<{address}>"):
        assert is_sender(sender)
        assert parseaddr(sender)[1] == address


NO_ADDRESSES = """\
|@|a@|@b.se|a@b@c.se|a b@c.se|a@b..se|a..b@c.se|.a@b.se|a.@b.se|a@b.se.|ä@b.se|a@å.se|a@b.se\n\
|a@b.se\r\nBcc: c@d.se|<a@b.se>|a,b@c.se|"a"@b.se|a@[1.2.3.4]|a@1.2.3.4"""


@pytest.mark.parametrize("address", [*NO_ADDRESSES.split("|"), "a" * 65 + "@b.se", "a@" + "b." * 126 + "se"])
def test_what_is_no_address(address):
    assert not is_address(address)
    assert not is_sender(f"Namn <{address}>")


NO_SENDERS = """\
|Namn|Namn a@b.se|Namn <a@b.se|Namn <a@b.se> x|A, B <a@b.se>|"A" B <a@b.se>|A\nB <a@b.se>|"A <a@b.se>\
|x@y.se <a@b.se>|A (b) <a@b.se>|<a@b.se>, <c@d.se>| a@b.se|"\\" <a@b.se>"""


@pytest.mark.parametrize("sender", NO_SENDERS.split("|"))
def test_what_is_no_sender(sender):
    assert not is_sender(sender)


def test_whatever_is_taken_for_a_sender_is_one_to_the_mail_library_too():
    chance = random.Random(7)
    taken = 0
    for _ in range(20_000):
        name = "".join(chance.choices("aå .\"\\<>(),;:@-'\t", k=chance.randrange(6)))
        sender = f"{name}<a@b.se>"
        if is_sender(sender):
            taken += 1
            assert parseaddr(sender)[1] == "a@b.se"
    assert taken > 100


def test_a_circle_is_those_who_come_after_themselves():
    assert circle([]) == circle([("B", "A"), ("C", "A"), ("C", "B")]) == []
    assert circle([("A", "A"), ("B", "A")]) == ["A"]


def test_the_shipped_settings_and_the_demo_can_be_used(tmp_path):
    assert config.load(PROJECT / "config.toml").config.bodies
    demo.prepare(tmp_path, 2525)
    assert config.load(tmp_path / "config.toml").config.email.port == 2525


def test_what_the_template_shows_in_comments_can_be_used(tmp_path):
    text = (PROJECT / "config.toml").read_text("utf-8")
    start, rest = text.split("# [[mailboxes]]", 1)
    shown, end = rest.split("\n\n", 1)
    shown = re.sub(r"(?m)^# ?", "", shown)
    hosted = re.sub(r'(?m)^(host|sender) = "".*(".*")$', r"\1 = \2", f"{start}[[mailboxes]]{shown}\n\n{end}")
    read = loaded(tmp_path, hosted)
    assert [(box.role, box.body, box.name, box.digest) for box in read.mailboxes] == [
        ("namndsekreterare", "SON", "", True),
        ("registrator", "", "", False),
        ("", "", "avtalsgruppen", False),
    ]
    assert read.email.sender.startswith("Ärendegång <")


@pytest.mark.parametrize(
    ("directory", "together_with"),
    [
        (".", "config.toml"),
        ("..", "config.toml"),
        ("logg", "logg"),
        ("logg/kalendrar", "logg"),
        ("dokument", "dokument"),
        ("dokument/kalendrar", "dokument"),
        ("data", "arendegang.db"),
        ("drift", "drift.jsonl"),
    ],
)
def test_calendars_that_others_read_lie_where_nothing_else_does(tmp_path, directory, together_with):
    ours = '[database]\nurl = "sqlite:///data/arendegang.db"\n[log]\noperations = "drift/drift.jsonl"\n'
    refused = told(tmp_path, f'{ours}[calendar]\ndirectory = "{directory}"\n')
    assert refused == (
        f"calendar.directory är {directory}, tillsammans med {together_with}; andra läser kalendrarna, så ange en "
        "katalog bara för dem."
    )
    assert loaded(tmp_path, f'{ours}[calendar]\ndirectory = "kalendrar"\n').calendar.directory == "kalendrar"


@pytest.mark.parametrize(
    ("directory", "together_with"),
    [
        ("", "config.toml"),
        ("..", "config.toml"),
        ("logg", "logg"),
        ("logg/dokument", "logg"),
        ("data", "arendegang.db"),
        ("drift", "drift.jsonl"),
    ],
)
def test_the_documents_lie_where_nothing_else_does(tmp_path, directory, together_with):
    ours = '[database]\nurl = "sqlite:///data/arendegang.db"\n[log]\noperations = "drift/drift.jsonl"\n'
    assert told(tmp_path, f'{ours}[documents]\ndirectory = "{directory}"\n') == (
        f"documents.directory är {directory}, tillsammans med {together_with}; ange en katalog bara för handlingarna."
    )
    assert loaded(tmp_path, f'{ours}[documents]\ndirectory = "hos oss"\n').documents.directory == "hos oss"


def test_calendars_do_not_lie_with_a_database_that_the_environment_names(tmp_path, monkeypatch):
    monkeypatch.setenv("ARENDE_DATABASE_URL", "sqlite:///kalendrar/arendegang.db")
    assert "tillsammans med arendegang.db" in told(tmp_path, '[calendar]\ndirectory = "kalendrar"\n')


def test_the_rule_that_the_template_shows_can_be_used(tmp_path):
    text = (PROJECT / "config.toml").read_text("utf-8")
    shown, _ = text.split("# [[reminders]]", 1)[1].split("\n\n", 1)
    shown = re.sub(r"(?m)^# ?", "", f"[[reminders]]{shown}")
    named = '[[mailboxes]]\nname = "avtalsgruppen"\naddress = "a@b.se"\n'
    (read,) = loaded(tmp_path, named + shown).reminders
    assert (read.count, read.escalate_days, read.to) == ("arbetsdagar", [1, 5], ["handlaggare", "avtalsgruppen"])
