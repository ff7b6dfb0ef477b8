"""The settings of the daemon: config.toml shows them all as they are without it, and wrong ones are told of."""

import msgspec
import pytest

from states.deadlines import USUAL, DeadlineKind
from tests.conftest import PROJECT
from workflow import config
from workflow.config import Config, Daemon, Email, usual_rules
from workflow.errors import EnvironmentFaultError

OURS = config.load(PROJECT / "config.toml").config


def told(tmp_path, text):
    """What is said of a configuration."""
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(EnvironmentFaultError) as error:
        config.load(path)
    return str(error.value).removeprefix(f"{path}: ")


def test_the_template_has_the_usual_rules():
    assert OURS.reminders == usual_rules()


def test_the_template_has_the_usual_times():
    assert (OURS.routines, OURS.daemon, OURS.email, OURS.mailboxes) == (USUAL, Daemon(), Email(), [])


def test_the_template_shows_every_setting():
    text = (PROJECT / "config.toml").read_text()
    for section in (Daemon, Email, type(USUAL)):
        assert [field.name for field in msgspec.structs.fields(section) if f"\n{field.name} = " not in text] == []


def test_every_kind_of_deadline_is_reminded_of():
    assert {rule.about for rule in usual_rules()} == {kind.value for kind in DeadlineKind}


def test_without_reminders_there_are_the_usual_ones():
    assert Config().reminders == usual_rules()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[reminders]]\nabout = "kalelse"', "reminders.about kalelse finns inte. Menade du"),
        (
            '[[reminders]]\nabout = "call"\ndays_before = [1]\nto = ["sekreterare"]',
            "sekreterare i reminders.to för call är",
        ),
        ('[[reminders]]\nabout = "call"\ndays_before = [1]\n' * 2, "två reminders har samma namn"),
        ('[[reminders]]\nabout = "call"\nlate = "alltid"', "inställningen reminders[0].late har fel värde"),
        ('[[reminders]]\nabout = "call"\ndays_befor = [1]', "okänd inställning reminders.days_befor. Menade du days_"),
        ('[[mailboxes]]\nrole = "chef"\naddress = "a@b.se"', "rollen chef finns inte."),
        ('[email]\nhost = "smtp.b.se"', "email.sender saknas"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_of(tmp_path, text, said):
    assert told(tmp_path, text).startswith(said)
