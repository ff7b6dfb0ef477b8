"""Every scenario, on the law alone and through the whole program: the same answers, and the right ones."""

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from states.case_facts import CaseKind
from states.deadlines import DeadlineKind
from states.judgement import Advanced, Finding, Refused
from states.lifecycle import GUARDS, MEETING_MOVES, MOVES
from tests.conftest import make_command
from tests.scenarios import days, reading
from tests.scenarios.by_hand import UNNUMBERED, ByHand, Impossible, Verdict
from tests.scenarios.by_use_cases import ByUseCases, anonymous
from tests.scenarios.reading import (
    ALLOWED,
    IMPOSSIBLE,
    NOTED,
    REFUSED,
    Scenario,
    UnreadableScenarioError,
    all_scenarios,
    read_step,
    scenarios_of,
)
from workflow.config import usual_rules
from workflow.desk import Desk

SCENARIOS = all_scenarios()
GUARD_BY_ID = {guard.id: guard for guard in GUARDS}
OUTSIDE_THE_TABLES = {"no-such-move", "rimlig-dag"}
ANSWERS = {Advanced: ALLOWED, Refused: REFUSED, Impossible: IMPOSSIBLE, type(None): NOTED}
every_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.label)


# --- the answers --------------------------------------------------------------------------------------


@every_scenario
def test_the_law_answers_as_the_scenario_says(scenario: Scenario):
    desk = ByHand(scenario.raised)
    for step in scenario.steps:
        assert not isinstance(desk.do(step), Refused | Impossible), f"a step was refused: {step.line}"
    verdict = desk.do(scenario.attempt)
    assert ANSWERS[type(verdict)] == scenario.answer
    assert _answer(verdict) == {
        "hindrar": set(scenario.blocking),
        "varnar": set(scenario.warning),
        "avvikelser": set(scenario.deviations),
        "äldre lag": set(scenario.older_law),
    }
    if isinstance(verdict, Advanced | Refused) and not _tells_what_follows(scenario):
        assert _unsaid(scenario, verdict) == []


@every_scenario
def test_the_days_are_those_the_scenario_says(scenario: Scenario):
    desk = _played(scenario)
    if scenario.deadlines is not None:
        assert days.lines(desk.open_deadlines()) == sorted(scenario.deadlines)
    if scenario.protocols is not None:
        assert desk.protocols() == sorted(scenario.protocols)
    if scenario.final is not None:
        assert desk.final() == scenario.final
    if scenario.reminders is not None:
        found = days.reminded(desk.open_deadlines(), usual_rules(), desk.council(), scenario.attempt.on)
        assert {kind: found.get(kind, []) for kind in scenario.reminders} == scenario.reminders


@every_scenario
def test_the_use_cases_answer_as_the_law_does(scenario: Scenario, rehearsing_desk: Desk):
    by_hand = ByHand(scenario.raised)
    by_use_cases = ByUseCases(rehearsing_desk, make_command, scenario.raised)
    for step in (*scenario.steps, scenario.attempt):
        expected, verdict = by_hand.do(step), by_use_cases.do(step)
        assert _anonymous_verdict(verdict) == _anonymous_verdict(expected), step.line
    assert _unsaid(scenario, verdict, *by_use_cases.notes) == []
    if by_hand.case:
        assert anonymous(by_use_cases.facts()) == anonymous(by_hand.facts())
    assert by_use_cases.open_deadlines() == by_hand.open_deadlines()
    assert (by_use_cases.protocols(), by_use_cases.final()) == (by_hand.protocols(), by_hand.final())


def test_the_municipality_reminds_by_the_usual_rules(shared_desk: Desk):
    """So that the days of `påminns` are those of our config.toml too."""
    assert shared_desk.settings.config.reminders == usual_rules()


def _findings(verdict: Verdict) -> tuple[Finding, ...]:
    if isinstance(verdict, Refused):
        return verdict.findings
    return verdict.warnings + verdict.deviations if isinstance(verdict, Advanced) else ()


def _unsaid(scenario: Scenario, verdict: Verdict, *notes: str) -> list[str]:
    """What should have been said and was not; `notes` is what the program adds to the law's answer."""
    texts = [verdict.why] if isinstance(verdict, Impossible) else [f.text for f in _findings(verdict)] + list(notes)
    return [words for words in scenario.says if words not in " ".join(texts)]


def _tells_what_follows(scenario: Scenario) -> bool:
    """True where what is said is the program's, not the law's: where everything went when a meeting was moved."""
    return scenario.allowed and scenario.attempt.words.get("how", "").startswith(("flyttat", "inställt"))


def _answer(verdict: Verdict) -> dict[str, set[str]]:
    refused = isinstance(verdict, Refused)
    found = _findings(verdict)
    return {
        "hindrar": {finding.guard for finding in found if refused and finding.blocks},
        "varnar": {finding.guard for finding in found if not finding.blocks},
        "avvikelser": {finding.guard for finding in found if not refused and finding.blocks},
        "äldre lag": {finding.guard for finding in found if finding.law_then},
    }


def _anonymous_verdict(verdict: Verdict) -> object:
    """A verdict in full, but for the id of a case that has no number."""
    if verdict is None or isinstance(verdict, Impossible):
        return type(verdict)
    ending = verdict.state if isinstance(verdict, Advanced) else verdict.recordable
    return type(verdict), ending, [_anonymous_finding(finding) for finding in _findings(verdict)]


def _anonymous_finding(finding: Finding) -> Finding:
    remedies = (
        replace(remedy, args={key: _without_id(value) for key, value in remedy.args.items()})
        for remedy in finding.remedies
    )
    return replace(finding, text=_without_id(finding.text), remedies=tuple(remedies))


def _without_id(text: str) -> str:
    return re.sub(r"\bid:[0-9a-f]{12}", UNNUMBERED, text)


# --- the collection -----------------------------------------------------------------------------------


@pytest.mark.parametrize("guard", GUARD_BY_ID)
def test_every_guard_has_a_scenario_it_lets_pass_and_one_where_it_speaks_up(guard: str):
    about = [scenario for scenario in SCENARIOS if guard in scenario.requirements]
    assert any(guard in scenario.unmet for scenario in about), "no failing scenario"
    assert any(guard not in scenario.unmet and scenario.allowed for scenario in about), "no passing scenario"


def test_the_scenarios_name_only_guards_that_exist():
    known = GUARD_BY_ID.keys() | OUTSIDE_THE_TABLES
    named = {s.label: {*s.requirements, *s.unmet, *s.older_law} for s in SCENARIOS}
    assert {label: guards - known for label, guards in named.items() if guards - known} == {}


def test_a_scenario_is_about_guards_that_its_attempt_is_asked():
    assert {s.label: strangers for s in SCENARIOS if (strangers := set(s.requirements) - _asked(s))} == {}


def _asked(scenario: Scenario) -> set[str]:
    """The guards of the row of the table that the attempt is judged by."""
    move = _played(scenario).asked[-1]
    return {guard.id for guard in move.guards} if move else OUTSIDE_THE_TABLES


def test_a_scenario_cites_the_law_as_its_guards_do():
    cited = {s.label: dict(zip(s.requirements, s.grounds, strict=True)) for s in SCENARIOS}
    right = {s.label: {guard: _ground(s, guard) for guard in s.requirements} for s in SCENARIOS}
    assert {label: right[label] for label in cited if cited[label] != right[label]} == {}


def _ground(scenario: Scenario, guard: str) -> str:
    """What a guard cites in this very case: fullmäktige is called by law, the others by routine."""
    played = _played(scenario)
    said = {finding.guard: finding.basis.cite for finding in _findings(played.verdict)}
    calls = guard in {"kallelse-in-time", "meeting-called"}
    if guard in OUTSIDE_THE_TABLES or (calls and not scenario.attempt.words["meeting"].startswith("KF ")):
        return said.get(guard) or "rutin"
    return said.get(guard, GUARD_BY_ID[guard].basis.cite) or "rutin"


def test_no_two_scenarios_have_the_same_title():
    titles = defaultdict(list)
    for scenario in SCENARIOS:
        titles[scenario.title].append(scenario.file)
    assert {title: files for title, files in titles.items() if len(files) > 1} == {}


def test_every_title_is_one_sentence():
    assert [s.title for s in SCENARIOS if not re.fullmatch(r"[A-ZÅÄÖ0-9”].*[^.]\.", s.title)] == []


def test_an_event_that_is_not_in_the_language_is_refused():
    with pytest.raises(UnreadableScenarioError, match="ingen händelse"):
        read_step("2024-05-28 besluta KF 2024-05-28")


def test_an_addition_that_is_not_in_the_language_is_refused():
    with pytest.raises(UnreadableScenarioError, match="enigt"):
        read_step("2024-05-28 beslut KF 2024-05-28, enigt")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('svar = "tillåtet"', "varken om ett krav eller om dagar"),
        ('svar = "antecknat"\nkrav = "chronology"\nlagrum = "rutin"', "inget krav prövas"),
        ('svar = "nja"\nfrister = []', "svar är nja"),
        ('svar = "tillåtet"\nfrister = []\n"väckt" = "ibland"', "väckt är ibland"),
    ],
)
def test_a_scenario_that_says_too_little_or_too_much_is_refused(tmp_path: Path, said: str, why: str):
    path = tmp_path / "ett.toml"
    path.write_text(f'[[scenario]]\ntitel = "Något sker."\n"försök" = "2024-05-28 avsluta"\n{said}\n', "utf-8")
    with pytest.raises(UnreadableScenarioError, match=why):
        list(scenarios_of(path))


def test_every_sort_of_deadline_has_its_word():
    assert set(days.WORDS) == set(DeadlineKind)
    assert len(set(days.WORDS.values())) == len(DeadlineKind)


@pytest.mark.parametrize("kind", CaseKind)
def test_every_kind_has_a_scenario_from_its_start_to_its_end(kind):
    ended = (scenario for scenario in SCENARIOS if scenario.allowed and scenario.attempt.verb == "avsluta")
    registered = (step for scenario in ended for step in scenario.steps if step.verb == "registrera")
    assert any(reading.code(step.words["kind"]) == kind for step in registered)


def test_the_scenarios_try_every_verb_of_the_tables():
    tried = {move.verb for scenario in SCENARIOS for move in _played(scenario).asked if move}
    assert tried == {move.verb for move in (*MOVES, *MEETING_MOVES)}


@cache
def _played(scenario: Scenario) -> ByHand:
    desk = ByHand(scenario.raised)
    for step in (*scenario.steps, scenario.attempt):
        desk.do(step)
    return desk
