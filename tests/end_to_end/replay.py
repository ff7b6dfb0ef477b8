"""What real protocols tell, read into sittings, and a registrator who enters it through the CLI."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from tests.workflow.cli.office import done

LATE = ("--skal", "Efterregistrerat ur protokollen.")
MISSING = ("--avvikelse", "Uppgiften framgår inte av protokollen.")

BODIES = {
    "kommunfullmäktige": ("KF", "kf", ""),
    "kommunstyrelsens arbetsutskott": ("KSAU", "ks", "KS"),
    "kommunstyrelsen": ("KS", "ks", ""),
    "nämnden för Teknik": ("TE", "namnd", ""),
    "nämnden för Vård & Omsorg": ("VO", "namnd", ""),
    "nämnden för Kultur & Fritid": ("KU", "namnd", ""),
    "nämnden för Förskola & Grundskola": ("FG", "namnd", ""),
    "nämnden för Gymnasium & Arbetsmarknad": ("GA", "namnd", ""),
}
"""Name -> code, kind and the body it belongs to."""

ROLES = {"anmäld": "anmalan", "remiss": "remiss", "beredning": "beredning", "förslag": "forslag"}
MATTERS = {"avslag": "avslagen", "besvarad": "besvarad"}
"""What a protocol decides of the matter -> our code; bifall and remiss are told otherwise."""

PERSON = r"[^\W\d_][\w -]*\w \([A-Z]+\)"
VOTER = re.compile(rf"^\| (?P<name>{PERSON}) \| (?P<ja>X?) ?\| (?P<nej>X?) ?\| (?P<avstar>X?) ?\|$", re.MULTILINE)
CHAIR = re.compile(rf"Ordförande ({PERSON}?) finner")
SIGNATURE = re.compile(r"^Datum:\s+(\d{4}-\d\d-\d\d) ", re.MULTILINE)


class Sitting(NamedTuple):
    """A case at a meeting, as the documents tell it."""

    case: str
    body: str
    on: date
    role: str
    paragraph: int | None
    told: Mapping[str, Any]  # of the protocol, where there is one

    @property
    def meeting(self) -> str:
        return f"{self.body}-{self.on}"


class Protocol(NamedTuple):
    """A document that has been signed."""

    body: str
    on: date
    signed_on: date
    paragraphs: Sequence[Mapping[str, Any]]
    voters: Mapping[str, str]  # name -> ja, nej or avstar
    chair: str

    @property
    def meeting(self) -> str:
        return f"{self.body}-{self.on}"


def bodies_toml() -> str:
    return "".join(
        f'[[bodies]]\ncode = "{code}"\nname = "{name}"\nkind = "{kind}"\nvalid_from = 1992-01-01\n'
        + (f'parent = "{parent}"\n' if parent else "")
        + ('diary = "KS"\n' if code == "KF" else "")
        for name, (code, kind, parent) in BODIES.items()
    )


def members_toml(protocol: Protocol) -> str:
    """Those who voted had the seats of the body that day."""
    return "".join(
        f'[[members]]\nid = "m-{number}"\nbody = "{protocol.body}"\nname = "{name}"\nvalid_from = {protocol.on}\n'
        f'valid_to = {protocol.on}\nseat = "{"ordforande" if name == protocol.chair else "ledamot"}"\n'
        for number, name in enumerate(protocol.voters, 1)
    )


# --- reading the documents ---------------------------------------------------------------------------------


def chains(folder: Path) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = json.loads((folder / "chains.json").read_text("utf-8"))["chains"]
    return found


def protocols(folder: Path) -> list[Protocol]:
    documents = json.loads((folder / "index.json").read_text("utf-8"))["documents"]
    return [_protocol(folder, one) for one in documents if one["type"].startswith("protokoll")]


def _protocol(folder: Path, document: Mapping[str, Any]) -> Protocol:
    text, truth = (folder / document["file"]).read_text("utf-8"), document["truth"]
    code, chair = code_of(truth["organ"]), CHAIR.search(text)
    assert code is not None
    return Protocol(
        body=code,
        on=date.fromisoformat(truth["date"]),
        signed_on=max(date.fromisoformat(day) for day in SIGNATURE.findall(text)),
        paragraphs=truth["paragraphs"],
        voters={
            voter["name"]: next(how for how in ("ja", "nej", "avstar") if voter[how]) for voter in VOTER.finditer(text)
        },
        chair=chair[1] if chair else "",
    )


def code_of(name: str) -> str | None:
    """The code of a body by the name a document gives it."""
    return next((code for known, (code, _, _) in BODIES.items() if known.casefold() == name.casefold()), None)


def of_chain(chain: Mapping[str, Any]) -> Iterator[Sitting]:
    """The steps of a chain that happened at a meeting of one of our bodies."""
    for step in chain["steps"]:
        name, _, what = step["event"].partition(": ")
        code, on = code_of(name), date.fromisoformat(step["date"])
        if code is None or what.startswith(("tidigare", "yttrande")):
            continue
        paragraph = int(step["paragraph"].removeprefix("§ ")) if step["paragraph"] else None
        usual = "beslut" if code == "KS" else "beredning"
        role = next((role for word, role in ROLES.items() if what.startswith(word)), usual)
        yield Sitting(chain["dnr"], code, on, role, paragraph, {})


def of_protocol(protocol: Protocol) -> Iterator[Sitting]:
    for told in protocol.paragraphs:
        role = "forslag" if told["to"] == "kommunfullmäktige" else "beslut"
        yield Sitting(told["dnr"], protocol.body, protocol.on, role, told["nr"], told)


def together(sittings: Sequence[Sitting]) -> list[Sitting]:
    """Each case once at each meeting, as everything that tells of it says; by day and §."""
    found: dict[tuple[str, str], Sitting] = {}
    for one in sittings:
        earlier = found.get((one.case, one.meeting))
        found[one.case, one.meeting] = earlier._replace(told=one.told) if earlier else one
    return sorted(found.values(), key=lambda one: (one.on, one.paragraph or 0))


# --- entering it -------------------------------------------------------------------------------------------


class Registrator:
    """Enters what the documents tell, in the order it happened."""

    def __init__(self, sittings: Sequence[Sitting], since: Mapping[str, tuple[str, date]]) -> None:
        self._since = since  # dnr -> rubrik and first day, where more is told of a case than its §§
        self._ways = defaultdict[str, list[Sitting]](list)
        self._meetings = defaultdict[str, list[Sitting]](list)
        for sitting in sittings:
            self._ways[sitting.case].append(sitting)
            self._meetings[sitting.meeting].append(sitting)

    def enter(self, protocols_: Sequence[Protocol]) -> None:
        """Everything, meeting by meeting."""
        signed = {protocol.meeting: protocol for protocol in protocols_}
        for meeting, items in self._meetings.items():
            for sitting in items:
                self._bring(sitting)
            self._hold(meeting, items)
            if meeting in signed and signed[meeting].voters:
                self._do("meeting", "attend", meeting, "--alla", on=items[0].on)
            for sitting in items:
                self._treat(sitting, signed.get(meeting))
            if meeting in signed:
                self._sign(signed[meeting])

    def show(self, dnr: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(done("show", dnr, "--json"))
        return found

    def _do(self, *words: str, on: date) -> None:
        done(*words, "--date", on.isoformat(), *LATE)

    # --- to a meeting -----------------------------------------------------------------------------

    def _bring(self, sitting: Sitting) -> None:
        """Take a case the steps it has gone by the day of a meeting; what a protocol says of it is what it says."""
        if sitting is self._ways[sitting.case][0]:
            self._register(sitting)
        for _ in range(6):
            case = self.show(sitting.case)
            if case["state"] not in ("draft", "mbl") and case["stage"] == sitting.body:
                break
            if case["state"] == "draft":
                self._do("edit", sitting.case, "--att", f"{case['stage']}=Förslaget antas.", on=sitting.on)
            if case["state"] == "mbl" and not case["mbl"]:
                self._do("mbl", sitting.case, "--ej-pakallad", "--vem", "Framgår inte", on=sitting.on)
            self._do("advance", sitting.case, on=sitting.on)
        if sitting.told:
            told = [word for name in sitting.told["recipients"] for word in ("--mottagare", name)]
            self._do("edit", sitting.case, "--rubrik", sitting.told["rubrik"], *told, on=sitting.on)

    def _register(self, first: Sitting) -> None:
        way = [(one.body, one.role) for one in self._ways[first.case]]
        way += [("KF", "beslut")] if way[-1][1] == "forslag" else []
        rubrik, on = self._since.get(first.case, (first.told.get("rubrik", ""), first.on))
        kind = {"KF": "motion", "KS": "ks_arende"}.get(first.body, "forvaltningsarende")
        steps = [word for body, role in way for word in ("--steg", f"{body}={role}")]
        self._do("register", "--kind", kind, "--rubrik", rubrik, "--dnr", first.case, *steps, on=on)

    def _hold(self, meeting: str, sittings: Sequence[Sitting]) -> None:
        """The cases on the agenda in the order of their §§, with what we have no protocol of in between."""
        on, first = sittings[0].on, sittings[0].paragraph
        self._do("meeting", "add", meeting, on=on)
        following = first
        for sitting in sittings:
            missing = (sitting.paragraph or 0) - (following or 0)
            blanks = [word for _ in range(missing) for word in ("--punkt", "Ingår inte i utdraget")]
            if blanks:
                self._do("meeting", "agenda", meeting, *blanks, on=on)
            self._do("book", sitting.case, meeting, "--late", "Efterregistrerat.", on=on)
            following = sitting.paragraph + 1 if sitting.paragraph else None
        done("meeting", "hold", meeting, *(("--first", str(first)) if first else ()), *MISSING)

    # --- at the meeting ---------------------------------------------------------------------------

    def _treat(self, sitting: Sitting, protocol: Protocol | None) -> None:
        outcome, here = sitting.told.get("outcome"), (sitting.case, sitting.meeting)
        if outcome == "remiss":
            done("refer", *here, "--to", sitting.body, *MISSING)
        elif sitting.role in ("anmalan", "remiss"):
            done("refer", *here, "--to", self._asked_next(sitting), *MISSING)
        else:
            matter = ("--arendet", MATTERS[outcome]) if outcome in MATTERS else ()
            done("decide", *here, *matter, *MISSING)
        if sitting.told.get("votes") and protocol:
            self._vote(sitting, protocol)
        for name in sitting.told.get("reservations", ()):
            done("minute", *here, "--reservation", name, *MISSING)

    def _asked_next(self, sitting: Sitting) -> str:
        way = self.show(sitting.case)["way"]
        here = next(place for place, step in enumerate(way) if step["here"])
        return str(way[here + 1]["body"])

    def _vote(self, sitting: Sitting, protocol: Protocol) -> None:
        sides = {
            f"--{side}": ",".join(name for name, how in protocol.voters.items() if how == side)
            for side in ("ja", "nej", "avstar")
        }
        cast = [word for flag, names in sides.items() if names for word in (flag, names)]
        self._do("vote", sitting.case, sitting.meeting, "--huvud", "Remiss", "--mot", "Avgöra", *cast, on=sitting.on)

    def _sign(self, protocol: Protocol) -> None:
        """Adjusted at the last signature, or at once for the §§ the protocol says; then sent to everybody."""
        at_once = [str(one["nr"]) for one in protocol.paragraphs if one.get("omedelbar_justering")]
        ranges = [word for number in at_once for word in ("--paragraf", number)]
        self._do("meeting", "adjust", protocol.meeting, *ranges, on=protocol.signed_on)
        self._do("meeting", "dispatch", protocol.meeting, "--alla", on=protocol.signed_on)
