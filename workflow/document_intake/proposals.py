"""What the bodies are asked to decide: each heading's body, and its att-satser one by one."""

import enum
import itertools
import re
from collections.abc import Iterator

import msgspec

from workflow.document_intake.folding import TILL, fold, forgiving, key
from workflow.document_intake.headings import unmarked
from workflow.document_intake.interface import ReadProposal
from workflow.document_intake.layout import continues, joined, reaches
from workflow.document_intake.names import bodies_in, names_generic_body, whole_body
from workflow.document_intake.sections import Section


class Shape(enum.Enum):
    NUMBERED = "numbered"
    LETTERED = "lettered"
    BULLET = "bullet"
    ATT = "att-sats"
    PARAGRAPH = "paragraph"


class Block(msgspec.Struct):
    """An item or a paragraph, its broken lines joined."""

    shape: Shape
    text: str
    ends_line: bool = True
    last_line: str = ""


class Group(msgspec.Struct):
    """What stands under one naming of a body."""

    body: str | None
    blocks: list[Block] = msgspec.field(default_factory=list)
    infinitives: bool = False  # the line above ended in "att": each line below is an att-sats of its own


_MARKS = (
    (
        Shape.NUMBERED,
        re.compile(
            r"\d{1,2}[.)]\s+(?=\S)|\d{1,2}\s+(?=[A-ZÅÄÖ][a-zåäö])|(?:\d{1,2} ?§|§ ?\d{1,2})[.:]?\s+"
            r"|\d{1,2}(?:\.\d{1,2}){1,2}\.?\s+(?=[A-ZÅÄÖ]|att\s)|(?:[IVX]{1,4}|l)[.)]\s+(?=\S)"  # l: a misread 1
        ),
    ),
    (Shape.LETTERED, re.compile(r"[a-h][.)]\s+(?=\S)")),
    (Shape.BULLET, re.compile(r"[•●▪◦·*\-–—−]\s+(?=\S)|o\s{2,}(?=\S)")),
    (Shape.ATT, re.compile(r"(?=(?:[Aa]tt|ATT)\s)")),
)
_TABLE_ROW = re.compile(r"\|.*\||\S\s{2,}.*\d(?:[ .,]\d{3})*\s*(?:kr|kronor|tkr|%)?$|[A-ZÅÄÖ0-9]\s{2,}\d")
_NUMERAL = re.compile(r"[IVX]{1,4}\.?")  # alone above each body's own part
_SENTENCE_END = re.compile(r"(?<=[.!])(?<![\s(.][a-zåäö]\.)(?<!kap\.)(?<!dnr\.)(?<!t\.ex\.)(?<!nr\.)\s+(?=[A-ZÅÄÖ])")

_ASKS = re.compile(forgiving(r"\b(?:b[ec]s[l1i][un]t[ae]r?|för[ec]s[l1i]å[rs]?|tillstyrker|förslag)\b"))
_PADDING = re.compile(
    forgiving(
        r"\b(?:beslutar|besluta|föreslår|föreslås|föreslå|att|följande|för|egen|del|enligt|och|i|samt|dels|sin|under"
        r"|förutsättning|av|ovan|nämnden|fullmäktige|förvaltningen|kontoret|förslag|till|beslut|nedan|fattar?|ska|är|vidare|även|också|dessutom)\b"
    )
)
# The stems of what bodies do, as they stand before the passive's -s: "godkänns", "fastställs", "ges".
_DECIDES = re.compile(
    forgiving(
        r"\b(?:godkänn|anta|fastställ|avsl|bifall|tillstyrk|avstyrk|upphäv|bevilj|uppdra|noter|lägg|överlämn|översänd"
        r"|deleger|utse|välj|förläng|inrätt|ansl|anvis|finansier|besvar|anse|juster|sälj|förvärv|inför|ändr|höj|sänk"
        r"|teckn|återremitter|remitter|avskriv|avslut|revider|upplåt|tilldel|bemyndiga|g|ge|gör|ta|skicka|entledig"
        r"|ställ|förklara|omfördel|avsätt|säg)[a-z0-9]{0,3}s\b|\bupphör\b|\bfår i uppdrag\b|\bska\b"
    )
)
_SUBJECT_VERB = re.compile(r"^\s*(?:[a-z-]+ ){0,3}?[a-z]{2,}(?:r|s)\b")
# What is decided about a body, and not by it: "får i uppdrag", "bemyndigas". Only "föreslås" asks it.
_RECEIVES = re.compile(forgiving(r"\s*(?:får|ska|skall|har|ansvarar|(?!föreslås)[a-z]{2,}s)\b"))
_ABBREVIATIONS = {
    "KF": "kommunfullmäktige",
    "KS": "kommunstyrelsen",
    "RF": "regionfullmäktige",
    "RS": "regionstyrelsen",
}
_FULLMAKTIGE = {"kommunstyrelsen": "kommunfullmäktige", "regionstyrelsen": "regionfullmäktige"}
_GENERIC_FULLMAKTIGE = re.compile(forgiving(r"\bföreslår? (?:att )?fullmäktige\b"))
_PROVISO = re.compile(r",? under förutsättning (?:att|av) [^,:]*,?")
_INFINITIVE = re.compile(
    forgiving(
        r"(?:samt |och |dels )?(?:godkänna|anta|fastställa|avslå|bifalla|uppdra|ge|överlämna|översända|delegera|utse"
        r"|bevilja|förlänga|notera|lägga|anse|tillstyrka|avstyrka|inrätta|anslå|anvisa|revidera|upphäva|ändra|höja|sänka"
        r"|införa|teckna|sälja|förvärva|återremittera|remittera|avskriva|avsluta|bemyndiga|medge|lämna|ta|ställa"
        r"|finansiera|tilldela|välja|föreslå)\b"
    )
)
_SHORT_LINE = 60
_MAX_PREAMBLE = 8  # words
_LONGEST_PREAMBLE = 400  # letters
_OPENING = re.compile(forgiving(r"\b(?:beslutar|besluta|föreslår)\b[a-z &-]{0,60}?:? att\s"))
_INNER_ATT = re.compile(r"(?:,|;)?\s+(?:samt |dels |och )att\s|[,;]\s+att\s")
_NESTED = re.compile(forgiving(r" att (?!(?:gälla|ingå|börja gälla|träda i kraft)\b)"))
_OPENS_A_DECISION = re.compile(r"\bbeslutar\b|\bforesl[a-z0-9]r\b")
_MOST_ATT = 6  # in what only asks: "föreslår att … föreslår att … beslutar att"
_ATT_WORD = re.compile(r" att\b")
_AMOUNT = re.compile(r"\d")


def read_proposals(sections: list[Section]) -> tuple[tuple[ReadProposal, ...], tuple[str, ...]]:
    """The proposals in order, and what was uncertain about them."""
    reader = _Reading()
    for section in sections:
        for group in _groups(section):
            reader.add(group)
    return reader.result()


class _Reading:
    """Gathers groups by body: a skrivelse may repeat its proposal, and name a body twice."""

    def __init__(self) -> None:
        self._found: dict[str | None, list[str]] = {}
        self._unsure: list[str] = []

    def add(self, group: Group) -> None:
        satser, note = _att_satser(group)
        body = group.body or self._body_named_below(satser)
        for sats in map(_without_trailing_link, satser):
            # A clause that names no body has its body in the clause before it.
            body = group.body or _decider_of(sats) or body
            known = self._found.setdefault(body, [])
            if key(sats) not in map(key, known):
                known.append(sats)
        if note:
            self._unsure.append(note)

    def _body_named_below(self, satser: list[str]) -> str | None:
        """Where the heading names no body, and the first clause none, the one body that a later clause names."""
        deciders = [_decider_of(sats) for sats in satser]
        named = {body for body in deciders if body}
        if not deciders or deciders[0] or len(named) != 1:
            return None
        body = named.pop()
        self._unsure.append(
            f"Första punkten i förslaget till beslut nämner inget organ; {body}, som en senare punkt nämner, antogs."
        )
        return body

    def result(self) -> tuple[tuple[ReadProposal, ...], tuple[str, ...]]:
        proposals = tuple(ReadProposal(body, tuple(satser)) for body, satser in self._found.items())
        return proposals, tuple(dict.fromkeys(self._unsure))


def _without_trailing_link(sats: str) -> str:
    return re.sub(r"(?:[,;]|[,;]? (?:och|samt))$", "", sats.strip())


# --- groups ------------------------------------------------------------------------------------------
def _groups(section: Section) -> list[Group]:
    groups = [Group(_body_of_heading(section.heading))]
    blocks = _blocks(section.texts)
    for block, below in itertools.zip_longest(blocks, blocks[1:]):
        asked = _asked_above(block, below)
        if asked is not None:
            infinitives = fold(block.text).rstrip(" :").endswith(("att", "besluta"))
            groups.append(Group(asked or groups[-1].body, infinitives=infinitives))
        elif len(groups) > 1 and _is_to_another(block, groups[-1]):
            groups.append(Group(_decider_of(block.text), [block]))
        else:
            groups[-1].blocks.append(block)
    return groups


def _is_to_another(block: Block, group: Group) -> bool:
    """Whether a paragraph that is itself to be decided says that another body than the one asked last decides."""
    body = _decider_of(block.text) if block.shape is Shape.PARAGRAPH else None
    return bool(body and body != group.body and _OPENS_A_DECISION.search(fold(block.text)))


def _asked_above(block: Block, below: Block | None) -> str | None:
    """The body a block asks to decide what stands below it; None where the block is itself to be decided."""
    if block.shape is Shape.ATT:
        return _asked_body(block) if _asks_for_more(block.text) else None
    if block.shape is not Shape.PARAGRAPH:
        return None
    if below is None and block.text.endswith("."):
        return None  # "Nämnden beslutar enligt förvaltningens förslag."
    if below and below.shape is not Shape.PARAGRAPH and not block.ends_line:
        block = Block(block.shape, block.text)  # two lines that ask, right above a list
    return _asked_body(block)


def _asks_for_more(clause: str) -> bool:
    """Whether "att nämnden föreslår fullmäktige besluta" opens a list of its own."""
    bodies = bodies_in(clause)
    return bool(bodies) and bodies[0][1] == len("att ") and clause.endswith((":", " att", " besluta", " beslutar"))


def _body_of_heading(heading: str) -> str | None:
    """ "Kommunstyrelsens förslag till kommunfullmäktige" asks kommunfullmäktige, the one last named."""
    till = re.search(rf"\b{TILL}\b", fold(heading))
    target = heading[till.end() :].strip() if till else heading
    bodies = bodies_in(target)
    if not bodies:
        return _abbreviated(target) or next((body for body, _, _ in bodies_in(heading)), None)
    body, start, end = bodies[-1]
    beyond = target[end:].lower().rstrip(" :") if " för " in body else ""
    return (_first_words(target[:start]) if len(bodies) == 1 else "") + _without_decision(body + beyond)


def _first_words(before: str) -> str:
    """What of a body's name a pattern of bodies does not know: "barn och …nämnden", "norra …nämnden"."""
    words = re.sub(r"^(?:beslut )?(?:i|för|hos|till) ", "", before.lower().lstrip())
    return words if re.fullmatch(r"(?:[a-zåäö-]+,? ){1,3}", words) and not words.startswith("beslut") else ""


def _abbreviated(text: str) -> str | None:
    return next((body for short, body in _ABBREVIATIONS.items() if re.search(rf"\b{short}\b", text)), None)


def _without_decision(body: str) -> str:
    # "nämnden för vård & omsorgs beslut"
    return re.sub(r"s beslut$", "", body)


def _asked_body(block: Block) -> str | None:
    """The body a line names as the one to decide what follows; "" for one that names nobody new; None: no such line."""
    text = _PROVISO.sub("", block.text)
    bodies = bodies_in(text)
    folded = fold(text)
    if not (bodies or names_generic_body(block.text) or _ASKS.search(folded)):
        return None
    if not _only_names_the_decider(folded, bodies):
        return None
    if not (block.text.rstrip().endswith((":", "att", "besluta", "beslutar")) or block.ends_line):
        return None
    return _decider(folded, bodies)


def _only_names_the_decider(folded: str, bodies: list[tuple[str, int, int]], preamble: int = _MAX_PREAMBLE) -> bool:
    """Nothing is decided yet in "Mot denna bakgrund föreslås nämnden besluta:", but in "… besluta om taxor:"."""
    for _, start, end in bodies:
        folded = folded[:start] + " " * (end - start) + folded[end:]
    asks = list(_ASKS.finditer(folded))
    before, after = (folded[: asks[-1].start()], folded[asks[-1].end() :]) if asks else ("", folded)
    return len(_meaning(before)) <= preamble and not _meaning(after)


def _meaning(text: str) -> list[str]:
    return key(_PADDING.sub(" ", text)).split()


def _decider(folded: str, bodies: list[tuple[str, int, int]]) -> str:
    if not bodies:
        return ""
    if _GENERIC_FULLMAKTIGE.search(folded):
        return _FULLMAKTIGE.get(bodies[-1][0], "fullmäktige")
    decides = [match.start() for match in re.finditer(r"\bbeslutar\b", folded)]
    if decides and "foresl" not in folded:
        # "beslutar kommunstyrelsen för egen del" and "kommunstyrelsen beslutar" alike: the nearest one.
        return min(bodies, key=lambda one: abs(one[1] - decides[-1]))[0]
    return bodies[-1][0]


# --- blocks ------------------------------------------------------------------------------------------
def _blocks(lines: list[str]) -> list[Block]:
    blocks: list[Block] = []
    blank_above = True
    widest = max(map(len, lines), default=0)
    for line in lines:
        text = unmarked(line)
        if text and not _TABLE_ROW.match(line.strip()) and not _NUMERAL.fullmatch(text):
            _place(blocks, text, blank_above, widest)
            blocks[-1].last_line = line
        blank_above = not text
    return blocks


def _place(blocks: list[Block], text: str, blank_above: bool, widest: int) -> None:
    shape, bare = _shape(text)
    above = blocks[-1] if blocks else None
    if above and shape is Shape.ATT and not blank_above and _needs_an_att(above):
        shape = Shape.PARAGRAPH
    if above and shape is Shape.PARAGRAPH and _goes_on(above, bare, blank_above, widest):
        above.text = joined(above.text, bare)
        above.ends_line = False
    else:
        blocks.append(Block(shape, bare))


def _needs_an_att(above: Block) -> bool:
    """Whether a line that begins with "att" only goes on where the margin broke the one above."""
    if above.shape in (Shape.NUMBERED, Shape.BULLET, Shape.LETTERED):
        return True
    if above.shape is Shape.ATT:
        return above.text.endswith((" uppdrag", " för", " genom", " rätt", " möjlighet", " så", " under förutsättning"))
    return not above.text.endswith((".", ",", ";")) and not _closes_a_line(above.text)


def _shape(text: str) -> tuple[Shape, str]:
    for shape, mark in _MARKS:
        match = mark.match(text)
        if match:
            return shape, text[match.end() :]
    return Shape.PARAGRAPH, text


def _goes_on(above: Block, text: str, blank_above: bool, widest: int) -> bool:
    """Whether the margin, and not the writer, parted this line from the block above."""
    if blank_above:
        if _asked_body(Block(Shape.PARAGRAPH, text)) is not None:
            return False
        if _INFINITIVE.match(fold(text)) and _INFINITIVE.match(fold(above.text)):
            return False
        return not above.text.endswith((".", ":")) and continues(above.text, text) and not above.text.endswith(" att")
    if above.shape is not Shape.PARAGRAPH:
        if _asks_anew(text) and not continues(_without_trailing_link(above.text), "X"):
            return False
        return not (text[0].isupper() and _is_apart(above, text, widest))
    if _closes_a_line(above.text):
        return text[0].islower() and not above.text.endswith((":", " att", " besluta", " beslutar"))
    return not _is_next_decision(above, text)


def _asks_anew(text: str) -> bool:
    """Whether a line right below an item turns to a body: "samt föreslå kommunfullmäktige besluta"."""
    if text.startswith("I ") and whole_body(text[2:]):
        return True
    begins = text[0].isupper() or fold(text).startswith(("samt ", "dels "))
    return begins and bool(_ASKS.search(fold(text)) and _asked_body(Block(Shape.PARAGRAPH, text)))


def _is_apart(above: Block, text: str, widest: int) -> bool:
    """Right below a list "Nämnden godkänner …" is a decision of its own, and so is what had room in the item."""
    if continues(above.text, text):
        return False
    bodies = bodies_in(text)
    has_a_decider = bool(bodies and bodies[0][1] == 0 and _SUBJECT_VERB.match(fold(text)[bodies[0][2] :]))
    return has_a_decider or not reaches(widest, above.last_line, text)


def _is_next_decision(above: Block, text: str) -> bool:
    """Decisions written one a line without marks: "godkänna avtalet" / "uppdra åt …", "Motionen avslås" / …"""
    if _INFINITIVE.match(fold(text)):
        return bool(_INFINITIVE.match(fold(above.text))) and not continues(_without_trailing_link(above.text), "X")
    short = text[0].isupper() and above.ends_line and len(above.text) < _SHORT_LINE
    return short and not continues(above.text, text) and _is_decision(above.text) and _is_decision(text)


def _closes_a_line(text: str) -> bool:
    """Whether what stands above is a whole line of its own: one that names the decider."""
    if len(text) > _LONGEST_PREAMBLE:
        return text.endswith(":")
    return text.endswith(":") or _asked_body(Block(Shape.PARAGRAPH, text)) is not None


# --- att-satser --------------------------------------------------------------------------------------
def _att_satser(group: Group) -> tuple[list[str], str]:
    listed = _listed_shape(group)
    if listed is None:
        return _of_paragraphs(group)
    items = [block.text for block in group.blocks if block.shape is listed]
    opening = _paragraphs(group.blocks[: _first(group, listed)])
    if listed is Shape.ATT and opening and _OPENING.search(fold(opening[-1].text)):
        # The first att-sats stands in the opening: running text, whose lines happen to begin with "att".
        items = [clause for item in items for clause in _clauses(item)]
    if _is_list_of_details(opening, items):
        satser, note = _of_paragraphs(Group(group.body, opening + _paragraphs(group.blocks[_first(group, listed) :])))
        return (
            satser,
            note or "En lista under förslaget till beslut lästes som en del av beslutet, inte som egna punkter.",
        )
    before = [sats for block in opening for sats in _decisions(block.text)]
    below = [block.text for block in _paragraphs(group.blocks[_first(group, listed) :]) if _begins_anew(block.text)]
    return before + items + [sats for text in below for sats in _decisions(text) or [text]], ""


def _begins_anew(text: str) -> bool:
    """Below a list, a paragraph that has its own decider is a decision; any other explains the list."""
    return text.startswith("Paragrafen ") or names_generic_body(text) or (_decider_of(text) is not None)


def _listed_shape(group: Group) -> Shape | None:
    return next((block.shape for block in group.blocks if block.shape is not Shape.PARAGRAPH), None)


def _first(group: Group, shape: Shape) -> int:
    return next(at for at, block in enumerate(group.blocks) if block.shape is shape)


def _paragraphs(blocks: list[Block]) -> list[Block]:
    return [block for block in blocks if block.shape is Shape.PARAGRAPH]


def _is_list_of_details(opening: list[Block], items: list[str]) -> bool:
    # Amounts under one decision are that decision; clauses under it are decisions themselves.
    if not opening or not opening[-1].text.endswith(":") or not _decisions(opening[-1].text):
        return False
    amounts = sum(bool(_AMOUNT.search(item)) for item in items)
    return 2 * amounts >= len(items) or not any(_decides_something(item) for item in items)


def _decides_something(item: str) -> bool:
    folded = fold(item)
    return folded.startswith("att ") or bool(_INFINITIVE.match(folded)) or _is_decision(item)


def _of_paragraphs(group: Group) -> tuple[list[str], str]:
    if group.infinitives:
        return [block.text for block in group.blocks], ""
    satser = [sats for block in group.blocks for sats in _decisions(block.text)]
    if not satser:
        return [block.text for block in group.blocks], ""
    several = any(len(_decisions(block.text)) > 1 for block in group.blocks)
    return satser, _COUNTED_BY_SENTENCE if several else ""


_COUNTED_BY_SENTENCE = "Förslaget till beslut är inte uppdelat i punkter; varje beslutsmening räknades som en punkt."


def _decisions(paragraph: str) -> list[str]:
    """The decisions in running text; a sentence that explains one is none, one that opens a list adds none."""
    found: list[str] = []
    for sentence in _SENTENCE_END.split(paragraph):
        if _is_decision(sentence) and not (found and sentence.rstrip().endswith(":")):
            found += _clauses(sentence.strip())
    return found


def _is_decision(sentence: str) -> bool:
    folded = fold(sentence).strip()
    bodies = bodies_in(sentence)
    if bodies and bodies[0][1] <= 1 and _SUBJECT_VERB.match(folded[bodies[0][2] :]):
        return True
    return names_generic_body(sentence) or bool(_DECIDES.search(folded) or _lead_in(sentence))


def _lead_in(sentence: str) -> str:
    """What of a sentence only asks a body: "Kontoret föreslår att nämnden beslutar att"; "" where nothing does."""
    ends = [match.end() for match in _ATT_WORD.finditer(fold(sentence[:_LONGEST_PREAMBLE]))]
    leads = (sentence[:end] for end in reversed(ends[:_MOST_ATT]))
    return next((lead for lead in leads if _is_lead_in(lead)), "")


def _is_lead_in(lead: str) -> bool:
    folded = fold(lead)
    bodies = bodies_in(lead)
    # "Nämnden godkänner planen och föreslår fullmäktige att" decides something first.
    preamble = 0 if bodies and bodies[0][1] <= 1 else _MAX_PREAMBLE
    return bool(bodies and _ASKS.search(folded)) and _only_names_the_decider(folded, bodies, preamble)


def _clauses(sentence: str) -> Iterator[str]:
    """ "beslutar att a samt att b" is two; the second att of an uppdrag stays with the first."""
    folded = fold(sentence)
    opening = _OPENING.search(folded)
    first = opening.end() if opening else 4 if folded.startswith("att ") else len(folded)
    start, nested_from = 0, len(_lead_in(sentence)) or first
    for match in _INNER_ATT.finditer(folded, nested_from):
        if not _NESTED.search(folded, nested_from, match.start()):
            yield sentence[start : match.start()].strip()
            start = match.end() - len("att ")
            nested_from = match.end()
    yield sentence[start:].strip()


def _decider_of(sats: str) -> str | None:
    """The body an att-sats itself begins with, where the heading names none."""
    lead = _lead_in(sats)
    if lead:
        return _decider(fold(lead), bodies_in(lead)) or None
    sats = re.sub("^[Aa]tt ", "", sats)
    bodies = bodies_in(sats)
    if not bodies or bodies[0][1] > 1 or _RECEIVES.match(fold(sats)[bodies[0][2] :]):
        return None
    asked = re.match(r"\s*foresl[a-z0-9]r (?:att )?", fold(sats)[bodies[0][2] :])
    passed_on = asked and len(bodies) > 1 and bodies[1][1] == bodies[0][2] + asked.end()
    return bodies[1][0] if passed_on else bodies[0][0]
