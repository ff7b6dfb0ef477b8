"""What a § says was decided, how it was voted and who reserved themselves: patterns over its parts."""

import re
from collections.abc import Iterable, Iterator, Sequence

from states.case_facts import Ballot, MatterOutcome, Outcome
from workflow.document_intake.folding import fold, forgiving
from workflow.document_intake.layout import joined
from workflow.document_intake.meeting_papers import ReadReservation, ReadVote
from workflow.document_intake.names import is_person
from workflow.document_intake.placeholders import is_placeholder
from workflow.document_intake.protocol_layout import Piece

# --- what became of the matter ---------------------------------------------------------------------------
_MATTER = forgiving(
    r"(?:motion(?:en|erna)|medborgarförslag(?:et|en)?|initiativ(?:et)?|e-förslaget|interpellation(?:en)?)"
)
_ASKED = forgiving(rf"(?:{_MATTER}|ansökan|ansökningen|begäran|framställan|yrkandet|överklagandet|hemställan)")
_MATTERS = tuple(
    (matter, re.compile(forgiving(pattern)))
    for matter, pattern in (
        (MatterOutcome.ATERREMITTERAD, r"\båterremitter(?:ar|as|a)\b|\b(?:minoritets)?återremiss(?:as)?\b"),
        (MatterOutcome.BORDLAGD, r"\bbordlägg(?:er|s|a)\b|\bbordläggs\b|\bbordlägges\b"),
        (MatterOutcome.REMITTERAD, r"\bremitter(?:ar|as|a)\b|\b(?:sänds|skickas|lämnas) på remiss\b"),
        (
            MatterOutcome.AVSTAR_FRAN_YTTRANDE,
            r"\bavstå(?:r|s)? från att (?:yttra|lämna|avge|svara)\w*|\bavstår (?:från )?yttrande\b",
        ),
        (MatterOutcome.AVVISAD, r"\bavvisa(?:r|s)?\b"),
        (MatterOutcome.AVSKRIVEN, r"\bavskriv(?:er|s|a|en)\b|\bavskrives\b"),
        (MatterOutcome.BESVARAD, r"\bbesvara(?:d|t|de)\b"),
        (
            MatterOutcome.OVERLAMNAD,
            rf"\böverlämna(?:r|s)?\b.{{0,40}}{_MATTER}.{{0,40}}\btill\b|{_MATTER}.{{0,20}}\böverlämnas\b",
        ),
        (
            MatterOutcome.AVSLAGEN,
            rf"\b(?:avslår?|avslås)\b.{{0,60}}{_ASKED}|{_ASKED}.{{0,60}}\bavslås\b|\bavslag på\b.{{0,40}}{_ASKED}",
        ),
        (
            MatterOutcome.BIFALLEN,
            rf"\b(?:bifalla?r?|bifaller|bifalls)\b.{{0,40}}{_MATTER}|{_MATTER}.{{0,30}}\bbifalls\b",
        ),
        (MatterOutcome.UTGATT, r"\bärendet utgår\b|\butgår (?:ur|från) (?:dagordning|föredragningslist|ärendelist)\w*"),
        (MatterOutcome.ANMALD, r"\banmälan av\b.{0,60}\b(?:läggs|noteras)\b|\banmäls\b"),
        (
            MatterOutcome.NOTERAD,
            r"\bnotera(?:r|s)?\b|\btar? (?:del av|emot) (?:\w+ )?(?:information|redovisning|rapport)\w*"
            r"|\blägg(?:er|s)\b.{0,60}\btill handlingarna\b",
        ),
        (MatterOutcome.ENTLEDIGAD, r"\bentledig(?:ar|as)\b|\bbeviljar? .{0,40}entledigande\b|\bgodkänner avsägelse\w*"),
        (
            MatterOutcome.VALD,
            r"\b(?:väljer|utser|väljs|utses)\b.{0,80}\b(?:som|till) (?:ny )?(?:ledamot|ersättare|ordförande|vice)",
        ),
    )
)


def matter_of(decision: str) -> MatterOutcome | None:
    """What one att-sats says became of the matter; None where it decides something of its own."""
    folded = fold(decision)
    return next((matter for matter, pattern in _MATTERS if pattern.search(folded)), None)


_DENIES = re.compile(r"\b(?:inte|ej|icke|aldrig)\b")
_REJECTS_ANYTHING = re.compile(forgiving(r"\bavsl(?:å|år|ås|ogs?|ag)\b"))
MOVES = frozenset({MatterOutcome.ATERREMITTERAD, MatterOutcome.BORDLAGD, MatterOutcome.REMITTERAD})


def is_twisted(decisions: Sequence[str], proposed: Sequence[str] = ()) -> bool:
    """Whether the words that tell what was decided may mean their opposite, so that a person must read them.

    A decision that denies something the proposal does not, one that rejects a request to return or postpone, or one
    to return or postpone beside one of another kind.
    """
    denied = sum(len(_DENIES.findall(fold(text))) for text in proposed)
    if sum(len(_DENIES.findall(fold(text))) for text in decisions) != denied:
        return True
    moving = [text for text in decisions if matter_of(text) in MOVES]
    return any(_REJECTS_ANYTHING.search(fold(text)) for text in moving) or 0 < len(moving) < len(decisions)


def rejects(text: str) -> bool:
    """Whether an att-sats says no to something."""
    return bool(_REJECTS_ANYTHING.search(fold(text)))


_RECEIVER = re.compile(
    forgiving(
        r"(?:remitter(?:ar|as|a)|återremiss|överlämna(?:r|s)?|på remiss).{0,120}?\btill\b (?P<to>[^.;,]{3,90}?)"
        r"(?= för (?!\w+ & )(?:att|beredning|yttrande|vidare|ny|komplettering|svar|handläggning|beslut|ytterligare)"
        r"| med| i syfte|[.;,]|$)"
    )
)


def receiver_in(decisions: Iterable[str]) -> str | None:
    """Whom something is remitted, returned or handed over to, as it is written."""
    for decision in decisions:
        match = _RECEIVER.search(fold(decision))
        if match:
            return decision[match.start("to") : match.end("to")].strip()
    return None


_MINORITY = re.compile(forgiving(r"\bminoritets(?:återremiss|bordläggning)|\bminst en tredjedel\b"))


def by_minority(text: str) -> bool:
    return bool(_MINORITY.search(fold(text)))


# --- against what was proposed ---------------------------------------------------------------------------
_APPROVES = re.compile(
    forgiving(
        r"\b(?:bifall(?:er|it)|antar|godkänner|beslutar? (?:i enlighet med|enligt)|enligt)\b.{0,90}?"
        r"(?:förslag(?:et)?|det\b)"
    )
)
_AS_PROPOSED = re.compile(
    forgiving(r"\benligt (?:[\w-]+s )?(?:liggande |framlagt )?förslag(?:et)?\b|\bi enlighet med (?:[\w-]+s )?förslag")
)
_ONE = re.compile(forgiving(r"\b(?:finns|föreligger|finner att det finns) (?:bara |endast )?ett förslag\b"))
_REJECTS = re.compile(
    forgiving(
        r"\bavslår? (?:(?:[\w-]*(?:förvaltningens|kontorets|utskottets|nämndens|skrivelsens)|liggande|framlagt) "
        r"förslag(?:et)?|förslaget)[ .]*$"
    )
)
_HOUSE = re.compile(forgiving(r"förvaltning|utskott|nämnd|kontor|styrelsens? förslag|presidi|det\b|liggande"))


def ruling_in(decisions: Sequence[str], order: str) -> Outcome | None:
    """How it went with what was proposed, where the protocol says so."""
    said = fold(" ".join(decisions))
    folded = fold(" ".join(order.split()))
    if _DENIES.search(said):
        return None
    if len(decisions) == 1 and _REJECTS.search(said) and not _APPROVES.search(folded):
        return Outcome.AVSLAG
    if _REJECTS_ANYTHING.search(said):
        return None
    if len(decisions) == 1 and _AS_PROPOSED.search(said):
        return Outcome.BIFALL
    if not folded:
        return None
    house = [match[0] for match in _APPROVES.finditer(folded) if _HOUSE.search(match[0])]
    return Outcome.BIFALL if house or (_ONE.search(folded) and _APPROVES.search(folded)) else None


_IMMEDIATE = re.compile(
    forgiving(
        r"\b(?:justera[sd]?|justeringen|förklara[sd]?)\b.{0,60}\b(?:omedelbart|direkt|genast)\b"
        r"|\b(?:omedelbart|direkt)[ -]?(?:justera[sd]|justering)|\bomedelbar justering\b|\bdirekt justering\b"
    )
)
_ONLY_THAT = re.compile(
    forgiving(
        r"(?:att )?(?:paragrafen|beslutet|ärendet|punkten|protokollet)?[\w §]{0,40}(?:omedelbar|direkt)\w* ?"
        r"(?:justera\w*)?.{0,30}"
    )
)


def is_immediate(text: str) -> bool:
    """Whether a § was adjusted at once."""
    return bool(_IMMEDIATE.search(fold(" ".join(text.split()))))


def is_only_immediate(decision: str) -> bool:
    """Whether an att-sats says that alone: it is no part of the decision in the matter."""
    return bool(_IMMEDIATE.search(fold(decision))) and bool(_ONLY_THAT.fullmatch(fold(decision).rstrip(". ")))


# --- voteringar ------------------------------------------------------------------------------------------
_WORDS = (
    "noll en två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton tjugo"
)
_NUMBER = {fold(word): number for number, word in enumerate(_WORDS.split(" "))} | {"ett": 1, "ingen": 0, "inga": 0}
_COUNT = rf"(?P<{{0}}>\d{{{{1,3}}}}|{'|'.join(sorted(_NUMBER, key=len, reverse=True))})"
_YES, _NO = _COUNT.format("yes"), _COUNT.format("no")
_VOTES, _VOTED = r"(?:-?\s?rost(?:er)?)?", "(?:ledamoter )?(?:har )?rosta(?:r|t|de) "
_TALLY = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YES} ?(?:st\.? )?ja{_VOTES}\b.{{0,60}}?\b{_NO} ?(?:st\.? )?nej",
        rf"\bja{_VOTES}:? {_YES}\b.{{0,60}}?\bnej{_VOTES}:? {_NO}\b",
        rf"{_YES} {_VOTED}ja\b.{{0,80}}?{_NO} (?:{_VOTED})?nej",
    )
)
_ABSTAIN = re.compile(
    rf"{_COUNT.format('count')}(?: ledamot(?:er)?)? (?:som )?(?:avst[ao]r|har avstatt|nedlagda?|avstod)"
)
_ABSTAIN_AFTER = re.compile(rf"\bavst[ao]r(?: fran att rosta)?:? {_COUNT.format('count')}\b")
_CASTING = re.compile(forgiving(r"\butslagsröst"))
_SIDE = (
    r"{0}(?:-?röst)? ?(?:innebär|betyder|för|=|:)(?: att)? ?(?P<what>[^.\n;]{{3,200}})"
    r"|röstar? {0} (?P<rest>för [^.\n;]{{3,200}})"
)
_YES_FOR, _NO_FOR = (re.compile(forgiving(rf"\b{_SIDE.format(side)}")) for side in ("ja", "nej"))


def votes_in(pieces: Sequence[Piece]) -> tuple[ReadVote, ...]:
    """The voteringar of a §, in order; the table of names belongs to the last that has the same numbers."""
    whole = "\n".join(piece.text for piece in pieces)
    names = tuple(name for piece in pieces for name in _by_name(piece))
    found: list[ReadVote] = []
    for piece in pieces:
        text, places = _run_on(piece)
        folded = fold(text)
        for match in _tallies(folded):
            near = folded[match.start() : match.end() + 160]
            yes, no = _count(match["yes"]), _count(match["no"])
            if any((one.yes, one.no) == (yes, no) for one in found):
                continue
            abstained = _abstained(near)
            own = names if _tally(names) == (yes, no, abstained) or _tally(names)[:2] == (yes, no) else ()
            found.append(
                ReadVote(
                    yes=yes,
                    no=no,
                    abstained=abstained or _tally(own)[2],
                    casting=bool(_CASTING.search(near)) or (yes == no and bool(_CASTING.search(fold(whole)))),
                    main=_said(_YES_FOR, whole),
                    against=_said(_NO_FOR, whole),
                    by_name=own,
                    line=_line(places, match.start()),
                )
            )
    return tuple(found)


def _tallies(folded: str) -> Iterator[re.Match[str]]:
    return next((iter(found) for pattern in _TALLY if (found := list(pattern.finditer(folded)))), iter(()))


def _abstained(near: str) -> int:
    match = _ABSTAIN.search(near) or _ABSTAIN_AFTER.search(near)
    return _count(match["count"]) if match else 0


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else _NUMBER[text]


def _said(pattern: re.Pattern[str], whole: str) -> str:
    text = re.sub(r"\n(?!\s*(?:[−•*–-]|nej|ja))", " ", whole, flags=re.IGNORECASE)
    match = pattern.search(fold(text))
    name = ("what" if match["what"] else "rest") if match else ""
    return " ".join(text[match.start(name) : match.end(name)].split()).strip() if match else ""


def _tally(names: Iterable[tuple[str, Ballot]]) -> tuple[int, int, int]:
    ballots = [ballot for _, ballot in names]
    return ballots.count(Ballot.JA), ballots.count(Ballot.NEJ), ballots.count(Ballot.AVSTAR)


_COLUMNS = ((Ballot.JA, "ja"), (Ballot.NEJ, "nej"), (Ballot.AVSTAR, "avst"))


def _by_name(piece: Piece) -> Iterator[tuple[str, Ballot]]:
    """The rows of a table with a mark under ja, nej or avstår."""
    columns: dict[int, Ballot] = {}
    for _, line in piece.lines:
        if "|" not in line:
            continue
        row = [cell.strip() for cell in line.strip().strip("|").split("|")]
        heads = {at: ballot for at, cell in enumerate(row) for ballot, word in _COLUMNS if fold(cell).startswith(word)}
        if len(heads) > 1:
            columns = heads
        elif columns and is_person(without_party(row[0])):
            marked = [
                ballot for at, ballot in columns.items() if at < len(row) and row[at].strip().lower() in ("x", "1")
            ]
            if len(marked) == 1:
                yield without_party(row[0]), marked[0]


# --- persons ---------------------------------------------------------------------------------------------
_PARTY = re.compile(r"\s*\((?:[A-ZÅÄÖ]{1,5}|-|[A-Z][a-z]{1,4}) ?\)")
_NAME = r"[A-ZÅÄÖÉ][a-zåäöéèüøæšžćčğñ']+(?:-[A-ZÅÄÖÉ][a-zåäöéèü]+)?"
_PERSON = re.compile(rf"{_NAME}(?: (?:(?:de|la|von|af|av|van|der|bin|el|al) )*{_NAME}){{1,3}}")


def without_party(text: str) -> str:
    return _PARTY.sub("", text).strip(" ,.")


def persons_in(text: str) -> tuple[str, ...]:
    """The names in running text: those with a party after them, or, where none has one, what looks like a name."""
    with_party = [match[0].strip() for match in re.finditer(rf"{_PERSON.pattern}(?=\s*\([A-ZÅÄÖ]{{1,5}} ?\))", text)]
    found = with_party or [match[0] for match in _PERSON.finditer(text) if is_person(match[0])]
    return tuple(dict.fromkeys(found))


_RESERVES = re.compile(forgiving(r"\breserver(?:ar|ade|at) sig\b|\breserverar\b"))


def reservations_in(pieces: Iterable[Piece], *, headed: bool) -> tuple[ReadReservation, ...]:
    """Who reserves themselves: every paragraph under the heading, or the sentences that say so."""
    found = []
    for piece in pieces:
        for line, paragraph in _paragraphs(piece):
            says = bool(_RESERVES.search(fold(paragraph)))
            if is_placeholder(paragraph) or not (says or (headed and persons_in(paragraph))):
                continue
            who = re.split(
                forgiving(r"(?i)\btill förmån\b|\bmot beslutet\b(?=.*reserverar)|\bför (?:eget|egna|sitt|sina)\b"),
                paragraph,
            )
            names = tuple(dict.fromkeys(name for part in who[:1] or who for name in persons_in(part)))
            names = names or persons_in(paragraph)
            found.append(ReadReservation(names, paragraph, line))
    return tuple(found)


_JAV = re.compile(forgiving(r"\bjäv(?:ig|iga)?\b"))


def javiga_in(pieces: Iterable[Piece], *, headed: bool) -> tuple[str, ...]:
    """Who has jäv, by the sentences that say so."""
    names: list[str] = []
    for piece in pieces:
        for _, paragraph in _paragraphs(piece):
            for sentence in re.split(r"(?<=[.!])\s+", paragraph):
                if _JAV.search(fold(sentence)) or headed:
                    names += persons_in(sentence)
    return tuple(dict.fromkeys(names))


def _paragraphs(piece: Piece) -> Iterator[tuple[int, str]]:
    """(line, text) of each paragraph, its broken lines joined."""
    began, text = 0, ""
    for at, line in (*piece.lines, (-1, "")):
        bare = line.strip()
        if not bare:
            if text:
                yield began, text
            began, text = 0, ""
        elif text:
            text = joined(text, bare)
        else:
            began, text = at, bare


def _run_on(piece: Piece) -> tuple[str, list[tuple[int, int]]]:
    """A piece as one text, and where in it each line begins."""
    text, places = "", []
    for at, line in piece.lines:
        places.append((len(text), at))
        text += line.strip() + " "
    return text, places


def _line(places: list[tuple[int, int]], offset: int) -> int:
    return max((at for start, at in places if start <= offset), default=0)
