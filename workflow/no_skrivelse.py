"""Why a document that came in makes no case by itself."""

from workflow.document_intake.interface import ReadSkrivelse
from workflow.document_intake.papers import PaperKind, kind_of

ANOTHER_PAPER = {
    PaperKind.PROTOKOLL: "Det är ett protokoll, ingen skrivelse. Läs in det med: arende import --protokoll FIL",
    PaperKind.KALLELSE: "Det är en kallelse, ingen skrivelse. Läs in den med: arende import --kallelse FIL",
}
NO_PROPOSAL = (
    "Inget förslag till beslut hittades, så inget ärende registrerades av sig självt. Är det en skrivelse: läs in "
    "den för sig, med arende import FIL"
)
NOTHING = (
    "Varken förslag till beslut eller diarienummer hittades, så inget är registrerat. Är det en skrivelse: ange numret "
    "(arende import FIL --dnr DNR) eller registrera ärendet för hand (arende register). Är det en annan handling: lägg "
    "den till sitt ärende (arende document add)."
)


def among_many(read: ReadSkrivelse) -> str:
    """Why nobody having said anything of it, it is left aside; empty for what makes a case."""
    if another := another_paper(read):
        return another
    if read.skrivelse.proposals:
        return ""
    # What could not be read of it may be the very skrivelse.
    return " ".join((*read.text.notes, NO_PROPOSAL if read.skrivelse.numbers else NOTHING))


def by_itself(read: ReadSkrivelse, numbers: tuple[str, ...]) -> str:
    """Why a document that somebody named is refused; with a number, theirs or its own, it is theirs to judge."""
    return "" if read.skrivelse.proposals or read.skrivelse.numbers or numbers else among_many(read)


def another_paper(read: ReadSkrivelse) -> str:
    """What to do with a protokoll or a kallelse; empty for everything else."""
    return ANOTHER_PAPER.get(kind_of(read.text.text), "")
