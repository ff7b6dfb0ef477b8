"""What is decided in a body's place: by whom that may be (KL 6 kap. 39 §). It has been decided, so nothing blocks."""

from states import legal_basis
from states.case_facts import Attempt, MeetingFacts
from states.guards import Guard, Lack
from states.roles import Role
from states.swedish_text import listed


def _may_decide(facts: MeetingFacts, attempt: Attempt) -> Lack | None:
    strangers = [person.name for person in attempt.persons if person.id not in facts.urgent_deciders]
    if not facts.urgent_deciders or not strangers:
        return None
    return Lack({"who": listed(strangers), "body": facts.body})


URGENT_BY_WHOM = Guard(
    "urgent-by-whom",
    "{who} är varken ordförande i {body} eller utsedd ledamot, och bara de beslutar i nämndens ställe när det inte kan "
    "vänta. Är någon utsedd: skriv in det under [[urgent_deciders]] i config.toml.",
    legal_basis.NA_14,
    Role.ORDFORANDE,
    _may_decide,
    blocks=False,
)
