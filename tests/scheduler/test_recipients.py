"""To whom each reminder goes, and through what; where it is reached."""

from datetime import date

import msgspec
import pytest

from scheduler.recipients import Directory, body_of, called
from scheduler.reminder_message import Occasion, Told, text
from states.case_facts import BodyKind
from states.deadlines import DeadlineKind
from states.legal_basis import MANDATE
from states.reminders import OpenDeadline
from workflow.body_register import Body, BodyRegister
from workflow.config import Mailbox, ReminderRule

TODAY = date(2026, 3, 2)
OLD = date(1992, 1, 1)


def body(code, kind, **more):
    known = {"name": code, "diary": code, "call_days": 5, "valid_from": OLD, "valid_to": None}
    return Body(code=code, kind=BodyKind(kind), **{**known, **more})


BODIES = BodyRegister(
    [
        body("KS", "ks"),
        body("KSAU", "ks", parent="KS"),
        body("ON", "namnd", valid_to=date(2018, 12, 31)),
        body("SON", "namnd", valid_from=date(2019, 1, 1), succeeds="ON"),
    ]
)
BOXES = [
    Mailbox("handlaggare", "h@b.se", digest=True),
    Mailbox("handlaggare", "ks@b.se", "KS"),
    Mailbox("forvaltningschef", "chef@b.se", "SON", digest=True),
    Mailbox(name="kansliet", address="k@b.se"),
]
DIRECTORY = Directory(BODIES, BOXES, TODAY, ["arkivet", "bi"])


def of(kind="uppdrag", at="SON"):
    return OpenDeadline(id="d", stream="s", kind=DeadlineKind(kind), due=TODAY, act_by=TODAY, body=at)


def told(rule, deadline=None, directory=DIRECTORY):
    """`recipient channel` of everybody who is reminded."""
    return [f"{recipient} {channel}" for recipient, channel in directory.destinations(deadline or of(), rule)]


def escalated(rule, deadline=None):
    return [f"{recipient} {channel}" for recipient, channel in DIRECTORY.escalations(deadline or of(), rule)]


def rule(**settings):
    return ReminderRule("uppdrag", days_before=[1], **settings)


def test_the_one_whose_duty_it_is_is_told_in_the_log_and_by_mail_where_there_is_a_mailbox():
    assert told(rule()) == ["handlaggare@SON logg", "handlaggare@SON e-post"]
    assert told(rule(to=["hr"])) == ["hr@SON logg"]


@pytest.mark.parametrize(
    ("channels", "through"),
    [
        (("logg",), ["handlaggare@SON logg"]),
        (("e-post",), ["handlaggare@SON e-post"]),
        (("e-post", "e-post", "logg"), ["handlaggare@SON logg", "handlaggare@SON e-post"]),
        (("webhook",), ["arkivet webhook", "bi webhook"]),
        (("logg", "webhook"), ["handlaggare@SON logg", "arkivet webhook", "bi webhook"]),
    ],
)
def test_a_rule_says_through_what(channels, through):
    assert told(rule(channels=channels)) == through


def test_what_is_only_to_be_mailed_to_whom_no_mailbox_reaches_is_written_in_the_log():
    assert told(rule(to=["hr", "handlaggare"], channels=("e-post",))) == ["hr@SON logg", "handlaggare@SON e-post"]
    assert told(rule(channels=("e-post",)), directory=Directory(BODIES, [], TODAY)) == ["handlaggare@SON logg"]
    assert escalated(rule(escalate_days=[1], escalate_to=["hr"], channels=("e-post",))) == ["hr@SON todo"]


def test_a_system_is_told_once_however_many_roles_are():
    many = rule(to=["handlaggare", "hr"], channels=("logg", "webhook"))
    assert told(many) == ["handlaggare@SON logg", "hr@SON logg", "arkivet webhook", "bi webhook"]


def test_a_mailbox_is_told_by_its_name_by_mail_and_in_the_log_alone():
    assert told(rule(to=["kansliet"], channels=("logg", "e-post", "webhook"))) == [
        "kansliet logg",
        "kansliet e-post",
        "arkivet webhook",
        "bi webhook",
    ]


def test_whoever_is_reached_as_a_role_and_by_name_gets_what_was_asked_for():
    both = [Mailbox("handlaggare", "k@b.se"), Mailbox(name="kansliet", address="k@b.se")]
    directory = Directory(BODIES, both, TODAY)
    twice = rule(to=["handlaggare", "kansliet", "handlaggare"], channels=("e-post",))
    assert told(twice, directory=directory) == ["handlaggare@SON e-post", "kansliet e-post"]


def test_an_escalation_goes_to_its_own_roles_and_always_to_their_list():
    slow = rule(to=["hr"], escalate_days=[3], escalate_to=["forvaltningschef", "kommunsekreterare"])
    assert escalated(slow) == [
        "forvaltningschef@SON logg",
        "forvaltningschef@SON todo",
        "forvaltningschef@SON e-post",
        "kommunsekreterare logg",
        "kommunsekreterare todo",
    ]
    assert escalated(msgspec.structs.replace(slow, channels=("webhook",))) == [
        "forvaltningschef@SON todo",
        "kommunsekreterare todo",
        "arkivet webhook",
        "bi webhook",
    ]
    assert told(slow) == ["hr@SON logg"]
    assert escalated(slow, of("call", "KSAU"))[3:] == ["kommunsekreterare@KSAU todo"]


def test_nobody_is_escalated_to_by_a_rule_that_names_nobody():
    assert escalated(rule()) == []


@pytest.mark.parametrize(
    ("recipient", "address", "gathered"),
    [
        ("handlaggare@SON", "h@b.se", True),
        ("handlaggare@KS", "ks@b.se", False),
        ("handlaggare@KSAU", "ks@b.se", False),
        ("forvaltningschef@ON", "chef@b.se", True),  # its heir's
        ("forvaltningschef", "chef@b.se", True),  # the only one there is
        ("forvaltningschef@KS", None, False),
        ("kansliet", "k@b.se", False),
        ("arkivet", None, False),
        ("", None, False),
        ("registrator@SON", None, False),
    ],
)
def test_everybody_is_reached_where_they_are_and_gets_a_digest_where_that_mailbox_says_so(recipient, address, gathered):
    assert (DIRECTORY.address(recipient), DIRECTORY.gathers(recipient)) == (address, gathered)


def test_a_digest_is_a_named_mailboxs_own_affair():
    [*_, named] = BOXES
    gathering = Directory(BODIES, [msgspec.structs.replace(named, digest=True)], TODAY)
    assert gathering.gathers("kansliet")
    assert not gathering.gathers("handlaggare@SON")


def test_recipients_are_called_by_their_roles_or_their_own_names():
    assert [called(one) for one in ("handlaggare@SON", "kansliet", "ks")] == ["handläggaren", "kansliet", "ks"]
    assert [body_of(one) for one in ("handlaggare@SON", "kommunsekreterare", "kansliet")] == ["SON", "", ""]


def test_a_letter_says_to_whom_it_is_also_where_that_is_no_role():
    about = Told(kind=DeadlineKind.UPPDRAG, due=TODAY, act_by=TODAY, basis=MANDATE, ref="SON 2026-1", is_meeting=False)
    for recipient, said in (
        ("forvaltningschef@SON", "Till förvaltningschefen, SON: eskalering 1 av 2."),
        ("kansliet", "Till kansliet: eskalering 1 av 2."),
        ("kommunsekreterare", "Till kommunsekreteraren: eskalering 1 av 2."),
    ):
        occasion = Occasion(recipient=recipient, rule="uppdrag", step="e1/2", planned_for=TODAY, today=TODAY)
        assert said in text(about, occasion).splitlines()
