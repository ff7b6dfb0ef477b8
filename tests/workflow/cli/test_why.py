"""`why` is complete: what it lists is not met, and what it says to do makes the step possible, by the real CLI."""

import json
import os
import shlex
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from tests.workflow.cli.office import Answer, arende, done
from workflow.cli import main

DAY = timedelta(days=1)
CASES = range(300 if os.environ.get("ARENDE_LONG") else 30)
WAYS = (
    "forvaltningsarende --body SON",
    "forvaltningsarende --steg SON=forslag --steg KS=forslag --steg KF=beslut",
    "forvaltningsarende --steg SON=forslag --steg KF=beslut",
    "motion",
    "ks_arende",
    "ks_arende --steg KSAU=beredning --steg KS=forslag --steg KF=beslut",
    "foreskrift --body SON",
    "val",
    "informationsarende --body SON",
    "ledamotsinitiativ --body SON",
)
STATES = ("mbl", "namnd", "ks", "kf", "skickas_till", "avslutad")


class Clerk:
    """Types commands on a day of one's own, which only goes forward."""

    def __init__(self, patch: pytest.MonkeyPatch, today: date) -> None:
        self.today, self.said = today, list[str]()
        clerk = self

        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return datetime.combine(clerk.today, time(12), UTC)

        patch.setattr(main, "datetime", Clock)

    def types(self, *words: str) -> Answer:
        self.said.append(f"{self.today}  {shlex.join(words)}")
        answer = arende(*words)
        assert "Flaggan" not in answer.err, answer
        return answer

    def asks(self, *words: str) -> Any:
        return json.loads(done(*words, "--json"))


@pytest.fixture
def clerk(office, monkeypatch):
    return Clerk(monkeypatch, date(2025, 2, 3))


def begin(clerk: Clerk, dice: Random) -> str:
    """A case with some meetings ahead, taken some way along its plan, and then disturbed."""
    clerk.today += dice.randrange(300) * DAY
    number = ["--dnr", "SON 2025-17"] if dice.random() < 0.8 else []
    words = ["register", "--rubrik", "Ett ärende", *number, "--kind", *dice.choice(WAYS).split()]
    assert clerk.types(*words).code == 0, clerk.said
    case: str = clerk.asks("list")[0]["ref"].replace(" ", "-", 1)
    for body in ("SON", "KSAU", "KS", "KF"):
        for days in dice.sample(range(2, 70), dice.choice((1, 2, 3, 4))):
            clerk.types("meeting", "add", body, str(clerk.today + days * DAY))
    if dice.random() < 0.5:
        clerk.types("edit", case, "--att", "SON=Ett förslag")
    talks = (["--ej-pakallad"], ["--forhandling", "11", "--bokad", str(clerk.today + 20 * DAY)], ["--begaran", "12"])
    if dice.random() < 0.7:
        clerk.types("mbl", case, *dice.choice(talks))
    planned = clerk.asks("plan", case)["actions"]
    for one in planned[: dice.randrange(len(planned) + 1)]:
        take(clerk, one)
    disturb(clerk, dice, case)
    return case


def disturb(clerk: Clerk, dice: Random, case: str) -> None:
    """Something that nobody planned for."""
    if dice.random() < 0.3:
        clerk.today += dice.randrange(20) * DAY
    ahead = [one["ref"] for one in clerk.asks("meeting", "list") if one["state"] in ("planerad", "kallad")]
    if ahead and dice.random() < 0.3:
        clerk.types("meeting", "cancel", dice.choice(ahead).replace(" ", "-", 1), "--skal", "Ordföranden är sjuk")
    if dice.random() < 0.2:
        clerk.types("mbl", case, "--begaran", "12")
    if dice.random() < 0.2:
        clerk.types(
            "remiss", "add", case, "--till", "Regionen", "--senast", str(clerk.today + 9 * DAY), "--obligatorisk"
        )


def take(clerk: Clerk, one: dict[str, Any]) -> Answer:
    """Do what is said on the day it can be done."""
    clerk.today = max(clerk.today, date.fromisoformat(one["on"]))
    return clerk.types(*shlex.split(one["command"])[1:])


@pytest.mark.parametrize("seed", CASES)
def test_doing_what_why_says_makes_the_step_possible_and_nothing_it_lists_is_met(clerk: Clerk, seed: int) -> None:
    dice = Random(seed)
    case = begin(clerk, dice)
    goal = dice.choice((None, None, *STATES))
    told = clerk.asks("why", case, *(["--to", goal] if goal else []))
    if not told["steps"]:
        assert told["state"] in ("avslutad", "aterkallad")
        return
    step = told["steps"][0]
    refused = tried(clerk, case, step)
    assert [one["guard"] for one in step["findings"] if one["blocks"]] == refused, clerk.said
    if told["way"] is None:
        assert refused, clerk.said
        assert told["obstacle"] or step["findings"]
        return
    for one in told["way"]:
        answer = take(clerk, one)
        assert answer.code == 0, (clerk.said, answer)
    assert clerk.asks("show", case)["state"] == (goal or step["to"] or "avslutad"), clerk.said


def tried(clerk: Clerk, case: str, step: dict[str, Any]) -> list[str]:
    """The guards that refuse the step when it is tried now; none for one that goes through, which is taken back."""
    words = ["close", case] if step["verb"] == "close" else ["advance", case, "--to", step["to"]]
    answer = clerk.types(*words, "--json")
    view = json.loads(answer.out)
    if answer.code == 0:
        last = clerk.asks("history", case)[-1]
        assert clerk.types("correct", case, str(last["seq"]), "--skal", "Ett prov").code == 0, clerk.said
        return []
    return [one["guard"] for one in view["findings"] if one["blocks"]]
