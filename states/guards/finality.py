"""Laga kraft: what must be so before somebody confirms it (KL 8 kap. 12 §, 13 kap.)."""

from states import deadlines, legal_basis
from states.appealability import decision_in_question, gains_force
from states.case_facts import AgendaItem, AppealRegime, Attempt, CaseFacts, ProtocolPart
from states.guards import Guard, Lack, Remedy
from states.guards.meetings import why_rolled
from states.roles import Role
from states.swedish_text import day, listed, name


def _appealable(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    item = decision_in_question(facts, attempt.meeting)
    if facts.appeal_regime is not AppealRegime.LAGLIGHET:
        regime = name(facts.appeal_regime)
        return Lack({"why": f"ärendet gäller {regime}, inte laglighetsprövning, så anslaget räknar ingen tid"})
    if item is None:
        return Lack({"why": "inget beslut är antecknat"}, (Remedy("show", {"case": facts.ref}),))
    if gains_force(item, facts):
        return None
    return Lack({"why": f"§ {item.paragraph} hos {item.meeting.ref} är inget beslut som kan överklagas"})


APPEALABLE = Guard(
    "decision-appealable",
    "Laga kraft kan inte bekräftas: {why}.",
    legal_basis.AN_07,
    Role.KOMMUNSEKRETERARE,
    _appealable,
    deviable=False,
)


def _earliest(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    item = decision_in_question(facts, attempt.meeting)
    if item is None or item.annulled or not gains_force(item, facts):
        return None
    part, paragraph = item.meeting.part, {"meeting": item.meeting.ref, "paragraph": str(item.paragraph)}
    if part is None:
        return Lack({"why": "protokollet är inte justerat"}, (Remedy("meeting.adjust", paragraph),))
    if part.counted_from is None:
        return Lack({"why": "justeringen är inte anslagen"}, (Remedy("meeting.post", paragraph),))
    if not deadlines.ran_out(part):
        return Lack({"why": _came_down(part)}, (Remedy("meeting.post", paragraph),), basis=legal_basis.AN_04)
    earliest = deadlines.final_day(item)
    if earliest is None or attempt.on >= earliest:
        return None
    last = deadlines.last_appeal_day(part.counted_from)
    ends = f"tiden går ut {day(last)}{why_rolled(part.counted_from)}"
    if attempt.on > last:
        ends = "överklagandet var inte avgjort"
    again = Remedy("laga_kraft", {"case": facts.ref, "meeting": item.meeting.ref})
    return Lack({"why": f"{ends}. Tidigast {day(earliest)}"}, (again,))


def _came_down(part: ProtocolPart) -> str:
    down = f" {day(part.taken_down_on)}" if part.taken_down_on else ""
    return f"anslaget togs ned för tidigt{down}, så tiden har inte löpt ut (RÅ 2009 not 176). Anslå det igen"


EARLIEST = Guard(
    "laga-kraft-earliest",
    "Laga kraft kan inte bekräftas än: {why}.",
    legal_basis.AN_05,
    Role.KOMMUNSEKRETERARE,
    _earliest,
)


def listed_appeals(item: AgendaItem) -> str:
    """`överklagande 1 är inte avgjort`."""
    return f"överklagande {listed(str(one.number) for one in item.appeals)} är inte avgjort"


def _appeal_open(facts: CaseFacts, attempt: Attempt) -> Lack | None:
    item = decision_in_question(facts, attempt.meeting)
    if item is None or not (item.annulled or item.appeals):
        return None
    why = "beslutet är upphävt av domstol" if item.annulled else listed_appeals(item)
    return Lack({"why": why}, (Remedy("show", {"case": facts.ref}),))


APPEAL_OPEN = Guard(
    "appeal-open",
    "Laga kraft kan inte bekräftas: {why}.",
    legal_basis.AN_09,
    Role.REGISTRATOR,
    _appeal_open,
)
