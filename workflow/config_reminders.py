"""[[reminders]] and [[mailboxes]]: when somebody is reminded and where, and what is said of what cannot work.

Of what is as it should be, nothing is told: the empty text.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from states.deadlines import NEVER_LATE, DeadlineKind
from states.roles import Role
from workflow import config_checks

TEN_YEARS, TEN_YEARS_IN_MONTHS = 3_660, 120
ROLES = frozenset(role.value for role in Role)
KINDS = frozenset(kind.value for kind in DeadlineKind)


class Mailbox(msgspec.Struct, frozen=True):
    """Where a role is reached; a box without a body serves every body that has none of its own.

    A box with a name instead of a role is one that rules send to by its name.
    """

    role: str = ""
    address: str = ""
    body: str = ""
    name: str = ""
    digest: bool = False  # everything of a day in one mail


class ReminderRule(msgspec.Struct, frozen=True):
    """When somebody is reminded of a kind of deadline, counted from the working day to act on."""

    about: str  # kind of deadline
    months_before: list[int] = []
    days_before: list[int] = []
    days_after: list[int] = []
    repeat_days: int = 0  # after the last of those, again and again
    days_before_last_council: list[int] = []  # before fullmäktige's last planned meeting in time
    to: list[str] = []  # roles, or names of mailboxes; empty: the one the duty is
    name: str = ""  # where several rules are about the same; empty: `about`
    late: Literal["skicka", "sla_ihop", "hoppa_over"] = "sla_ihop"  # what is done with a step that was missed
    count: Literal["kalenderdagar", "arbetsdagar"] = "kalenderdagar"  # what its days are
    channels: tuple[Literal["logg", "e-post", "webhook"], ...] = ("logg", "e-post")
    escalate_days: list[int] = []  # days after the day to act when others are told that nobody has done it
    escalate_to: list[str] = []  # roles


def usual_rules() -> list[ReminderRule]:
    """The rules of a configuration that names none."""
    return [
        ReminderRule("mbl", days_before=[14, 7, 3]),
        ReminderRule("manusstopp", days_before=[7, 1]),
        ReminderRule("announce", days_before=[3, 0]),
        ReminderRule("call", days_before=[3, 0]),
        ReminderRule("adjust", days_before=[7, 4, 2], days_after=[1]),
        ReminderRule("post", days_before=[1, 0], days_after=[1]),
        ReminderRule("take_down", days_before=[0], days_after=[14]),
        ReminderRule("dispatch", days_after=[0, 7], repeat_days=14),
        ReminderRule(
            "motion_year", months_before=[6, 3], days_before_last_council=[28], to=["kommunsekreterare", "handlaggare"]
        ),
        ReminderRule("uppsagning", months_before=[6, 3], days_before=[28, 14, 3]),
        ReminderRule("option", months_before=[3], days_before=[28, 14]),
        ReminderRule("avtalsslut", months_before=[9, 3], days_before=[28]),
        ReminderRule("uppdrag", days_before=[14, 3], days_after=[7], repeat_days=30),
        ReminderRule("handelse", days_before=[0]),
        ReminderRule("invantad", days_before=[0], repeat_days=180),
        ReminderRule("period", months_before=[3], days_before=[14]),
        ReminderRule("bevakning", days_before=[0], days_after=[7]),
        ReminderRule("silent", days_before=[0], repeat_days=30),
        ReminderRule("ansvarsfrihet", months_before=[3], days_before=[28]),
        ReminderRule("hold", days_before=[0], days_after=[7]),
        ReminderRule("report", days_before=[3]),
        ReminderRule("svar", days_before=[14, 3], days_after=[1]),
        ReminderRule("laga_kraft", days_before=[0]),
        ReminderRule("overklagande", days_before=[3, 0], days_after=[1], repeat_days=14),
        ReminderRule("mbl_mote", days_before=[7, 2], days_after=[1]),
        ReminderRule("mbl_talan", days_before=[5, 1]),
        ReminderRule("drojsmal", days_before=[14, 3], days_after=[7]),
        ReminderRule("drojsmal_svar", days_before=[14, 7, 2], days_after=[1]),
        ReminderRule("remissvar", days_before=[3], days_after=[1], repeat_days=14),
        ReminderRule("paus", days_before=[0], repeat_days=14),
        ReminderRule("redovisning", days_before=[28]),
    ]


# --- what cannot be used ------------------------------------------------------------------------------


def unknown_role(role: str) -> str:
    return "" if role in ROLES else f"rollen {role} finns inte.{config_checks.meant(role, ROLES)}"


def about_mailboxes(boxes: Sequence[Mailbox], codes: Collection[str]) -> Iterator[str]:
    """`codes` are those of the bodies there are."""
    seen = set()
    for box in boxes:
        yield from _about_name(box) if box.name else _about_role(box, codes)
        yield config_checks.useless_address("mailboxes.address", box.address)
        whose = box.name or f"{box.role} {box.body or 'utan body'}"
        if whose in seen:
            yield f"två mailboxes gäller {whose}; ta bort den ena."
        seen.add(whose)


def _about_role(box: Mailbox, codes: Collection[str]) -> Iterator[str]:
    if not box.role:
        yield f"mailboxes med adressen {box.address} saknar role; ange en, eller ett name som regler kan skicka till."
        return
    yield unknown_role(box.role)
    if box.body and box.body not in codes:
        yield f"mailboxes.body {box.body} är ingen code i [[bodies]].{config_checks.meant(box.body, codes)}"


def _about_name(box: Mailbox) -> Iterator[str]:
    if box.role:
        yield f"mailboxes {box.name} har både role och name; ta bort den ena."
    if box.body:
        yield f"mailboxes {box.name} har både name och body; en låda med name gäller alla instanser, så ta bort body."
    if box.name in ROLES:
        yield f"mailboxes.name {box.name} är en roll; skriv role i stället för name, eller välj ett annat namn."
    # The database tells a digest from a recipient by how its id begins.
    if not box.name.replace("-", "").replace("_", "").isalnum() or box.name.startswith("digest-"):
        yield f"mailboxes.name ”{box.name}” går inte att använda; skriv bokstäver, siffror, - och _, som i kansliet."


def numbers(rules: Iterable[ReminderRule]) -> Iterator[tuple[str, int, int, int]]:
    """(setting, value, least, most)"""
    for rule in rules:
        yield f"reminders.repeat_days för {rule.about}", rule.repeat_days, 0, TEN_YEARS
        for name in ("months_before", "days_before", "days_after", "days_before_last_council", "escalate_days"):
            most = TEN_YEARS_IN_MONTHS if name == "months_before" else TEN_YEARS
            least = 1 if name == "escalate_days" else 0  # nobody is late on the day itself
            yield from ((f"reminders.{name} för {rule.about}", number, least, most) for number in getattr(rule, name))


def about_rules(rules: Sequence[ReminderRule], boxes: Sequence[Mailbox], systems: Collection[str]) -> Iterator[str]:
    """`systems` are the names of [[webhook.targets]]."""
    named = {box.name for box in boxes if box.name}
    for rule in rules:
        yield from _about_rule(rule)
        yield from _about_escalation(rule)
        yield from _about_channels(rule, systems)
        yield from _about_recipients(rule, named)
    names = [rule.name or rule.about for rule in rules]
    if len(set(names)) != len(names):
        yield "två reminders har samma namn; ge den ena ett eget name."


def _about_rule(rule: ReminderRule) -> Iterator[str]:
    if rule.about not in KINDS:
        yield f"reminders.about {rule.about} finns inte.{config_checks.meant(rule.about, KINDS)}"
    if rule.days_before_last_council and rule.about != DeadlineKind.MOTION_YEAR:
        yield (
            f"reminders.days_before_last_council finns bara för {DeadlineKind.MOTION_YEAR}; "
            f"ta bort den för {rule.about} och använd days_before."
        )
    days = (rule.months_before, rule.days_before, rule.days_after, rule.days_before_last_council, rule.escalate_days)
    if not any(days) and not rule.repeat_days:
        yield f"reminders för {rule.about} har ingen dag; ange till exempel days_before = [7], eller ta bort regeln."


def _about_escalation(rule: ReminderRule) -> Iterator[str]:
    if rule.escalate_days and not rule.escalate_to:
        yield f'reminders.escalate_to saknas för {rule.about}; ange till exempel escalate_to = ["forvaltningschef"].'
    if rule.escalate_to and not rule.escalate_days:
        yield f"reminders.escalate_days saknas för {rule.about}; ange till exempel escalate_days = [3]."
    if rule.escalate_days and rule.about in NEVER_LATE:
        yield (
            f"reminders.escalate_days finns inte för {rule.about}, som ingen kan vara sen med; gör en regel till för "
            f"{rule.about}, med days_after, to och ett eget name."
        )
    yield from map(unknown_role, rule.escalate_to)


def _about_channels(rule: ReminderRule, systems: Collection[str]) -> Iterator[str]:
    if not rule.channels:
        yield f'reminders.channels för {rule.about} är tom; skriv till exempel ["logg"], eller ta bort regeln.'
    if "webhook" in rule.channels and not systems:
        yield (
            f"reminders.channels för {rule.about} har webhook, men inget system är angivet; "
            "lägg till ett i [[webhook.targets]]."
        )


def _about_recipients(rule: ReminderRule, named: Collection[str]) -> Iterator[str]:
    for one in rule.to:
        if "@" in one:
            yield (
                f"reminders.to för {rule.about} har en adress; ge lådan ett name i [[mailboxes]] och skriv det i to, "
                "för adresser ska inte stå i databasen eller i loggen."
            )
        elif one not in ROLES | set(named):
            possible = ROLES | set(named)
            yield (
                f"{one} i reminders.to för {rule.about} är varken en roll eller ett name i [[mailboxes]]."
                f"{config_checks.meant(one, possible)}"
            )
        elif one in named and "e-post" not in rule.channels:
            yield f"reminders.to för {rule.about} har lådan {one}, men channels har inte e-post; lägg till den där."
