"""The scenarios as a municipal lawyer writes them, read into values.

A file is about one subject. A step is a line: the day, what happened, and after commas what else is to
be said of it ("brådskar: skäl", "med avvikelse: skäl", "till: A; B"). A background is a list of
steps that several scenarios begin with. README.md beside this file tells how to write one.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from states.swedish_calendar import working_days_after

HERE = Path(__file__).parent
ALLOWED, REFUSED, IMPOSSIBLE, NOTED = "tillåtet", "vägrat", "orimligt", "antecknat"
FILED, TOLD = "ingiven", "anmäld"

SHAPES: dict[str, str] = {
    # what has happened with a case
    "registrera": r"registrera (?P<kind>förvaltningsärende|motion|medborgarförslag|ks-ärende|"
    r"interpellation|fråga|val|revision|ledamotsinitiativ|föreskrift|informationsärende|inkommen remiss|"
    r"myndighetsyttrande|delegationsbeslut|ordförandebeslut)( (?P<number>.+))?",
    "skrivelse": r"skrivelse inlämnad",
    "ändra": r"ändra",
    "mbl": r"mbl (?P<what>förhandling|information|ej påkallad|begäran|avslut|attest)"
    r"( (?P<paragraph>\d+) §)?( (?P<how>hållen|lämnad|inledd|centralt|bokad till (?P<booked>\d{4}-\d\d-\d\d)))?",
    "remiss": r"remiss till (?P<who>.+)",
    "om remiss": r"remiss (?P<referral>\d+) (?P<how>besvarad|återtagen|flyttad till (?P<until>\d{4}-\d\d-\d\d))",
    "paus": r"pausa till (?P<until>\d{4}-\d\d-\d\d)",
    "paus slut": r"pausen slut",
    "part": r"parten (?P<what>underrättad|begär avgörande|får avslag)",
    "instans": r"ny instans (?P<body>\w+) (?P<role>.+)",
    "boka": r"boka (?P<meeting>\w+ \d{4}-\d\d-\d\d)",
    "för till": r"för till (?P<to>mbl|nämnd|ks|kf|expediering)",
    "remittera": r"remittera till (?P<to>\w+) vid (?P<meeting>\w+ \d{4}-\d\d-\d\d)",
    "återremittera": r"återremittera till (?P<to>\w+) vid (?P<meeting>\w+ \d{4}-\d\d-\d\d)",
    "bordlägg": r"bordlägg vid (?P<meeting>\w+ \d{4}-\d\d-\d\d)",
    "beslut": r"beslut (?P<meeting>\w+ \d{4}-\d\d-\d\d)",
    "expediera": r"expediera( (?P<meeting>\w+ \d{4}-\d\d-\d\d))?",
    "mottaget": r"mottaget av (?P<who>.+?)( för (?P<meeting>\w+ \d{4}-\d\d-\d\d))?",
    "överklagande": r"överklagande hos (?P<place>kommunen|förvaltningsrätten)"
    r"( av (?P<meeting>\w+ \d{4}-\d\d-\d\d))?",
    "lämnat vidare": r"överklagande (?P<appeal>\d+) lämnat vidare",
    "avgjort": r"överklagande (?P<appeal>\d+) avgjort: (?P<outcome>avslag|upphävt|avvisat|avskrivet)",
    "laga kraft": r"laga kraft bekräftad( för (?P<meeting>\w+ \d{4}-\d\d-\d\d))?",
    "avsluta": r"avsluta",
    "återuppta": r"återuppta",
    "återkalla": r"återkalla",
    "lägg samman": r"lägg samman med (?P<other>\S+ \S+)",
    "ny bevakning": r"ny bevakning (?P<kind>avtalsslut|uppsägning|option|uppdrag|händelse|period|bevakning)",
    "bevakning": r"bevakning (?P<watch>\d+) (?P<how>klar|har inträffat|uppskjuten till (?P<until>\d{4}-\d\d-\d\d))",
    "uppdrag": r"uppdrag (?P<watch>\d+) redovisat",
    "slag": r"(?P<kind>beslut|information|anmälan) vid (?P<meeting>\w+ \d{4}-\d\d-\d\d)",
    "utgår": r"utgår vid (?P<meeting>\w+ \d{4}-\d\d-\d\d)",
    # what the protocol says of a §
    "jäv": r"jäv (?P<meeting>\w+ \d{4}-\d\d-\d\d)",
    "protokollet": r"(?P<what>yrkande|reservation|anteckning) (?P<who>\w+) vid (?P<meeting>\w+ \d{4}-\d\d-\d\d)",
    "votering": r"votering (?P<meeting>\w+ \d{4}-\d\d-\d\d)",
    # who has a seat, and who was there
    "ledamöter": r"(?P<body>\w+) har (?P<ordinary>\d+) ledamöter( och (?P<substitutes>\d+) ersättare)?",
    "närvaro": r"närvaro (?P<meeting>\w+ \d{4}-\d\d-\d\d)",
    "avslutat": r"sammanträde (?P<meeting>\w+ \d{4}-\d\d-\d\d) avslutat kl (?P<hour>\d\d\.\d\d)",
    # what has happened with a meeting
    "delegation": r"(?P<what>delegationsbeslut|brådskande beslut) (?P<point>[\d.]+) för (?P<body>\w+)",
    "sammanträde": r"sammanträde (?P<meeting>\w+ \d{4}-\d\d-\d\d) "
    r"(?P<how>planerat|omplanerat|flyttat till (?P<day>\d{4}-\d\d-\d\d)|inställt|kungjort|kallat|hållet|justerat"
    r"|anslaget|nedtaget)",
    "tavlan nere": r"anslagstavlan nere (?P<meeting>\w+ \d{4}-\d\d-\d\d)"
    r" från (?P<first>\d{4}-\d\d-\d\d) till (?P<last>\d{4}-\d\d-\d\d)",
    "överklagbar": r"§ (?P<paragraph>\d+) (?P<answer>kan|kan inte) överklagas (?P<meeting>\w+ \d{4}-\d\d-\d\d)",
}
EXTRAS = {
    "registrera": {"väg", "förslag", "mottagare", "rester", "svar senast", "inkommet", "barn"},
    "remiss": {"svar senast", "arbetsdagar", "obligatorisk"},
    "skrivelse": {"förslag", "mottagare", "rester"},
    "ändra": {"dnr", "mottagare", "förslag", "ifyllt", "för åtgärd", "för kännedom", "överklagas genom", "barn"},
    "instans": {"före", "samtidigt som", "svar senast", "arbetsdagar"},
    "boka": {"brådskar", "som"},
    "remittera": {"direkt", "samtidigt till", "svar senast", "arbetsdagar", "med avvikelse"},
    "återremittera": {"till förvaltningen", "minoritet", "med avvikelse"},
    "bordlägg": {"minoritet", "med avvikelse"},
    "beslut": {"utfall", "till", "alla närvarande eniga", "ändring", "avslag", "med avvikelse"},
    "expediera": {"till", "före justering", "för åtgärd", "för kännedom", "sätt"},
    "återuppta": {"till"},
    "ny bevakning": {"senast", "händelse", "månader", "text"},
    "sammanträde": {"paragraf", "med avvikelse", "manusstopp", "kallelse", "kungörelse", "skäl"},
    "tavlan nere": {"paragraf"},
    "jäv": {"ledamot", "med avvikelse"},
    "protokollet": {"anmäld", "med avvikelse"},
    "votering": {"ja", "nej", "avstår", "utslag", "lott", "sluten", "med avvikelse"},
    "närvaro": {
        "alla",
        "närvarande",
        "ersätter",
        "från",
        "till",
        "distans",
        "personalföreträdare",
        "igen",
        "med avvikelse",
    },
}
DAYS = {"frister", "protokoll", "laga kraft", "påminns"}
SCENARIO_KEYS = {
    "titel", "krav", "lagrum", "bakgrund", "steg", "försök", "svar", "hindrar", "varnar", "avvikelser", "äldre lag",
    "säger", "väckt", "regel", *DAYS,
}  # fmt: skip


class UnreadableScenarioError(Exception):
    """A scenario file says something that is not in the language."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One thing that happened, or is attempted, on a day."""

    line: str
    on: date
    verb: str
    words: Mapping[str, str]
    extras: Mapping[str, str]

    def listed(self, extra: str) -> tuple[str, ...]:
        """The parts of an extra that is a list; empty when it was not said."""
        return tuple(part.strip() for part in self.extras[extra].split(";")) if extra in self.extras else ()

    @property
    def deviation(self) -> bool:
        return "med avvikelse" in self.extras

    @property
    def reason(self) -> str | None:
        reasons = (self.extras.get(key) for key in ("med avvikelse", "brådskar", "före justering", "skäl"))
        return next((reason for reason in reasons if reason), None)


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """Events, an attempt, and the answer that is expected."""

    file: str
    title: str
    requirements: tuple[str, ...]
    grounds: tuple[str, ...]
    steps: tuple[Step, ...]
    attempt: Step
    answer: str
    blocking: tuple[str, ...] = ()
    warning: tuple[str, ...] = ()
    deviations: tuple[str, ...] = ()
    older_law: tuple[str, ...] = ()
    says: tuple[str, ...] = field(default=())
    rules: tuple[str, ...] = ()  # the rows of the study of the law that it proves
    raised: str = FILED  # when a motion is väckt: the municipality's setting
    deadlines: tuple[str, ...] | None = None  # here and below None: nothing is said of it
    protocols: tuple[str, ...] | None = None
    final: str | None = None
    reminders: Mapping[str, list[str]] | None = None

    @property
    def allowed(self) -> bool:
        return self.answer == ALLOWED

    @property
    def unmet(self) -> frozenset[str]:
        """The guards that say something, in whatever way."""
        return frozenset(self.blocking + self.warning + self.deviations)

    @property
    def label(self) -> str:
        """What the scenario is called in a test report, which shows ASCII only."""
        letters = self.title.lower().translate(str.maketrans("åäöé", "aaoe"))
        return f"{self.file.removesuffix('.toml')}: {re.sub('[^a-z0-9 ]', '', letters)}"


def all_scenarios(folder: Path = HERE) -> tuple[Scenario, ...]:
    return tuple(scenario for path in sorted(folder.glob("*.toml")) for scenario in scenarios_of(path))


def scenarios_of(path: Path) -> Iterator[Scenario]:
    content = tomllib.loads(path.read_text("utf-8"))
    _refuse_unknown(path.name, set(content), {"bakgrund", "scenario"})
    backgrounds = {raw["namn"]: raw for raw in content.get("bakgrund", ())}
    for raw in content["scenario"]:
        try:
            yield _scenario(path.name, raw, backgrounds)
        except (KeyError, UnreadableScenarioError) as error:
            raise UnreadableScenarioError(f"{path.name}, {raw.get('titel')}: {error}") from error


def _scenario(file: str, raw: Mapping[str, Any], backgrounds: Mapping[str, Mapping[str, Any]]) -> Scenario:
    _refuse_unknown("scenario", set(raw), SCENARIO_KEYS)
    _refuse_odd_answer(raw)
    lines = (*_background(raw.get("bakgrund"), backgrounds), *raw.get("steg", ()))
    return Scenario(
        file=file,
        title=raw["titel"],
        requirements=_one_or_more(raw.get("krav", [])),
        grounds=_one_or_more(raw.get("lagrum", [])),
        steps=tuple(read_step(line) for line in lines),
        attempt=read_step(raw["försök"]),
        answer=raw["svar"],
        blocking=tuple(raw.get("hindrar", ())),
        warning=tuple(raw.get("varnar", ())),
        deviations=tuple(raw.get("avvikelser", ())),
        older_law=tuple(raw.get("äldre lag", ())),
        says=tuple(raw.get("säger", ())),
        rules=_one_or_more(raw.get("regel", [])),
        raised=raw.get("väckt", FILED),
        deadlines=_said(raw, "frister"),
        protocols=_said(raw, "protokoll"),
        final=raw.get("laga kraft"),
        reminders=raw.get("påminns"),
    )


def _refuse_odd_answer(raw: Mapping[str, Any]) -> None:
    answers = (ALLOWED, REFUSED, IMPOSSIBLE, NOTED)
    if raw["svar"] not in answers:
        raise UnreadableScenarioError(f"svar är {raw['svar']}, inte {', '.join(answers)}")
    if raw.get("väckt", FILED) not in (FILED, TOLD):
        raise UnreadableScenarioError(f"väckt är {raw['väckt']}, inte {FILED} eller {TOLD}")
    if "krav" not in raw and not DAYS & set(raw):
        raise UnreadableScenarioError("det handlar varken om ett krav eller om dagar")
    if "krav" in raw and raw["svar"] == NOTED:
        raise UnreadableScenarioError(f"inget krav prövas när svaret är {NOTED}")


def _said(raw: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    return tuple(raw[key]) if key in raw else None


def _background(name: str | None, backgrounds: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    if name is None:
        return ()
    _refuse_unknown(name, set(backgrounds[name]), {"namn", "bakgrund", "steg"})
    earlier = _background(backgrounds[name].get("bakgrund"), backgrounds)
    return (*earlier, *backgrounds[name]["steg"])


def _one_or_more(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def read_step(line: str) -> Step:
    """`2024-05-28 beslut KF 2024-05-28, utfall: avslagen` as a value."""
    head, *tail = re.split(r",\s+", line.strip())
    day, _, what = head.partition(" ")
    extras = {key.strip(): value.strip() for key, _, value in (part.partition(":") for part in tail)}
    for verb, shape in SHAPES.items():
        match = re.fullmatch(shape, what)
        if match:
            _refuse_unknown(line, set(extras), EXTRAS.get(verb, set()))
            words = {key: value for key, value in match.groupdict().items() if value is not None}
            return Step(line, date.fromisoformat(day), verb, words, extras)
    raise UnreadableScenarioError(f"”{line}” är ingen händelse")


def _refuse_unknown(where: str, said: set[str], known: set[str]) -> None:
    if said - known:
        raise UnreadableScenarioError(f"{where}: {', '.join(sorted(said - known))} finns inte")


# --- what both runners read out of a step -------------------------------------------------------------


def code(word: str) -> str:
    """The code of a Swedish word: `ks-ärende` is ks_arende."""
    return word.translate(str.maketrans("åäö -", "aao__"))


def planned(step: Step) -> dict[str, date]:
    """The days a meeting is planned by: `manusstopp: 2024-05-01`."""
    words = ("manusstopp", "kallelse", "kungörelse")
    return {word: date.fromisoformat(step.extras[word]) for word in words if word in step.extras}


def way(step: Step) -> tuple[tuple[str, str], ...]:
    """(body, role) of `väg: KF anmälan → KS remiss → KF beslut`."""
    stages = (stage.strip().partition(" ") for stage in step.extras.get("väg", "").split("→") if stage.strip())
    return tuple((body, role.strip()) for body, _, role in stages)


def proposals(step: Step) -> tuple[tuple[str | None, int], ...]:
    """(body, att-satser) of `förslag: SON 2; KF 1`; `utan instans` where the skrivelse names none."""
    parts = (part.rpartition(" ") for part in step.listed("förslag"))
    return tuple((None if body == "utan instans" else body, int(count)) for body, _, count in parts)


def paragraphs(step: Step) -> tuple[int, ...]:
    """The §§ of `paragraf: 1; 3`."""
    return tuple(int(number) for number in step.listed("paragraf"))


def answer_day(step: Step) -> date | None:
    """The day of `svar senast: 2024-05-02` or `arbetsdagar: 15`, counted from the step's."""
    if "arbetsdagar" in step.extras:
        return working_days_after(step.on, int(step.extras["arbetsdagar"]))
    return date.fromisoformat(step.extras["svar senast"]) if "svar senast" in step.extras else None


def minority(step: Step) -> tuple[int, int] | None:
    """(who asked, who was present) of `minoritet: 6 av 15`."""
    said = re.fullmatch(r"(\d+) av (\d+)", step.extras.get("minoritet", ""))
    return (int(said[1]), int(said[2])) if said else None


def matters(step: Step) -> dict[int, str]:
    """Code of what became of the matter, att-sats by att-sats: `utfall: 1=besvarad; 2=avslagen`; 0 stands for all."""
    parts = (part.rpartition("=") for part in step.listed("utfall"))
    return {int(number or 0): code(outcome) for number, _, outcome in parts}


def leftovers(step: Step) -> tuple[tuple[str, str], ...]:
    """(section, text) of `rester: Beslutsunderlag = ÅÅÅÅ-MM-DD`."""
    parts = (part.partition(" = ") for part in step.listed("rester"))
    return tuple((section, text) for section, _, text in parts)


def members(step: Step) -> tuple[tuple[str, str, str, int | None], ...]:
    """(id, name, seat, place) of `SON har 5 ledamöter och 2 ersättare`: L1 presides, E1 is called in first."""
    body = step.words["body"]
    ordinary = [(f"L{number}", "ledamot" if number > 1 else "ordforande", None) for number in _up_to(step, "ordinary")]
    others = [(f"E{number}", "ersattare", number) for number in _up_to(step, "substitutes")]
    return tuple((f"{body}-{name}", name, seat, place) for name, seat, place in (*ordinary, *others))


def _up_to(step: Step, word: str) -> range:
    return range(1, int(step.words.get(word, 0)) + 1)


def stand_ins(step: Step) -> Mapping[str, str]:
    """Who serves for whom: `ersätter: E1 för L4; E2 för L5`."""
    pairs = (part.partition(" för ") for part in step.listed("ersätter"))
    return {who: member for who, _, member in pairs}


def bounds(step: Step, extra: str) -> Mapping[str, int]:
    """The first or last § of some: `från: L3 = 2`."""
    pairs = (part.partition(" = ") for part in step.listed(extra))
    return {who: int(number) for who, _, number in pairs}


def votes(step: Step) -> tuple[tuple[tuple[str, str], ...], tuple[int, int, int]]:
    """Who voted how, or (ja, nej, avstår) where only numbers are said."""
    words = [step.extras.get(how, "") for how in ("ja", "nej", "avstår")]
    if all(word.isdecimal() for word in words if word):
        yes, no, abstained = (int(word or 0) for word in words)
        return (), (yes, no, abstained)
    return tuple((who, code(how)) for how in ("ja", "nej", "avstår") for who in step.listed(how)), (0, 0, 0)
