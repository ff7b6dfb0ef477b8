"""The scenarios through the use cases and a real database: every step is the command a clerk would give."""

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from msgspec.structs import replace

from states.case_facts import (
    AgendaItem,
    AppealCourt,
    AppealOutcome,
    AppealRegime,
    Ballot,
    CaseFacts,
    CaseKind,
    Children,
    DelegationKind,
    ItemKind,
    MatterOutcome,
    MblEntry,
    MblKind,
    MinuteKind,
    Outcome,
    ProtocolPart,
    Purpose,
    Seat,
    SendingChannel,
    StageRole,
    State,
    WatchKind,
)
from states.deadlines import DeadlineKind
from states.judgement import Refused
from tests.conftest import TODAY
from tests.scenarios import days, reading
from tests.scenarios.by_hand import UNNUMBERED, Impossible, Verdict
from tests.scenarios.days import Open
from tests.scenarios.reading import Step
from workflow import (
    agendawork,
    appealwork,
    attendancework,
    audit_journal,
    case_queries,
    case_store,
    casework,
    decisionwork,
    delegationwork,
    dispatchwork,
    linkwork,
    meeting_planning,
    meeting_store,
    meetingwork,
    minutework,
    partywork,
    pausework,
    protocolwork,
    referralwork,
    register_sync,
    registration,
    statements,
    watchwork,
)
from workflow.agendawork import Rearrangement
from workflow.appealwork import NewAppeal
from workflow.attendancework import Present
from workflow.audit_journal import Command, Draft
from workflow.casework import Minority
from workflow.config import Member
from workflow.decisionwork import Ruling
from workflow.delegationwork import NewDelegated
from workflow.desk import Desk
from workflow.dispatchwork import Sending
from workflow.errors import NotFoundError, UsageError
from workflow.meeting_plan import Plan
from workflow.minutework import Entry, Voting
from workflow.partywork import PartyEvent
from workflow.registration import Edit, NewCase, Proposal, Skrivelse
from workflow.use_case import Result
from workflow.watchwork import NewWatch

STATES = {"mbl": State.MBL, "nämnd": State.NAMND, "ks": State.KS, "kf": State.KF, "expediering": State.SKICKAS_TILL}
AT_MEETINGS: dict[str, Callable[..., Result]] = {
    "kungjort": meetingwork.announce,
    "kallat": meetingwork.call,
    "hållet": meetingwork.hold,
    "justerat": protocolwork.adjust,
    "anslaget": protocolwork.post,
    "nedtaget": protocolwork.take_down,
}
MINUTES = {
    "yrkande": MinuteKind.YRKANDE,
    "reservation": MinuteKind.RESERVATION,
    "anteckning": MinuteKind.PROTOKOLLSANTECKNING,
}
PARTY = {
    "underrättad": PartyEvent.TOLD,
    "begär avgörande": PartyEvent.ASKED,
    "får avslag": PartyEvent.REFUSED,
}
NOT_JUDGED = {
    "remiss", "om remiss", "paus", "paus slut", "part",
    "skrivelse", "ändra", "mbl", "instans", "ny bevakning", "bevakning", "uppdrag", "slag", "utgår", "delegation",
    "mottaget", "överklagande", "lämnat vidare", "avgjort", "tavlan nere", "överklagbar", "avslutat",
}  # fmt: skip
MEETINGS_OWN = {"sammanträde", "närvaro", "avslutat", "delegation", "tavlan nere", "överklagbar"}


class ByUseCases:
    """One municipality's desk, with one case on it."""

    def __init__(self, desk: Desk, command: Callable[..., Command], raised: str = reading.FILED) -> None:
        self._desk, self._command = _reading_it_so(desk, raised), command
        self._case = ""
        self.notes: tuple[str, ...] = ()  # what the program told of the last step besides the verdict

    def facts(self) -> CaseFacts:
        return case_store.load_facts(self._desk.connection, self._case, self._desk.raised_reading)

    # --- the days, as they are stored and shown ----------------------------------------------------

    def open_deadlines(self) -> list[Open]:
        of_case = [_open(one) for one in self._case_view()["deadlines"]] if self._case else []
        of_meetings = [_open(one, view["ref"]) for view in self._meeting_views() for one in view["deadlines"]]
        return days.in_order([*of_case, *of_meetings])

    def protocols(self) -> list[str]:
        return sorted(
            days.protocol_line(view["ref"], part["last_appeal_day"], part["take_down_from"])
            for view in self._meeting_views()
            for part in view["protocol"]
            if part["posted_on"]
        )

    def final(self) -> str:
        return str(self._case_view()["laga_kraft_earliest"] or days.NOT_FINAL) if self._case else days.NOT_FINAL

    def _case_view(self) -> dict[str, Any]:
        return case_queries.case_view(self._desk.connection, self._case, self._desk.raised_reading, TODAY)

    def _meeting_views(self) -> list[dict[str, Any]]:
        connection = self._desk.connection
        refs = (meeting["ref"] for meeting in case_queries.meeting_list(connection))
        return [case_queries.meeting_view(connection, meeting_store.find(connection, ref)) for ref in refs]

    # --- what happens ------------------------------------------------------------------------------

    def do(self, step: Step) -> Verdict:
        """Give the command of a step; what the law answered."""
        command = self._command(step.on, step.reason)
        if step.verb == "ledamöter":
            self._register_members(step, command)
            return None
        try:
            result = self._meets(step, command) if step.verb in MEETINGS_OWN else self._with_case(step, command)
        except (UsageError, NotFoundError) as error:
            return Impossible(str(error))
        self.notes = () if isinstance(result, Refused) else result.notes
        if step.verb in NOT_JUDGED or step.words.get("how") == "omplanerat":
            return None
        return result if isinstance(result, Refused) else result.verdict

    def _with_case(self, step: Step, command: Command) -> Result:
        desk, case = self._desk, self._case
        match step.verb:
            case "registrera":
                return self._register(step, command)
            case "skrivelse":
                return registration.attach(desk, command, case, _skrivelse(step))
            case "ändra":
                return registration.edit(desk, command, case, _edit(step))
            case "mbl" if step.words["what"] == "attest":
                return registration.attest_mbl(desk, command, case)
            case "mbl":
                return registration.note_mbl(desk, command, case, _mbl(step))
            case "instans":
                return self._add_stage(step, command)
            case "ny bevakning":
                return watchwork.add(desk, command, case, (self._new_watch(step),))
            case "bevakning":
                return self._change_watch(step, command)
            case "slag" | "utgår":
                return self._arrange(step, command)
            case "uppdrag":
                return watchwork.report(desk, command, case, int(step.words["watch"]))
            case "för till":
                return casework.advance(desk, command, case, STATES[step.words["to"]])
            case "remittera":
                direct, to = "direkt" in step.extras, step.words["to"]
                return casework.refer(
                    desk,
                    command,
                    case,
                    self._meeting(step),
                    to,
                    also=step.listed("samtidigt till"),
                    direct=direct,
                    until=reading.answer_day(step),
                    deviation=step.deviation,
                )
            case "återremittera":
                unit, to = "till förvaltningen" in step.extras, step.words["to"]
                minority, deviation = _minority(step), step.deviation
                return casework.return_case(
                    desk, command, case, self._meeting(step), to, unit=unit, minority=minority, deviation=deviation
                )
            case "bordlägg":
                minority = _minority(step)
                return casework.postpone(
                    desk, command, case, self._meeting(step), minority=minority, deviation=step.deviation
                )
            case "boka":
                late = "brådskar" in step.extras
                purpose = ItemKind(reading.code(step.extras["som"])) if "som" in step.extras else None
                return casework.book(desk, command, case, self._meeting(step), late=late, purpose=purpose)
            case "beslut":
                return self._decide(step, command)
            case "expediera":
                return dispatchwork.dispatch(desk, command, case, step.listed("till"), self._named(step), _how(step))
            case "mottaget":
                return dispatchwork.receipt(desk, command, case, step.words["who"], self._named(step))
            case "överklagande":
                new = NewAppeal(received_by=AppealCourt(reading.code(step.words["place"])))
                return appealwork.add(desk, command, case, new, self._named(step))
            case "lämnat vidare":
                return appealwork.forward(desk, command, case, int(step.words["appeal"]))
            case "avgjort":
                outcome = AppealOutcome(reading.code(step.words["outcome"]))
                return appealwork.settle(desk, command, case, int(step.words["appeal"]), outcome)
            case "laga kraft":
                told = replace(command, reason="Förvaltningsrättens besked")
                return appealwork.confirm(desk, told, case, self._named(step))
            case "remiss" | "om remiss":
                return self._refer_outside(step, command)
            case "paus":
                return pausework.pause(desk, command, case, date.fromisoformat(step.words["until"]))
            case "paus slut":
                return pausework.resume(desk, command, case)
            case "part":
                return partywork.note(desk, command, case, PARTY[step.words["what"]])
            case "jäv":
                return minutework.jav(
                    desk, command, case, self._meeting(step), step.listed("ledamot"), deviation=step.deviation
                )
            case "protokollet":
                return self._minute(step, command)
            case "votering":
                voting = _voting(step)
                return minutework.vote(desk, command, case, self._meeting(step), voting, deviation=step.deviation)
            case "avsluta":
                return casework.close(desk, command, case)
            case "återkalla":
                return casework.withdraw(desk, command, case)
            case "lägg samman":
                return linkwork.join(desk, command, case, self._another(step))
            case "återuppta":
                return casework.reopen(desk, command, case, step.extras.get("till"))
        raise NotImplementedError(step.verb)

    def _another(self, step: Step) -> str:
        """A case besides the scenario's own, which nothing is said of."""
        son = self._desk.bodies.find("SON", step.on)
        skrivelse = Skrivelse(rubrik="Ett annat ärende", numbers=(step.words["other"],))
        kind = CaseKind.FORVALTNINGSARENDE
        new = NewCase(kind=kind, skrivelse=skrivelse, way=((son, StageRole.BESLUT),))
        result = registration.register(self._desk, self._command(step.on, None), new)
        return "" if isinstance(result, Refused) else result.stream.removeprefix("case:")

    def _named(self, step: Step) -> str | None:
        """The meeting whose § is meant, when one is named."""
        return self._meeting(step) if "meeting" in step.words else None

    def _meeting(self, step: Step) -> str:
        return meeting_store.find(self._desk.connection, step.words["meeting"])

    def _register(self, step: Step, command: Command) -> Result:
        way = tuple(
            (self._desk.bodies.find(body, step.on), StageRole(reading.code(role))) for body, role in reading.way(step)
        )
        numbers = (step.words["number"],) if "number" in step.words else ()
        skrivelse = replace(_skrivelse(step), numbers=numbers)
        kind = CaseKind(reading.code(step.words["kind"]))
        came = step.extras.get("inkommet")
        new = NewCase(
            kind=kind,
            skrivelse=skrivelse,
            way=way,
            received_on=date.fromisoformat(came) if came else None,
            children=_children(step),
            answer_by=reading.answer_day(step),
        )
        result = registration.register(self._desk, command, new)
        if not isinstance(result, Refused):
            self._case = result.stream.removeprefix("case:")
        return result

    def _refer_outside(self, step: Step, command: Command) -> Result:
        desk, case = self._desk, self._case
        if step.verb == "remiss":
            due, mandatory = reading.answer_day(step), "obligatorisk" in step.extras
            assert due is not None
            return referralwork.ask(desk, command, case, step.words["who"], due, mandatory=mandatory)
        number = int(step.words["referral"])
        if "until" in step.words:
            return referralwork.move(desk, command, case, number, date.fromisoformat(step.words["until"]))
        act = referralwork.answered if step.words["how"] == "besvarad" else referralwork.withdraw
        return act(desk, command, case, number)

    def _add_stage(self, step: Step, command: Command) -> Result:
        return registration.add_stage(
            self._desk,
            command,
            self._case,
            self._desk.bodies.find(step.words["body"], step.on),
            StageRole(reading.code(step.words["role"])),
            before=step.extras.get("före"),
            beside=step.extras.get("samtidigt som"),
            opportunity_until=reading.answer_day(step),
        )

    def _new_watch(self, step: Step) -> NewWatch:
        facts, due, event = self.facts(), step.extras.get("senast"), step.extras.get("händelse", "")
        return NewWatch(
            kind=WatchKind(reading.code(step.words["kind"])),
            about=step.extras.get("text", ""),
            body=facts.stage.body if facts.stage else facts.stages[-1].body,
            due=date.fromisoformat(due) if due else None,
            event=event,
            months=int(step.extras.get("månader", 0)) if event and not due else None,
        )

    def _change_watch(self, step: Step, command: Command) -> Result:
        desk, case, number = self._desk, self._case, int(step.words["watch"])
        if "until" in step.words:
            return watchwork.snooze(desk, command, case, number, date.fromisoformat(step.words["until"]))
        if step.words["how"] == "klar":
            return watchwork.end(desk, command, case, number)
        return watchwork.occurred(desk, command, case, number)

    def _decide(self, step: Step, command: Command) -> Result:
        said = {number: MatterOutcome(matter) for number, matter in reading.matters(step).items()}
        rulings = {number: Ruling(matter=matter) for number, matter in said.items() if number}  # all as proposed
        if "ändring" in step.extras:
            rulings[1] = Ruling(outcome=Outcome.BIFALL_MED_ANDRING, text="Antas med ändring.")
        if "avslag" in step.extras:
            counts = dict(self.facts().proposals)
            count = counts.get(step.words["meeting"].split()[0]) or counts.get(None) or 1
            rulings = {
                number: Ruling(outcome=Outcome.AVSLAG, matter=said.get(number)) for number in range(1, count + 1)
            }
        return decisionwork.decide(
            self._desk,
            command,
            self._case,
            self._meeting(step),
            rulings,
            matter=said.get(0),
            to=step.extras.get("till"),
            unanimous="alla närvarande eniga" in step.extras,
            deviation=step.deviation,
        )

    def _arrange(self, step: Step, command: Command) -> Result:
        ref = self.facts().ref
        if step.verb == "utgår":
            wanted = Rearrangement(struck=(ref,))
        else:
            wanted = Rearrangement(kinds={ref: ItemKind(reading.code(step.words["kind"]))})
        return agendawork.rearrange(self._desk, command, self._meeting(step), wanted)

    def _meets(self, step: Step, command: Command) -> Result:
        if step.verb != "delegation":
            return self._at_meeting(step, command)
        urgent = step.words["what"] == "brådskande beslut"
        taken = NewDelegated(
            kind=DelegationKind.BRADSKANDE if urgent else DelegationKind.DELEGATION,
            point=step.words["point"],
            what="Ett bidrag beviljades",
            by="Förvaltningschefen",
        )
        return delegationwork.add(self._desk, command, step.words["body"], taken)

    def _minute(self, step: Step, command: Command) -> Result:
        entry = Entry(MINUTES[step.words["what"]], "Bifall.", step.words["who"], step.extras.get("anmäld"))
        return minutework.minute(
            self._desk, command, self._case, self._meeting(step), (entry,), deviation=step.deviation
        )

    def _register_members(self, step: Step, command: Command) -> None:
        """As `arende database upgrade` does with what is new in config.toml."""
        config = self._desk.settings.config
        news = [
            Member(id_, step.words["body"], name, cast(Any, seat), step.on, place=place or 0)
            for id_, name, seat, place in reading.members(step)
        ]
        connection = self._desk.connection
        with connection.writing():
            head = connection.run(statements.HEAD, stream="system")
            draft = Draft("system", "system.bodies_registered", head[0]["seq"] + 1)
            draft.changes += register_sync.changes(connection, replace(config, members=news), draft.text)
            audit_journal.write_changes(connection, draft.changes)
            audit_journal.seal(connection, command, draft)

    def _attend(self, step: Step, command: Command) -> Result:
        return attendancework.attend(
            self._desk,
            command,
            self._meeting(step),
            _present(step),
            everybody="alla" in step.extras,
            again="igen" in step.extras,
            deviation=step.deviation,
        )

    def _at_meeting(self, step: Step, command: Command) -> Result:
        desk = self._desk
        if step.verb == "närvaro":
            return self._attend(step, command)
        if step.verb == "avslutat":
            return attendancework.close(desk, command, self._meeting(step), step.words["hour"])
        if step.verb == "tavlan nere":
            first, last = (date.fromisoformat(step.words[key]) for key in ("first", "last"))
            part = next(iter(reading.paragraphs(step)), None)
            return protocolwork.board_down(desk, command, self._meeting(step), first, last, part)
        if step.verb == "överklagbar":
            about, answer = int(step.words["paragraph"]), step.words["answer"] == "kan"
            noted = replace(command, reason="Kommunjuristen")
            return protocolwork.appealable(desk, noted, self._meeting(step), about, answer)
        how, days_ = step.words["how"], reading.planned(step)
        plan = Plan(days_.get("manusstopp"), days_.get("kallelse"), days_.get("kungörelse"))
        if how == "planerat":
            body, day = meeting_store.parse(step.words["meeting"])
            return meetingwork.add(desk, command, body, day, plan)
        if how == "omplanerat":
            return meeting_planning.plan(desk, command, self._meeting(step), plan)
        if how == "inställt":
            return meeting_planning.cancel(desk, command, self._meeting(step))
        if "day" in step.words:
            to = date.fromisoformat(step.words["day"])
            return meeting_planning.move(desk, command, self._meeting(step), to, plan)
        numbers = reading.paragraphs(step)
        which: tuple[Any, ...] = (numbers,) if how == "justerat" else numbers
        return AT_MEETINGS[how](desk, command, self._meeting(step), *which, deviation=step.deviation)


def _reading_it_so(desk: Desk, raised: str) -> Desk:
    """A desk whose municipality reads the law's "väckt" as the scenario says."""
    settings = desk.settings
    law = replace(settings.config.law, motion_raised=reading.code(raised))
    return Desk(desk.connection, replace(settings, config=replace(settings.config, law=law)))


def _minority(step: Step) -> Minority | None:
    said = reading.minority(step)
    return Minority(*said) if said else None


def _open(view: dict[str, Any], meeting: str = "") -> Open:
    kind, snoozed = DeadlineKind(view["kind"]), view["snoozed_until"]
    return Open(
        kind=kind,
        meeting=meeting or (view["subject"] if kind in days.AT_A_MEETING else ""),
        due=date.fromisoformat(view["due"]),
        act_by=date.fromisoformat(view["act_by"]),
        body=view["body"] or "",
        snoozed_until=date.fromisoformat(snoozed) if snoozed else None,
    )


def _present(step: Step) -> tuple[Present, ...]:
    stand_ins, staff = reading.stand_ins(step), step.listed("personalföreträdare")
    remote, starts, ends = step.listed("distans"), reading.bounds(step, "från"), reading.bounds(step, "till")
    named = dict.fromkeys((*step.listed("närvarande"), *stand_ins, *remote, *starts, *ends))
    return (
        *(Present(who=who, seat=Seat.PERSONALFORETRADARE) for who in staff),
        *(
            Present(
                who=who,
                serves_for=stand_ins.get(who, ""),
                from_paragraph=starts.get(who),
                to_paragraph=ends.get(who),
                remote=who in remote,
            )
            for who in named
        ),
    )


def _voting(step: Step) -> Voting:
    by_name, numbers = reading.votes(step)
    casting, lot = step.extras.get("utslag"), step.extras.get("lott")
    return Voting(
        main="Bifall",
        against="Avslag",
        by_name=tuple((who, Ballot(how)) for who, how in by_name),
        numbers=numbers,
        secret="sluten" in step.extras,
        casting=Ballot(casting) if casting else None,
        lot=Ballot(lot) if lot else None,
    )


def _skrivelse(step: Step) -> Skrivelse:
    return Skrivelse(
        rubrik="Ett ärende",
        proposals=_proposals(step),
        recipients=step.listed("mottagare"),
        leftovers=reading.leftovers(step),
    )


def _proposals(step: Step) -> tuple[Proposal, ...]:
    return tuple(
        Proposal(body=body, att_satser=tuple(f"Att-sats {number}." for number in range(1, count + 1)))
        for body, count in reading.proposals(step)
    )


def _edit(step: Step) -> Edit:
    return Edit(
        recipients=step.listed("mottagare") or None,
        numbers=tuple(step.listed("dnr")),
        proposals=_proposals(step),
        purposes=_purposes(step),
        children=_children(step),
        appeal_regime=AppealRegime(reading.code(regime)) if (regime := step.extras.get("överklagas genom")) else None,
        filled_in=frozenset(step.listed("ifyllt")),
    )


def _how(step: Step) -> Sending:
    channel = step.extras.get("sätt")
    return Sending(
        channel=SendingChannel(channel) if channel else None,
        purposes=_purposes(step),
        before_justering="före justering" in step.extras,
    )


def _purposes(step: Step) -> dict[str, Purpose]:
    to_act, to_know = step.listed("för åtgärd"), step.listed("för kännedom")
    return dict.fromkeys(to_act, Purpose.ATGARD) | dict.fromkeys(to_know, Purpose.KANNEDOM)


def _children(step: Step) -> Children | None:
    return Children(reading.code(step.extras["barn"])) if "barn" in step.extras else None


def _mbl(step: Step) -> MblEntry:
    booked = step.words.get("booked")
    return MblEntry(
        kind=MblKind(reading.code(step.words["what"])),
        paragraph=step.words.get("paragraph"),
        on=date.fromisoformat(booked) if booked else step.on,
        held=booked is None,
        unfinished=step.words.get("how") == "inledd",
        central=step.words.get("how") == "centralt",
    )


def anonymous(facts: CaseFacts) -> CaseFacts:
    """Facts without what differs between two runs of one scenario: ids, and the order of equals.

    The agenda keeps its order: by day, and on one day as the way goes.
    """
    places = {stage.id: str(place) for place, stage in enumerate(facts.stages)}
    ordinals = sorted({stage.ordinal for stage in facts.stages})
    names = {recipient.id: recipient.name for recipient in facts.recipients}
    agenda = (
        replace(
            item,
            id="",
            stage=places[item.stage],
            meeting=replace(item.meeting, part=_anonymous_part(item)),
            sent_to=tuple(sorted(names[recipient] for recipient in item.sent_to)),
        )
        for item in facts.agenda
    )
    return replace(
        facts,
        ref=facts.ref if facts.numbers else UNNUMBERED,
        stages=tuple(
            replace(stage, id=places[stage.id], ordinal=ordinals.index(stage.ordinal)) for stage in facts.stages
        ),
        current=places[facts.current] if facts.current else None,
        proposals=tuple(sorted(facts.proposals, key=str)),
        mbl=tuple(sorted(facts.mbl, key=str)),
        agenda=tuple(agenda),
        recipients=tuple(sorted((replace(r, id="") for r in facts.recipients), key=lambda r: r.name)),
        referrals=tuple(replace(one, id="") for one in facts.referrals),
        watches=tuple(sorted((replace(w, id="") for w in facts.watches), key=lambda w: w.number)),
    )


def _anonymous_part(item: AgendaItem) -> ProtocolPart | None:
    part = item.meeting.part
    return replace(part, id="", paragraphs=(item.paragraph,)) if part else None
