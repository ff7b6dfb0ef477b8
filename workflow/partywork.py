"""A party's rights against delay (FL 11–12 §§), in the cases whose decisions are challenged by förvaltningsbesvär."""

from datetime import date
from enum import StrEnum

from states import deadlines
from states.case_facts import AppealRegime, CaseFacts
from states.judgement import Refused
from states.swedish_text import day
from workflow.audit_journal import Command
from workflow.desk import Desk
from workflow.errors import UsageError
from workflow.use_case import ORDINARY_WAY, Result, accept, give_reason, noted, opened, touched


class PartyEvent(StrEnum):
    """What has happened between us and a party; the value is the case's column."""

    TOLD = "party_told_on"
    ASKED = "party_asked_on"
    REFUSED = "party_refused_on"


def note(desk: Desk, command: Command, case_id: str, event: PartyEvent, **expected: int) -> Result:
    """Note that a party was told why it takes long, has asked for a decision, or was refused one; each once."""
    with opened(desk, command, "party", case_id, expected) as case:
        if isinstance(case, Refused):
            return case
        _refuse_impossible(case.facts, event, command.on)
        draft = noted(case, "case.party_noted", command, "party")
        draft.data["event"] = event.value
        give_reason(draft, command)
        draft.changes.append(touched(case, command, **{event.value: command.on.isoformat()}))
        return accept(desk, command, case, draft, ORDINARY_WAY, *_told(case.facts, command, event))


def _refuse_impossible(facts: CaseFacts, event: PartyEvent, on: date) -> None:
    if facts.appeal_regime is not AppealRegime.FORVALTNINGSBESVAR:
        raise UsageError(
            f"Förvaltningslagens regler om dröjsmål gäller inte {facts.ref}, som överklagas på annat sätt. Är det fel: "
            f"arende edit {facts.ref.replace(' ', '-', 1)} --overklagas forvaltningsbesvar"
        )
    already, asked = getattr(facts, event.value), facts.party_asked_on
    too_early = asked is not None and facts.began_on is not None and not deadlines.may_ask(facts.began_on, asked)
    if event is PartyEvent.ASKED and already is not None and not too_early:
        raise UsageError(f"Parten begärde ett avgörande {already}, och kan göra det en gång per ärende.")
    if event is not PartyEvent.ASKED and already is not None:
        raise UsageError(f"Det är redan antecknat, {already}. Är dagen fel: ta tillbaka posten med arende correct.")
    if event is PartyEvent.REFUSED and (asked is None or on < asked):
        raise UsageError("Parten hade inte begärt något avgörande då; anteckna först begäran med --begaran.")


def _told(facts: CaseFacts, command: Command, event: PartyEvent) -> tuple[str, ...]:
    started = facts.began_on
    if event is not PartyEvent.ASKED or started is None or deadlines.may_ask(started, command.on):
        return ()
    return (f"Ärendet väcktes {day(started)}, så sex månader har inte gått: begäran behöver inte prövas än.",)
