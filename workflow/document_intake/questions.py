"""What a registrator would ask the handläggare before the matter goes on."""

import re
from collections.abc import Iterator, Sequence

from workflow.document_intake.contract_parties import left_out
from workflow.document_intake.folding import fold, forgiving
from workflow.document_intake.headings import MBL_WORDS, Part
from workflow.document_intake.interface import Skrivelse
from workflow.document_intake.medbestammande import paragraphs_in
from workflow.document_intake.names import bodies_in, names_generic_body
from workflow.document_intake.running_text import Place, Sentence
from workflow.document_intake.sections import Section


def questions_on(skrivelse: Skrivelse, sections: Sequence[Section], sentences: Sequence[Sentence]) -> Iterator[str]:
    yield from _on_proposing(skrivelse)
    yield from _on_outsourcing(skrivelse, sections, sentences)
    whole = "\n".join(text for section in sections for text in section.texts)
    yield from left_out(_on_agreements(skrivelse, sentences), skrivelse.recipients, whole)


def _on_agreements(skrivelse: Skrivelse, sentences: Sequence[Sentence]) -> Iterator[Sentence]:
    """Where the agreements the matter is about are told of; who has the old one is not told of a procurement."""
    rubrik = fold(skrivelse.rubrik or "")
    if _ANSWERS.search(rubrik):
        return
    decided = "\n".join(sentence.folded for sentence in sentences if sentence.place is Place.DECISION)
    places = {Place.DECISION} if _PROCURES.search(f"{rubrik}\n{decided}") else {Place.DECISION, Place.MATTER}
    yield from (sentence for sentence in sentences if sentence.place in places)


# --- an att-sats that proposes instead of deciding ---------------------------------------------------
_PROPOSES = re.compile(forgiving(r"\b(?:föreslå[rs]|bör)\b"))
_OPENING = re.compile(forgiving(r"^(?:[^.:]{0,80}\bbeslutar?(?: att)?|att)\s"))
_SAYS_WHAT_ANOTHER_SAYS = re.compile(
    forgiving(r"\b(?:att|som|vad|enligt|hur|om|när|då|så|där|vilk[a-z]+|motion[a-z]*|förslagsställare[a-z]*)\b")
)
_TO_A_BODY = re.compile(
    forgiving(r"^ (?:(?:att|till|i sin tur|därför) )*(?:besluta\b|[a-z-]*(?:nämnd|fullmäktig|styrelse|direktion))")
)


def _on_proposing(skrivelse: Skrivelse) -> Iterator[str]:
    several = len(skrivelse.proposals) > 1
    for proposal in skrivelse.proposals:
        of_whom = f" för {proposal.body}" if several and proposal.body else ""
        body = proposal.body if proposal.body and "nämnd" not in proposal.body else "nämnden"
        for number, sats in enumerate(proposal.att_satser, 1):
            word = _proposing_word(sats)
            if word:
                yield f"Att-sats {number}{of_whom} säger ”{word}”; ska {body} besluta det eller föreslå det?"


def _proposing_word(sats: str) -> str | None:
    """The word that makes a proposal of an att-sats, unless the body does propose to another or quotes one."""
    folded = fold(sats)
    match = _PROPOSES.search(folded)
    if match is None:
        return None
    opening = _OPENING.match(folded[: match.start()])
    before = sats[opening.end() if opening else 0 : match.start()]
    if _SAYS_WHAT_ANOTHER_SAYS.search(fold(before)) or _TO_A_BODY.match(folded[match.end() :]):
        return None
    is_the_body = bool(bodies_in(before)) or names_generic_body(before)
    return None if is_the_body or folded.startswith("foreslar") else sats[match.start() : match.end()]


# --- work for others to do ---------------------------------------------------------------------------
_PROCURES = re.compile(
    forgiving(
        r"\b(?:direkt)?upphandl(?:a|as|ar|ing|ingen|ingsform(?:en)?)\b|\bkonkurrensutsätt|\bförfrågningsunderlag|\btilldelningsbeslut"
    )
)
_ENTREPRENAD = re.compile(forgiving(r"\b(?:drift|vård|omsorgs|städ|)entreprenad(?:en)?\b"))
_WORK = re.compile(
    forgiving(r"\b(?:drift(?:en)?|drivs|driva|verksamhetsuppdrag[a-z]*|uppdraget|utföra(?:re[a-z]*|s)?)\b")
)
_OUTSIDER = re.compile(
    r"\b(?:[Ee]xtern|[Pp]rivat)a? utförare|\b(?:AB|HB)\b|\bekonomisk förening\b|\bStiftelsen\b|[Ss]tadsmission"
)
_HANDED_OVER = re.compile(
    forgiving(r"\bförläng|\bteckna|\bgodkänn|\böverlå|\btilldel|\bläggs ut|\b(?:ge|läm)[a-z]{0,3}s\b")
)
_ANSWERS = re.compile(forgiving(r"motion|medborgarförslag|e-förslag|\bremiss|interpellation|yttrande"))
_OF_RULES_OR_GOODS = re.compile(
    forgiving(
        r"\b(?:inte|ej|avbryt[a-z]*|avsluta[a-z]*)\b|motion|medborgarförslag|\bremiss|yttrande|riktlinje|policy|reglement"
        r"|strategi|delegation|kontroll|granskning|revision|uppföljning|rapport(?:en)?\b|\bsystem|[a-z]system|licens|programvar|fordon|livsmedel"
        r"|möbl|dator|inventari|utrustning|läromedel|byggnation|ombyggnad|nybyggnad"
    )
)


def _on_outsourcing(skrivelse: Skrivelse, sections: Sequence[Section], sentences: Sequence[Sentence]) -> Iterator[str]:
    matter = _handed_over(skrivelse)
    noted = _mbl_paragraphs(sections, sentences)
    if matter and "38" not in noted:
        said = _what_is_noted(skrivelse.mbl.kind, noted)
        yield f"Ärendet gäller {matter}. Är förhandling enligt MBL 38 § bedömd?{said}"


def _handed_over(skrivelse: Skrivelse) -> str | None:
    """What others are to do: told by the title and the att-satser, for much else is told of in the text."""
    rubrik = skrivelse.rubrik or ""
    satser = (sats for proposal in skrivelse.proposals for sats in proposal.att_satser)
    said = [text for text in (rubrik, *satser) if not _OF_RULES_OR_GOODS.search(fold(text))]
    if rubrik not in said:
        return None
    if any(_PROCURES.search(fold(text)) for text in said):
        return "upphandling"
    if any(_ENTREPRENAD.search(fold(text)) for text in said):
        return "entreprenad"
    outside = [fold(text) for text in said if _OUTSIDER.search(text)]
    is_handed_over = any(_WORK.search(text) and _HANDED_OVER.search(text) for text in outside)
    return "ett uppdrag till en extern utförare" if is_handed_over else None


def _mbl_paragraphs(sections: Sequence[Section], sentences: Sequence[Sentence]) -> list[str]:
    under_heading = ["\n".join(section.texts) for section in sections if section.part is Part.MBL]
    elsewhere = [sentence.folded for sentence in sentences if MBL_WORDS.search(sentence.folded)]
    found = {number for text in (*under_heading, *elsewhere) for number in paragraphs_in(text)}
    return sorted(found)


def _what_is_noted(kind: str, noted: Sequence[str]) -> str:
    if noted:
        return f" Skrivelsen nämner bara {' och '.join(noted)} {'§§' if len(noted) > 1 else '§'}."
    if kind == "ej_påkallad":
        return " Skrivelsen säger bara att MBL inte är påkallad."
    return f" Skrivelsen nämner bara {kind}." if kind in ("information", "förhandling", "samverkan") else ""
