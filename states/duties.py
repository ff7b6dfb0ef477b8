"""What each deadline asks for: in which words, of whom, and with which command it is done."""

import msgspec

from states import legal_basis
from states.case_facts import BodyKind
from states.deadlines import DeadlineKind
from states.guards import secretary_of
from states.roles import Role


class Duty(msgspec.Struct, frozen=True):
    """One kind of deadline as an office reads it."""

    text: str  # Swedish, without its day
    remedy: str  # code of the command that does it (as `Remedy.code`)
    who: Role | None = None  # None: the secretary of the body


DUTIES: dict[DeadlineKind, Duty] = {
    DeadlineKind.MBL: Duty("MBL ska vara klart före beslutet", "mbl.negotiate", Role.FORVALTNINGSCHEF),
    DeadlineKind.MOTION_YEAR: Duty(
        "ärendet ska vara avgjort eller anmält till fullmäktige",
        "book.council",
        Role.KOMMUNSEKRETERARE,
    ),
    DeadlineKind.MANUSSTOPP: Duty("manusstopp, handlingarna ska vara inlämnade", "meeting.show"),
    DeadlineKind.ANNOUNCE: Duty("kungörelse", "meeting.announce"),
    DeadlineKind.CALL: Duty("kallelse", "meeting.call"),
    DeadlineKind.ADJUST: Duty("justering", "meeting.adjust"),
    DeadlineKind.POST: Duty("anslag", "meeting.post"),
    DeadlineKind.TAKE_DOWN: Duty("anslaget tas ned, tidigast", "meeting.take_down"),
    DeadlineKind.DISPATCH: Duty("beslutet ska vara skickat till mottagarna", "dispatch", Role.REGISTRATOR),
    DeadlineKind.SILENT: Duty("inget har hänt i ärendet, se efter varför", "why", Role.REGISTRATOR),
    DeadlineKind.ANSVARSFRIHET: Duty("ansvarsfriheten ska vara beslutad", "book.council", Role.KOMMUNSEKRETERARE),
    DeadlineKind.HOLD: Duty("blev sammanträdet av? Annars flyttas det eller ställs in", "meeting.hold"),
    DeadlineKind.REPORT: Duty("beslut tagna i nämndens ställe ska anmälas", "meeting.show"),
    DeadlineKind.ANSWER: Duty("sista dag för svaret på remissen", "why"),
    DeadlineKind.FINAL: Duty("laga kraft kan bekräftas, tidigast", "laga_kraft", Role.REGISTRATOR),
    DeadlineKind.APPEAL: Duty("överklagandet ska lämnas till förvaltningsrätten", "appeal.forward", Role.REGISTRATOR),
    DeadlineKind.MBL_MEETING: Duty("första förhandlingen ska ha hållits", "mbl.negotiate", Role.HR),
    DeadlineKind.MBL_COURT: Duty("sista dag att väcka talan om tystnadsplikt", "show", Role.HR),
    DeadlineKind.PARTY_DELAY: Duty("parten ska få veta varför det dröjer", "party.told", Role.HANDLAGGARE),
    DeadlineKind.PARTY_ANSWER: Duty("parten ska få ett avgörande eller ett avslag", "why", Role.HANDLAGGARE),
    DeadlineKind.REFERRAL: Duty("svaret på vår remiss ska ha kommit in", "remiss.answer", Role.HANDLAGGARE),
    DeadlineKind.PAUSE: Duty("pausen är slut, se efter om ärendet går vidare", "pause.end", Role.HANDLAGGARE),
    DeadlineKind.MOTION_REPORT: Duty(
        "obesvarade motioner redovisas för fullmäktige", "motions.list", Role.KOMMUNSEKRETERARE
    ),
    DeadlineKind.AVTALSSLUT: Duty("avtalet löper ut", "watch.done", Role.HANDLAGGARE),
    DeadlineKind.UPPSAGNING: Duty("sista dag att säga upp avtalet", "watch.done", Role.HANDLAGGARE),
    DeadlineKind.OPTION: Duty("sista dag att utnyttja optionen", "watch.done", Role.HANDLAGGARE),
    DeadlineKind.UPPDRAG: Duty("uppdraget ska vara redovisat", "mandate.report", Role.HANDLAGGARE),
    DeadlineKind.HANDELSE: Duty("tiden efter händelsen har gått, tidigast", "watch.done", Role.HANDLAGGARE),
    DeadlineKind.PERIOD: Duty("perioden slutar", "watch.done", Role.HANDLAGGARE),
    DeadlineKind.BEVAKNING: Duty("bevakning", "watch.done", Role.HANDLAGGARE),
    DeadlineKind.AWAITED: Duty("har det som inväntas hänt eller blivit klart?", "watch.list", Role.HANDLAGGARE),
}


OF_A_MEETING = frozenset(
    {
        DeadlineKind.MANUSSTOPP,
        DeadlineKind.ANNOUNCE,
        DeadlineKind.CALL,
        DeadlineKind.ADJUST,
        DeadlineKind.POST,
        DeadlineKind.TAKE_DOWN,
        DeadlineKind.HOLD,
        DeadlineKind.REPORT,
    }
)
"""Kinds that belong to one body's meeting, and not to a case that moves between bodies."""


ON_OTHER_GROUNDS: dict[tuple[DeadlineKind, str], Duty] = {
    (DeadlineKind.SILENT, legal_basis.ONWARD.id): Duty(
        "allt är klart här, ärendet kan föras vidare", "advance", Role.REGISTRATOR
    ),
    (DeadlineKind.SILENT, legal_basis.CLOSING.id): Duty(
        "allt är klart, ärendet kan avslutas", "close", Role.REGISTRATOR
    ),
    (DeadlineKind.MOTION_YEAR, legal_basis.NA_10.id): Duty(
        "fullmäktige ska ha fått besked om medborgarförslaget, som nämnden avgör",
        "book.report",
        Role.KOMMUNSEKRETERARE,
    ),
}
"""(kind, rule id) -> what a deadline of the kind asks for when it rests on that rule."""


def duty(kind: DeadlineKind, basis: str) -> Duty:
    """What a deadline asks for; `basis` is the id of the rule it rests on."""
    return ON_OTHER_GROUNDS.get((kind, basis), DUTIES[kind])


def owner(kind: DeadlineKind, body: BodyKind | None) -> Role:
    """Who a deadline waits for; the body's kind tells which secretary."""
    return DUTIES[kind].who or secretary_of(body or BodyKind.NAMND)
