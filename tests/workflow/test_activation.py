"""Another configuration: what it would do is what it does, and wherever it is cut short it is mended."""

import re
import stat
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from states import planning
from states.case_facts import CaseKind, MblEntry, MblKind, StageRole
from states.deadlines import DeadlineKind
from tests.conftest import PROJECT, TODAY, make_command
from tests.workflow import witness
from workflow import (
    activation,
    audit_journal,
    casework,
    config,
    config_files,
    decisionwork,
    durable_files,
    installation,
    log_exporter,
    meetingwork,
    protocolwork,
    registration,
    schema,
    statements,
)
from workflow.activation import Effects
from workflow.cli import config_views
from workflow.connection import EVERYTHING
from workflow.desk import Desk
from workflow.errors import ChangedMeanwhileError, EnvironmentFaultError, UsageError
from workflow.installation import of_config
from workflow.registration import NewCase, Proposal, Skrivelse
from workflow.sight import Sight
from workflow.use_case import Done

MEETS = date(2026, 3, 12)
EVERYTHING_NAMED = Sight(named=True, counted=True)
MANUS = (r"manus_days = 14", "manus_days = 21")
NO_SON = (r"^valid_from = 2019-01-01$", "valid_from = 2019-01-01\nvalid_to = 2025-12-31")
HEIR = """
[[bodies]]
code = "VON"
name = "Vård- och omsorgsnämnden"
kind = "namnd"
valid_from = 2026-01-01
succeeds = "SON"

"""
RENAMED = (NO_SON, (r"^# Punkter som står på", HEIR + "# Punkter som står på"))


@pytest.fixture
def office(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk whose settings stand in a file, as they are shipped."""
    monkeypatch.setenv("ARENDE_DATABASE_URL", desk.settings.database_url)
    (desk.settings.directory / "config.toml").write_bytes((PROJECT / "config.toml").read_bytes())
    desk.connection.cleared = EVERYTHING
    log_exporter.export(desk.connection, desk.settings.log_directory)
    yield Desk(desk.connection, config.load(desk.settings.directory / "config.toml"))
    told = witness.fold(witness.bodies(desk.connection))
    assert witness.unlogged(witness.dump(told), witness.live(desk.connection)) == []
    assert witness.broken_chains(desk.connection) == []


def done(answer: object) -> str:
    assert isinstance(answer, Done), answer
    return answer.stream.partition(":")[2]


def a_case(desk: Desk, *, at_namnd: bool = True, secrecy: str | None = None) -> str:
    """A case that waits for SON."""
    skrivelse = Skrivelse(
        rubrik="Om boendet",
        numbers=("SON 2026-7",),
        proposals=(Proposal(body="SON", att_satser=("Antas.",)),),
        recipients=("Akten",),
        mbl=(MblEntry(kind=MblKind.EJ_PAKALLAD, paragraph=None, on=TODAY, held=True),),
    )
    way = ((desk.bodies.find("SON", TODAY), StageRole.BESLUT),)
    new = NewCase(kind=CaseKind.FORVALTNINGSARENDE, skrivelse=skrivelse, way=way, secrecy=secrecy)
    case = done(registration.register(desk, make_command(), new))
    for _ in range(2 if at_namnd else 0):
        done(casework.advance(desk, make_command(), case))
    return case


def a_meeting(desk: Desk, body: str = "SON", on: date = MEETS) -> str:
    return done(meetingwork.add(desk, make_command(), body, on))


def another(office: Desk, *changes: tuple[str, str]) -> Path:
    """The configuration in force with changes, in a file of its own."""
    text = office.settings.file.read_text(encoding="utf-8")
    for pattern, new in changes:
        text, found = re.subn(pattern, new, text, count=1, flags=re.MULTILINE)
        assert found, pattern
    file = office.settings.directory / "ny.toml"
    file.write_text(text, encoding="utf-8")
    return file


def check(office: Desk, file: Path, sight: Sight = EVERYTHING_NAMED) -> Effects:
    new, _ = activation.load(file, office.settings)
    return activation.rehearse(office, make_command(), new, sight)


def activate(office: Desk, file: Path) -> Effects:
    new, content = activation.load(file, office.settings)
    return activation.activate(office, make_command(), new, content, EVERYTHING_NAMED)


def again(office: Desk) -> Desk:
    """A desk that has read its settings anew."""
    return Desk(office.connection, config.load(office.settings.file))


def moves(effects: Effects) -> dict[tuple[str, str], tuple[str, str]]:
    return {(one.ref, one.about.value): (str(one.before), str(one.after)) for one in effects.moved}


def dues(office: Desk) -> dict[str, str]:
    return {row["id"]: row["due"] for row in office.connection.run(statements.EVERY_OPEN_DEADLINE)}


def told(office: Desk) -> list[witness.Body]:
    return [one for one in witness.bodies(office.connection) if one["type"] == "system.config_activated"]


def files(office: Desk) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in office.settings.directory.glob("*.toml*")}


# --- what would be different ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        (MANUS, {("SON 2026-03-12", "manusstopp"): ("2026-02-26", "2026-02-19")}),
        ((r"silent_days = 60", "silent_days = 30"), {("SON 2026-7", "silent"): ("2026-03-03", "2026-02-01")}),
        (
            (r'(code = "SON"\n)', r"\1call_days = 8" + "\n"),
            {("SON 2026-03-12", "call"): ("2026-03-07", "2026-03-04")},
        ),
    ],
    ids=["manus_days", "silent_days", "call_days"],
)
def test_a_changed_time_moves_what_is_open_and_it_is_told_before(
    office: Desk, change: tuple[str, str], moved: dict[tuple[str, str], tuple[str, str]]
) -> None:
    a_case(office)
    a_meeting(office)
    file, before, everything = another(office, change), dues(office), witness.live(office.connection)
    effects = check(office, file)
    assert moves(effects) == moved
    assert not effects.refused
    assert (dues(office), witness.live(office.connection)) == (before, everything)
    assert moves(activate(office, file)) == moved
    after = dues(office)
    changed = {(before[key], after[key]) for key in before if before[key] != after[key]}
    assert changed == set(moved.values())
    assert moves(check(again(office), file)) == {}


@pytest.mark.parametrize(
    "change",
    [(r"manus_days = 14", "manus_days = 80"), (r'(code = "SON"\n)', r"\1call_days = 80" + "\n")],
    ids=["manus_days", "call_days"],
)
def test_a_changed_time_moves_plans_and_it_is_told_before(office: Desk, change: tuple[str, str]) -> None:
    a_case(office)
    a_meeting(office)
    a_meeting(office, on=date(2026, 6, 11))
    file = another(office, change)
    moved = ("Planen för SON 2026-7: SON 2026-03-12 → SON 2026-06-11",)
    unnamed = check(office, file, Sight(named=False, counted=True))
    assert check(office, file).plans == moved
    assert (unnamed.plans, unnamed.plans_unnamed) == ((), 1)
    assert activate(office, file).plans == moved
    assert check(again(office), file).plans == ()


def test_no_plan_is_made_anew_for_what_no_plan_rests_on(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    a_case(office)
    monkeypatch.delattr(planning, "plan")
    assert check(office, another(office, (r"silent_days = 60", "silent_days = 30"))).plans == ()


def test_the_day_of_dispatch_moves_with_its_setting(office: Desk) -> None:
    case, meeting, monday = a_case(office), a_meeting(office, on=date(2026, 1, 5)), date(2026, 1, 5)
    done(casework.book(office, make_command(), case, meeting))
    done(meetingwork.hold(office, make_command(monday), meeting))
    done(decisionwork.decide(office, make_command(monday), case, meeting, {}))
    done(protocolwork.adjust(office, make_command(date(2026, 1, 8)), meeting))
    effects = check(office, another(office, (r"dispatch_days = 7", "dispatch_days = 3")))
    assert moves(effects)["SON 2026-7", "dispatch"] == ("2026-01-15", "2026-01-11")


def test_what_has_been_called_keeps_its_lead_time(office: Desk) -> None:
    meeting = a_meeting(office, on=date(2026, 1, 20))
    done(meetingwork.call(office, make_command(), meeting))
    file = another(office, (r'(code = "SON"\n)', r"\1call_days = 8" + "\n"))
    assert activate(office, file).counts["registered"] == 1
    assert office.connection.run(statements.MEETING, id=meeting)[0]["call_days"] == 5


def test_an_upgrade_brings_a_changed_lead_time_to_what_is_planned(office: Desk) -> None:
    meeting = a_meeting(office)
    office.settings.file.write_bytes(another(office, (r'(code = "SON"\n)', r"\1call_days = 8" + "\n")).read_bytes())
    told_before = moves(check(again(office), office.settings.file))
    schema.upgrade(again(office).settings, make_command())
    assert office.connection.run(statements.MEETING, id=meeting)[0]["call_days"] == 8
    assert told_before == {("SON 2026-03-12", "call"): ("2026-03-07", "2026-03-04")}


def test_a_changed_rule_changes_reminders_and_no_day(office: Desk) -> None:
    a_meeting(office)
    effects = check(
        office, another(office, (r'(about = "manusstopp"\n)days_before = \[7, 1\]', r"\1days_before = [10]"))
    )
    (one,) = effects.reminders
    assert (one.ref, one.rule, one.about) == ("SON 2026-03-12", "manusstopp", DeadlineKind.MANUSSTOPP)
    assert one.before == (date(2026, 2, 19), date(2026, 2, 25))
    assert one.after == (date(2026, 2, 16),)
    assert effects.moved == ()


def test_another_recipient_is_another_reminder(office: Desk) -> None:
    a_meeting(office)
    rule = (r'(about = "manusstopp"\n)', r'\1to = ["registrator"]' + "\n")
    (one,) = check(office, another(office, rule)).reminders
    assert (one.to_before, one.to_after) == ((), ("registrator",))
    assert one.before == one.after


@pytest.mark.parametrize(
    ("lines", "becomes"),
    [
        ('count = "arbetsdagar"', {"before": ["2026-02-17", "2026-02-25"]}),
        ('channels = ["logg"]', {"through": ["logg"]}),
        (
            'escalate_days = [1, 3]\nescalate_to = ["forvaltningschef"]',
            {"escalated": ["2026-02-27", "2026-03-02"], "escalated_to": ["forvaltningschef"]},
        ),
    ],
)
def test_every_setting_of_a_rule_is_told_of_with_what_it_does(
    office: Desk, lines: str, becomes: dict[str, list[str]]
) -> None:
    a_meeting(office)
    (one,) = check(office, another(office, (r'(about = "manusstopp"\n)', rf"\1{lines}" + "\n"))).reminders
    told = msgspec.json.decode(msgspec.json.encode(one))
    was = {
        "before": ["2026-02-19", "2026-02-25"],
        "to": [],
        "through": ["logg", "e-post"],
        "escalated": [],
        "escalated_to": [],
    }
    after = {"after" if name == "before" else f"{name}_after": days for name, days in {**was, **becomes}.items()}
    before = {name if name == "before" else f"{name}_before": days for name, days in was.items()}
    same = {"ref": "SON 2026-03-12", "about": "manusstopp", "rule": "manusstopp"}
    assert told == {**same, **before, **after}


def test_a_changed_rule_is_read_as_what_it_was_and_becomes(office: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    a_meeting(office)
    lines = 'channels = ["logg"]\nescalate_days = [1]\nescalate_to = ["hr"]'
    found = check(office, another(office, (r'(about = "manusstopp"\n)', rf"\1{lines}" + "\n")))
    config_views.effects(found, "ny.toml", False, done=False)
    assert (
        "SON 2026-03-12, manusstopp, handlingarna ska vara inlämnade (regeln manusstopp): 2026-02-19, 2026-02-25 genom "
        "driftloggen och e-post → 2026-02-19, 2026-02-25 genom driftloggen, eskalerat 2026-02-27 till hr"
    ) in " ".join(capsys.readouterr().out.split())


# --- what would be stranded -------------------------------------------------------------------------


def test_a_body_that_is_removed_strands_its_cases_and_nothing_is_changed(office: Desk) -> None:
    a_case(office)
    before, everything = files(office), witness.bodies(office.connection)
    file = another(office, NO_SON)
    effects = activate(office, file)
    assert (effects.refused, effects.stranded) == (True, 1)
    assert ("SON 2026-7", "väntar på SON") in [fault.path for fault in effects.faults]
    assert files(office) == {**before, "ny.toml": file.read_bytes()}
    *same, tried = witness.bodies(office.connection)
    assert same == everything
    assert (tried["type"], tried["changes"]) == ("system.config_refused", [])
    asked = {"from": effects.before, "to": effects.after, "stranded": 1, "faults": []}
    assert tried["data"] == asked


def test_a_check_is_no_attempt(office: Desk) -> None:
    a_case(office)
    everything = witness.bodies(office.connection)
    assert check(office, another(office, NO_SON)).refused
    assert witness.bodies(office.connection) == everything


def test_a_body_with_an_heir_strands_nothing_and_the_case_goes_there(office: Desk) -> None:
    case = a_case(office)
    effects = activate(office, another(office, *RENAMED))
    assert (effects.refused, effects.stranded) == (False, 0)
    assert effects.counts == {"registered": 2, "succeeded": 1, "deadlines": 0}
    assert [row["body"] for row in office.connection.run(statements.STAGES, id=case)] == ["VON"]
    types = [one["type"] for one in witness.bodies(office.connection)][-2:]
    assert types == ["case.succeeded", "system.config_activated"]


def test_a_case_that_nobody_could_take_on_is_stranded(office: Desk) -> None:
    a_case(office)
    gone = (r'"registrator", "handlaggare", "forvaltningschef", "hr", "namndsekreterare", "kommunsekreterare"', '"hr"')
    effects = check(office, another(office, gone))
    assert (effects.refused, effects.stranded) == (True, 1)
    assert "case-without-role" in [fault.code for fault in effects.faults]


def test_what_is_stranded_already_stands_in_nobodys_way(office: Desk) -> None:
    a_case(office)
    office.settings.file.write_bytes(another(office, NO_SON).read_bytes())
    effects = check(again(office), another(office, MANUS))
    assert (effects.refused, effects.stranded) == (False, 0)
    assert "case-without-body" in [fault.code for fault in effects.faults]


def test_a_configuration_that_cannot_be_worked_by_is_refused(office: Desk) -> None:
    file = another(office, (r'(code = "KF"(?:\n.*?)*?\nvalid_from = )1992', r"\g<1>2992"))
    effects = activate(office, file)
    assert (effects.refused, effects.stranded, told(office)) == (True, 0, [])


# --- who is told what -------------------------------------------------------------------------------


def test_whoever_reads_no_cases_gets_numbers(office: Desk) -> None:
    a_case(office)
    a_meeting(office)
    file = another(office, MANUS, (r"silent_days = 60", "silent_days = 30"), NO_SON)
    effects = check(office, file, Sight(named=False, counted=True))
    assert (effects.moved, effects.moved_unnamed) == ((), 2)
    assert (effects.reminders, effects.reminders_unnamed) == ((), 2)
    assert effects.stranded == 1
    assert "SON 2026-7" not in str(effects)


def test_a_secret_case_is_counted_and_not_named(office: Desk) -> None:
    a_case(office, secrecy="OSL 26:1")
    office.connection.cleared = ""
    effects = check(office, another(office, (r"silent_days = 60", "silent_days = 30")))
    assert (effects.moved, effects.moved_unnamed) == ((), 1)
    assert "SON 2026-7" not in str(effects)


# --- the files --------------------------------------------------------------------------------------


def test_one_record_tells_of_it_and_the_old_file_is_kept_under_its_hash(office: Desk) -> None:
    a_meeting(office)
    old, mode = office.settings.file.read_bytes(), 0o640
    office.settings.file.chmod(mode)
    file = another(office, MANUS)
    effects = activate(office, file)
    (record,) = told(office)
    assert record["data"] == {
        "from": office.settings.hash,
        "to": config.load(file).hash,
        "registered": 0,
        "succeeded": 0,
        "deadlines": 1,
    }
    assert record["data"]["to"] == effects.after == again(office).settings.hash
    kept = office.settings.directory / f"config-{office.settings.hash[:12]}.toml"
    assert (kept.read_bytes(), office.settings.file.read_bytes()) == (old, file.read_bytes())
    assert {stat.S_IMODE(path.stat().st_mode) for path in (kept, office.settings.file)} == {mode}
    assert set(files(office)) == {"config.toml", "ny.toml", kept.name}


def test_a_link_to_the_settings_stays_a_link(office: Desk) -> None:
    real = office.settings.directory / "etc"
    real.mkdir()
    office.settings.file.rename(real / "config.toml")
    (office.settings.directory / "config.toml").symlink_to(real / "config.toml")
    linked = Desk(office.connection, config.load(office.settings.directory / "config.toml"))
    file = another(linked, MANUS)
    activate(linked, file)
    assert (office.settings.directory / "config.toml").is_symlink()
    assert (real / "config.toml").read_bytes() == file.read_bytes()


def test_activated_twice_it_changes_nothing_and_says_nothing_more(office: Desk) -> None:
    a_meeting(office)
    file = another(office, MANUS)
    activate(office, file)
    everything, names = witness.bodies(office.connection), files(office)
    effects = activate(again(office), file)
    assert effects.before == effects.after
    assert (witness.bodies(office.connection), files(office)) == (everything, names)


def test_the_old_settings_can_be_activated_again(office: Desk) -> None:
    a_meeting(office)
    before, old = dues(office), office.settings.hash
    activate(office, another(office, MANUS))
    activate(again(office), config_files.kept(office.settings.file, old))
    assert (dues(office), again(office).settings.hash) == (before, old)
    assert [(one["data"]["from"], one["data"]["to"]) for one in told(office)][1] == (told(office)[0]["data"]["to"], old)


# --- cut short --------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process is gone."""


def killed(*_: object, **__: object) -> None:
    raise Killed


def before_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    seal = audit_journal.seal

    def cut(connection: object, command: object, draft: audit_journal.Draft, **more: bool) -> object:
        if draft.type == "system.config_activated":
            raise Killed
        return seal(connection, command, draft, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(audit_journal, "seal", cut)


def before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config_files, "put_in_place", killed)


def before_the_rename(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable_files, "copy", killed)


def before_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_exporter, "export", killed)


@pytest.mark.parametrize("cut", [before_the_database, before_the_file, before_the_rename])
def test_killed_between_file_and_database_it_is_told_and_done_again_it_is_mended(
    office: Desk, monkeypatch: pytest.MonkeyPatch, cut: Callable[[pytest.MonkeyPatch], None]
) -> None:
    a_meeting(office)
    file = another(office, MANUS)
    expected = moves(check(office, file))
    with monkeypatch.context() as patch:
        cut(patch)
        with pytest.raises(Killed):
            activate(office, file)
    ready = office.settings.directory / "config.toml.aktiveras"
    with pytest.raises(EnvironmentFaultError, match=rf"Gör klart den: arende config activate {ready}"):
        installation.require_sound(again(office).settings, TODAY)
    activate(again(office), ready)
    installation.require_sound(again(office).settings, TODAY)
    assert again(office).settings.hash == config.load(file).hash
    assert len(told(office)) == 1
    assert not ready.exists()
    assert expected == {("SON 2026-03-12", "manusstopp"): ("2026-02-26", "2026-02-19")}
    assert "2026-02-19" in dues(office).values()


def test_killed_before_the_log_is_written_nothing_is_left_but_that(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = another(office, MANUS)
    with monkeypatch.context() as patch:
        before_the_log(patch)
        with pytest.raises(Killed):
            activate(office, file)
    installation.require_sound(again(office).settings, TODAY)
    assert (len(told(office)), again(office).settings.hash) == (1, config.load(file).hash)


@pytest.mark.parametrize("cut", [before_the_database, before_the_file])
def test_what_was_cut_short_is_called_off_by_activating_what_is_in_force(
    office: Desk, monkeypatch: pytest.MonkeyPatch, cut: Callable[[pytest.MonkeyPatch], None]
) -> None:
    a_meeting(office)
    before = dues(office)
    with monkeypatch.context() as patch:
        cut(patch)
        with pytest.raises(Killed):
            activate(office, another(office, MANUS))
    activate(again(office), office.settings.file)
    installation.require_sound(again(office).settings, TODAY)
    assert (dues(office), again(office).settings.hash) == (before, office.settings.hash)


def test_a_directory_that_cannot_be_written_to_leaves_everything(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    a_meeting(office)
    before = dues(office)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(durable_files, "write", full)
        with pytest.raises(EnvironmentFaultError, match=r"\(disken är full\)\. Inget har ändrats"):
            activate(office, another(office, MANUS))
    installation.require_sound(again(office).settings, TODAY)
    assert (dues(office), told(office)) == (before, [])


def test_settings_that_somebody_else_has_changed_meanwhile_are_read_again_first(office: Desk) -> None:
    file = another(office, MANUS)
    activate(office, file)
    with pytest.raises(ChangedMeanwhileError, match="ändrades av någon annan"):
        activate(office, file)


def test_only_one_activates_at_a_time(office: Desk) -> None:
    with config_files.alone(office.settings.file), pytest.raises(ChangedMeanwhileError, match="Någon annan aktiverar"):
        activate(office, another(office, MANUS))


# --- what cannot be activated -----------------------------------------------------------------------


def test_another_database_is_a_move_and_no_setting(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="det är en flytt"):
        check(office, another(office, (r'directory = "logg"', 'directory = "annan"')))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("[routines\n", "inte giltig TOML, rad 1"),
        ("[routines]\nmanus_dagar = 3\n", "okänd inställning routines.manus_dagar"),
        ('[routines]\nmanus_days = "tre"\n', "manus_days"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(office: Desk, content: str, why: str) -> None:
    file = office.settings.directory / "ny.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(EnvironmentFaultError, match=why):
        check(office, file)


def test_the_installation_of_ours_has_the_bodies_of_its_day(office: Desk) -> None:
    codes = {body.code for body in of_config(office.settings.config, TODAY).bodies}
    assert codes == {"KF", "KS", "KSAU", "KFP", "SON"}
