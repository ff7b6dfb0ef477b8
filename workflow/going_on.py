"""What waits for an answer in a case that is joined with another, and goes on in that one.

A day that somebody outside has set, or that the law counts, is not lost because a case ends: the other case gets
it, and whoever waits is answered there. What the other one cannot take is refused, with what to do first.
"""

from collections.abc import Iterator
from datetime import date

from states import deadlines, mbl
from states.case_facts import AppealRegime, CaseFacts, MblEntry, MblKind, Referral, State
from states.deadlines import DeadlineKind
from states.records import Change, insert, update
from states.swedish_text import day, listed
from workflow import audit_journal, payload_store, statements
from workflow.audit_journal import Command, Draft
from workflow.case_store import LockedCase
from workflow.connection import Connection
from workflow.errors import UsageError

PARTY = frozenset({DeadlineKind.PARTY_DELAY, DeadlineKind.PARTY_ANSWER})


class GoingOn:
    """What of a case goes on in another."""

    def __init__(self, connection: Connection, case: LockedCase, other: LockedCase) -> None:
        self._connection, self._case, self._other = connection, case, other
        waiting = [one for one in deadlines.case_deadlines(case.facts) if not one.subject]
        self.answer_by = next((one.due for one in waiting if one.kind is DeadlineKind.ANSWER), None)
        self.party = any(one.kind in PARTY for one in waiting)
        regimes = {case.facts.appeal_regime, other.facts.appeal_regime}
        self._have_parties = regimes == {AppealRegime.FORVALTNINGSBESVAR}
        self.referrals = tuple(one for one in case.facts.referrals if one.answered_on is None)
        self.mbl = mbl.going_on(case.facts.mbl)
        self._refuse_impossible()

    def left(self, command: Command) -> Iterator[Change]:
        """Nobody waits for their answers in the case that ends."""
        for one in self.referrals:
            yield update("referral", id=one.id, withdrawn_on=command.on.isoformat())

    def columns(self) -> dict[str, str | None]:
        """What the other case's own row says from now on."""
        answer_by = min(one for one in (self.answer_by, self._other.facts.answer_by) if one) if self.answer_by else None
        ours = {"answer_by": answer_by.isoformat()} if answer_by else {}
        return {**ours, **(_of_parties(self._case.facts, self._other.facts) if self._have_parties else {})}

    def rows(self, command: Command, draft: Draft) -> Iterator[Change]:
        """The other case's own remisser and MBL entries from now on; who and why are told there too."""
        for number, one in enumerate(self.referrals, self._first_number()):
            yield _referral_row(command, self._other.id, number, one, draft)
        texts = payload_store.of_stream(self._connection, self._case.stream)
        rows = self._connection.run(statements.MBL, id=self._case.id)
        known = set(self._other.facts.mbl)
        for row, entry in zip(rows, self._case.facts.mbl, strict=True):
            if entry in self.mbl and entry not in known:
                told = {key: payload_store.text(texts, row["payload"], key) for key in ("who", "reason")}
                payload = draft.text(told) if row["payload"] else None
                said = {"held": entry.held, "unfinished": entry.unfinished or None, "central": entry.central or None}
                new = {"id": command.new_id(), "case_id": self._other.id, "payload": payload}
                yield insert("mbl_event", **row | said | new)

    def told(self) -> Iterator[str]:
        """What has gone over, a sentence each."""
        there = self._other.facts.ref
        if self.answer_by:
            yield f"Svarsdagen {day(self.answer_by)} gäller nu {there}."
        for number, one in enumerate(self.referrals, self._first_number()):
            yield f"Remiss {one.number}, svar senast {day(one.due)}, är nu remiss {number} i {there}."
        for entry in self.mbl:
            yield f"{_of_mbl(entry)} väntar nu i {there}."
        if self.party:
            yield f"Partens dagar (FL 11–12 §§) räknas nu i {there}, från den dag det äldsta av ärendena väcktes."

    def _first_number(self) -> int:
        return 1 + audit_journal.highest(self._connection, self._other.stream, "number", "referral")

    # --- what the other case cannot take --------------------------------------------------------------

    def _refuse_impossible(self) -> None:
        there, here = self._other.facts, self._case.facts
        waits = list(self._named())
        if not waits:
            return
        what = f"I {here.ref} väntar {listed(waits)}"
        if there.state is State.SKICKAS_TILL or deadlines.is_settled(there):
            raise UsageError(
                f"{what}, och {there.ref} är redan avgjort. Gör det klart i {here.ref} först, eller återuppta "
                f"{there.ref}: arende reopen {_word(there)}"
            )
        if self.referrals and there.paused_on:
            raise UsageError(
                f"{what}, och {there.ref} är pausat. Låt det gå vidare först: arende resume {_word(there)}"
            )
        if self.party and there.appeal_regime is not AppealRegime.FORVALTNINGSBESVAR:
            raise UsageError(
                f"{what}, men {there.ref} överklagas på annat sätt. Är det fel: arende edit {_word(there)} "
                "--overklagas forvaltningsbesvar. Annars avgörs de var för sig."
            )
        if (self.referrals or self.mbl) and self._would_be_read():
            raise UsageError(
                f"{what}, och {here.ref} är sekretessmarkerat men inte {there.ref}. Sekretessmarkera det också, med "
                f"arende secrecy, eller gör det klart i {here.ref} först."
            )
        after = mbl.going_on(tuple(sorted((*there.mbl, *self.mbl), key=lambda entry: entry.on)))
        if lost := [entry for entry in self.mbl if entry not in after]:
            raise UsageError(
                f"{_of_mbl(lost[0])} skulle räknas som besvarad av en förhandling i {there.ref}. Anteckna den i "
                f"{here.ref} först: arende mbl {_word(here)} --forhandling {lost[0].paragraph}"
            )

    def _named(self) -> Iterator[str]:
        if self.answer_by:
            yield f"ett svar senast {day(self.answer_by)}"
        if self.party:
            yield "en part på avgörande eller besked (FL 11–12 §§)"
        yield from (f"svaret på remiss {one.number}" for one in self.referrals)
        yield from (f"{_of_mbl(entry)[0].lower()}{_of_mbl(entry)[1:]}" for entry in self.mbl)

    def _would_be_read(self) -> bool:
        """True when what is secret in the one case would be read in the other."""
        marked = (self._connection.run(statements.CASE, id=one.id)[0]["secrecy"] for one in (self._case, self._other))
        secret, also = marked
        return bool(secret and not also)


def _referral_row(command: Command, case_id: str, number: int, one: Referral, draft: Draft) -> Change:
    return insert(
        "referral",
        id=command.new_id(),
        case_id=case_id,
        number=number,
        sent_on=one.sent_on.isoformat(),
        due=one.due.isoformat(),
        mandatory=one.mandatory,
        answered_on=None,
        withdrawn_on=None,
        payload=draft.text({"name": one.name}),
    )


def _of_parties(here: CaseFacts, there: CaseFacts) -> dict[str, str | None]:
    """The clocks of a party run from when the older matter began, and until every one has been told and answered."""
    began = [one.began_on for one in (here, there) if one.began_on]
    asked = [one.party_asked_on for one in (here, there) if one.party_asked_on and not one.party_refused_on]
    told = [one.party_told_on for one in (here, there)]
    ours: dict[str, date | None] = {
        "received_on": min(began),
        "party_told_on": max(one for one in told if one) if all(told) else None,
        "party_asked_on": min(asked, default=there.party_asked_on),
        "party_refused_on": None if asked else there.party_refused_on,
    }
    return {column: value.isoformat() if value else None for column, value in ours.items()}


def _of_mbl(entry: MblEntry) -> str:
    asked = entry.kind is MblKind.BEGARAN
    what = "Fackets begäran" if asked else "Avslutet" if entry.kind is MblKind.AVSLUT else "Förhandlingen"
    return f"{what} enligt {entry.paragraph} § MBL ({day(entry.on)})"


def _word(facts: CaseFacts) -> str:
    return facts.ref.replace(" ", "-", 1)
