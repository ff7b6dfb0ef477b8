"""What a case's MBL entries add up to on a day: what is negotiated, asked for, and changed since (MBL, 1976:580)."""

from collections.abc import Iterable
from datetime import date

from states.case_facts import CaseFacts, MblEntry, MblKind

NOTED = (MblKind.FORHANDLING, MblKind.INFORMATION, MblKind.EJ_PAKALLAD)
"""What can be said of MBL in a skrivelse."""

ANSWERED_BY = {"12": ("11", "12"), "13": ("13",), "14": ("14",), "38": ("38",)}
"""The paragraph a union asks under -> those under which a negotiation answers it; 10 § stops no decision."""


ENDING = (MblKind.FORHANDLING, MblKind.AVSLUT)
"""What the days to go to court in are counted from, of secrecy (MBL 21 §)."""

BESIDE_THE_DECISION = ("10", "21")
"""Paragraphs under which what is negotiated is not the decision."""


def noted(entries: Iterable[MblEntry]) -> tuple[MblEntry, ...]:
    """The entries that tell how the matter stands to MBL; a request, an ending or an attest alone does not."""
    return tuple(entry for entry in entries if entry.kind in NOTED and entry.paragraph not in BESIDE_THE_DECISION)


def ended(entries: Iterable[MblEntry], entry: MblEntry) -> date | None:
    """The day a held negotiation was over: its own, unless it went on and was ended later (MBL 16 §); None: not yet."""
    if not entry.held:
        return None
    if not entry.unfinished:
        return entry.on
    endings = (e.on for e in entries if e.kind is MblKind.AVSLUT and e.paragraph == entry.paragraph)
    return min((on for on in endings if on >= entry.on), default=None)


def negotiated(entries: tuple[MblEntry, ...], paragraph: str | None, on: date, since: date = date.min) -> bool:
    """True when a negotiation under a paragraph, begun no earlier than `since`, was over on a day."""
    held = (e for e in entries if e.kind is MblKind.FORHANDLING and e.paragraph == paragraph and e.on >= since)
    return any((over := ended(entries, entry)) is not None and over <= on for entry in held)


def unfinished(entries: tuple[MblEntry, ...], on: date) -> MblEntry | None:
    """A negotiation about the decision that was not over on a day: booked, or held and to go on.

    It is over with its own ending, or with one under the same paragraph that began later.
    """
    own = (entry for entry in noted(entries) if entry.kind is MblKind.FORHANDLING)
    return next((one for one in own if not negotiated(entries, one.paragraph, on, since=one.on)), None)


def unanswered(entries: tuple[MblEntry, ...], on: date) -> tuple[MblEntry, ...]:
    """The unions' requests that had come by a day and no negotiation had answered (MBL 12–14, 38 §§)."""
    asked = (e for e in entries if e.kind is MblKind.BEGARAN and e.paragraph in ANSWERED_BY and e.on <= on)
    return tuple(one for one in asked if not _is_answered(entries, one, on))


def not_met(entries: tuple[MblEntry, ...]) -> tuple[MblEntry, ...]:
    """The unions' requests under 10 § after which no negotiation has begun (MBL 16 §)."""
    begun = [e.on for e in entries if e.kind is MblKind.FORHANDLING and e.paragraph == "10" and e.held]
    asked = (e for e in entries if e.kind is MblKind.BEGARAN and e.paragraph == "10")
    return tuple(one for one in asked if not any(on >= one.on for on in begun))


def going_on(entries: tuple[MblEntry, ...]) -> tuple[MblEntry, ...]:
    """What is not over: requests that nothing has answered, negotiations to be held or ended, and days in court."""
    asked = {*unanswered(entries, date.max), *not_met(entries)}
    held = (e for e in entries if e.kind is MblKind.FORHANDLING)
    asked |= {one for one in held if not negotiated(entries, one.paragraph, date.max, since=one.on)}
    return tuple(one for one in entries if one in asked or (one.kind in ENDING and one.paragraph == "21"))


def _is_answered(entries: tuple[MblEntry, ...], asked: MblEntry, on: date) -> bool:
    under = ANSWERED_BY[asked.paragraph or ""]
    return any(negotiated(entries, paragraph, on, since=asked.on) for paragraph in under)


def settled(entries: tuple[MblEntry, ...]) -> bool:
    """True when nothing is left to do: held or assessed, and every request answered."""
    told = noted(entries)
    informed = {entry.paragraph for entry in told if entry.kind is MblKind.INFORMATION and entry.held}
    waiting = any(entry.kind is MblKind.INFORMATION and entry.paragraph not in informed for entry in told)
    return bool(told) and not waiting and not unfinished(entries, date.max) and not unanswered(entries, date.max)


def changed_since(facts: CaseFacts) -> date | None:
    """The day the proposal became another than the one last negotiated; None: it is the same, or attested (AD 2014/71).

    What is negotiated is the proposal there was that day, or the first there came to be.
    """
    about = (entry for entry in noted(facts.mbl) if entry.kind is MblKind.FORHANDLING)
    held = [over for entry in about if (over := ended(facts.mbl, entry))]
    if not held or not facts.proposal_versions:
        return None
    before = [version for noted_on, version in facts.proposal_versions if noted_on is None or noted_on <= max(held)]
    agreed, now = before[-1] if before else facts.proposal_versions[0][1], facts.proposal_versions[-1][1]
    if agreed == now:
        return None
    changed = _since(facts.proposal_versions)
    attests = (e.on for e in facts.mbl if e.kind is MblKind.ATTEST)
    return None if changed is None or any(on >= changed for on in attests) else changed


def _since(versions: tuple[tuple[date | None, int], ...]) -> date | None:
    """The day the proposal there is now was first put."""
    found = None
    for noted_on, version in reversed(versions):
        if version != versions[-1][1]:
            break
        found = noted_on
    return found
