"""With whom the text says there is an agreement, and who of them the decision is not sent to."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from workflow.document_intake.folding import fold, forgiving, key
from workflow.document_intake.names import bodies_in, is_unit
from workflow.document_intake.phrasebook import is_like
from workflow.document_intake.running_text import Place, Sentence

_AGREEMENT = forgiving(r"[a-z-]{0,30}(?:avtal|kontrakt|överenskommelse|partnerskap)[a-z]{0,5}")
_ABOUT = forgiving(r"(?: \([^()]{1,20}\))?(?: (?:om|avseende|gällande|för|rörande|kring|angående|på) [^.,;:]{3,60}?)?")
_NOT_IN_THE_AGREEMENT = "".join(
    forgiving(rf"(?<! {word})") for word in ("dialog", "samråd", "enlighet", "linje", "samband", "tillsammans")
)
_WITH = re.compile(rf"(?<![\w-]){_AGREEMENT}{_ABOUT}{_NOT_IN_THE_AGREEMENT} med (?=\w)")
_BETWEEN = re.compile(rf"(?<![\w-]){_AGREEMENT}{_ABOUT} mellan (?P<one>[^.,;:]{{3,60}}?)(?<!-) och (?=\w)")
_UNDER_ONE = re.compile(
    r"\bi sam(?:arbete|verkan) med "
    + forgiving(r"(?=[^.;]{3,160}\b(?:finns|regleras|reglerad|reglerat|formulerad|formulerat|enligt)\b[^.;]{0,40}")
    + rf"\b{_AGREEMENT}\b)"
)
_WORD = r"[A-ZÅÄÖ][\w&+'’-]*(?<!-)(?![\w-])"
_NAME = re.compile(
    rf"(?:[a-zåäö]+ )?(?P<name>{_WORD}(?: (?:& )?{_WORD}){{0,4}}"
    r"(?: (?:kommun|stad|universitet|församling|[a-zåäö]*(?:förening|klubb|förbund|kår|kooperativ))\b)?)"
)
_TOWN = re.compile(r"([A-ZÅÄÖ][a-zåäö-]+?)s? (?:kommun|[Ss]tad)\b")

_THERE_IS_NONE = re.compile(
    forgiving(
        r"\b(?:utan|inget|inga|ingen|saknas|inte|ej|hade|tidigare|skulle|bör|vill|kunde|motion[a-z]*|förutsätter)\b"
    )
)
_SOMEBODY_HAS = re.compile(forgiving(r"\b(?:har|teckna[a-z]{0,2}|ingått|ingick|slutit|slöt|träffa[a-z]{0,2})\b"))
_WE = re.compile(forgiving(r"kommun(?!al)|nämnd|förvaltning|\bstaden|\bvi\b|styrelse"))
_NOT_THE_MATTER = re.compile(
    forgiving(
        r"\b(?:gällde|löpte|upphörde|gick ut|avslutades|bör|skulle)\b|kollektivavtal|löneavtal|huvudöverenskommelse"
        r"|anställningsavtal|lokala? samverkansavtal"
    )
)
_OURS = re.compile(
    forgiving(
        r"\b(?:[a-z-]*(?:nämnd|förvaltning|styrelse|fullmäktige|kontor|kommunen|staden|rektor|avdelning)[a-z]*"
        r"|sveriges kommuner|kommunal|vision|lärarförbundet|sveriges lärare|skr|sobona|saco|regeringen|staten|facket)\b"
    )
)
_ANY_PARTY = re.compile(
    forgiving(
        r"\b(?:regionen|leverantör|entreprenör|utförare|hyresvärd|avtalspart|part(?:en|er|erna)?\b|motpart|bolag(?:et|en)"
        r"|förening(?:en|ar)|stiftelsen|samverkanspart|huvudmän|kommuner|fastighetsägar|markägar|exploatör|jouren)"
    )
)
_TELLS_NOTHING = re.compile(r"(?:region|kommun|stad|forening|stiftelse)(?:en)?s?|ab|hb|kb|sverige|svenska")


def left_out(sentences: Iterable[Sentence], recipients: Sequence[str], whole: str) -> tuple[str, ...]:
    """A sentence on the parties not among the recipients. `whole` tells which municipality is our own."""
    if not recipients:
        return ()
    own = _own_town(whole)
    found = dict.fromkeys(
        party
        for sentence in sentences
        if not _NOT_THE_MATTER.search(sentence.folded)
        for party in _parties(sentence)
        if not _is_ours(party, own) and not _is_among(party, recipients)
    )
    missing = [party for party in found if not any(party != other and party in other for other in found)]
    if len(missing) < 2:
        return tuple(f"{party} nämns som avtalspart men står inte bland mottagarna." for party in missing)
    return (f"{', '.join(missing[:-1])} och {missing[-1]} nämns som avtalsparter men står inte bland mottagarna.",)


def _parties(sentence: Sentence) -> Iterator[str]:
    folded = sentence.folded
    for pattern in (_WITH, _BETWEEN, _UNDER_ONE):
        for match in pattern.finditer(folded):
            if not _is_an_agreement_of_ours(sentence, folded[: match.start()]):
                continue
            places = [match.end(), *([match.start("one")] if pattern is _BETWEEN else [])]
            named = (_NAME.match(sentence.text, at) for at in places)
            yield from (name["name"] for name in named if name)


def _is_an_agreement_of_ours(sentence: Sentence, before: str) -> bool:
    if _THERE_IS_NONE.search(before[-60:]):
        return False
    return sentence.place is Place.DECISION or not _SOMEBODY_HAS.search(before) or bool(_WE.search(before))


def _own_town(whole: str) -> str | None:
    """The municipality named most often; a foot names it on every page."""
    named = Counter(key(match[1]) for match in _TOWN.finditer(whole))
    return max(named, key=lambda town: named[town]) if named else None


def _is_ours(party: str, own: str | None) -> bool:
    town = _TOWN.search(party)
    if town:
        return key(town[1]) == own
    return is_unit(party) or bool(bodies_in(party)) or bool(_OURS.search(fold(party)))


def _is_among(party: str, recipients: Sequence[str]) -> bool:
    """Also in another spelling, abbreviated, or as "Leverantören"."""
    listed = " ".join(map(key, recipients))
    initials = key("".join(letter for letter in party if letter.isupper()))
    telling = [word for word in key(party).split() if not _TELLS_NOTHING.fullmatch(word)]
    return (
        bool(_ANY_PARTY.search(listed))
        or (len(initials) > 1 and initials in listed.split())
        or any(_is_same(word, other) for word in telling for other in listed.split())
    )


def _is_same(word: str, other: str) -> bool:
    return is_like(word, other) or (
        min(len(word), len(other)) > 3 and (word.startswith(other) or other.startswith(word))
    )
