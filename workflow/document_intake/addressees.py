"""Those the decision is to be sent to, one by one, and what of the list cannot be told for certain."""

import itertools
import re

from workflow.document_intake.folding import fold, key
from workflow.document_intake.headings import unmarked
from workflow.document_intake.layout import cells, continues, is_sentence, joined
from workflow.document_intake.names import bodies_in, is_person, is_title, is_unit
from workflow.document_intake.placeholders import is_placeholder
from workflow.document_intake.sections import Section

_MARK = re.compile(r"^(?:[•●▪◦·*\-–—−]\s*|\d{1,2}[.)]\s+|o\s{2,})")
_WHY = (
    r"(?:för (?:(?:vidare|fortsatt) )?(?:kännedom|åtgärd|beslut|information|delgivning|publicering|expediering|yttrande"
    r"|diarieföring|verkställ\w+|handläggning|genomförande|beaktande|bevakning|samråd|påseende)"
    r"|(?:till )?(?:kännedom|åtgärd|verkställighet)|kopia(?: till| för kännedom)?|internt?|externt?"
    r"|(?:interna|externa) mottagare|delges|delgivning|underrättas|meddelas)"
)
_PURPOSE = re.compile(rf"(?i)^(?:{_WHY}|cc|till)\s*:\s*")
_ONLY_PURPOSE = re.compile(rf"(?i)^{_WHY}$")
_HOW = re.compile(
    rf"(?i)\s*\((?:{_WHY}|delges|akten?|expedieras|(?:via |per |med )?(?:e-?post|mejl|post|brev)"
    r"|rek(?:ommenderat)?(?: ?\+ ?mb)?|(?:med )?mottagningsbevis|mb|digitalt|via .{2,40})\)$"
)
_MAIL = re.compile(r"[<(]?[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+[>)]?")
_SEPARATED = re.compile(r"\s+[/·•]\s+")
# What stands below the list and is told to whoever reads the decision.
_AFTER_THE_LIST = re.compile(
    r"(?i)(?:bilaga\s*:?\s*)?(?:(?:information om |anvisning(?:ar)? om )?(?:hur (?:man|du|ni|beslut\w*) )"
    r"|(?:så (?:här )?|att )överklag|överklaga|besvärshänvisning"
    r"|(?:detta |nämndens )?beslut(?:et)? (?:kan|får|går|gäller|vinner)"
    r"|(?:se )?bilag(?:a|or)\b|paragrafen\b|omedelbar justering|punkten justeras)"
)
# "region Norr", "centrala enheten" after a comma: a part of the organisation before it.
_PART_OF = re.compile(
    r"(?:region|distrikt|division|sektion|avdelning|enhet|kontor|område|verksamhetsområde|lokalavdelning|kansli)"
    r"(?:en|et)? \S"
    r"|(?:centrala|norra|södra|östra|västra|lokala|regionala) "
)
_NOBODY = frozenset({"", "inga", "ingen", "ange mottagare", "x", "n a", "saknas", "namn", "titel", "mottagare"})
_BELONGS_BEFORE = re.compile(
    r"(?:för|att|via|med|genom|c/o|att:|dnr|box|utom|inklusive)\b"
    r"|[A-ZÅÄÖ]\S+ \d{1,4} ?[A-Z]?$|\d{3} ?\d{2} [A-ZÅÄÖ]"
)
_ORGAN_WORD = re.compile(r"^(?:Region|Stiftelsen|Föreningen|Bolaget) |(?:kommun|stad|förbundet|bolaget| AB|erna|arna)$")
_ONE_OF_MANY = re.compile(r"[A-Za-zåäöÅÄÖ]{4,}(?:en|et|na)$")  # "sökanden", "revisorerna"
_LISTS_ON = re.compile(r"(?:[-&,]| och| samt)$")
# "Byggkontorets", "den gemensamma", "chefen för": a noun must follow.
_ASKS_FOR_MORE = re.compile(
    r"(?:[-&,/(s]|(?<!rn)a| och| samt| för| vid| i| på| av| från| till| med| inom| under| den)$"
)
_MAX_ADDRESSEE = 120
_LONG = 60


def read_recipients(sections: list[Section], whole: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`whole` is the document's text: a comma inside a name shows where the name stands without it."""
    names: list[str] = []
    unsure: list[str] = []
    entries = [line for section in sections for line in _lines(section)]
    with_commas = sum("," in line for line in entries)
    words = _words_without_lists(whole) if with_commas else ""
    for line in entries:
        parts, note = _split(line, words, one_a_line=len(entries) > 1 and with_commas == 1)
        names += parts
        unsure += [note] if note else []
    return tuple(dict.fromkeys(names)), tuple(unsure)


def _lines(section: Section) -> list[str]:
    """One addressee or one comma-separated list a line."""
    found: list[str] = []
    lower_case = _is_lower_case_list(section.texts)
    for above, text in itertools.pairwise(["", *section.texts]):
        if found and _ends_list(above, text, lower_case):
            break
        for cell in cells(unmarked(text)):
            bare = _HOW.sub("", _PURPOSE.sub("", _MARK.sub("", cell)).strip())
            if found and not _MARK.match(cell) and _goes_on(found[-1], bare, lower_case):
                found[-1] = joined(found[-1], bare)
            elif _is_addressee(bare):
                found.append(bare)
    return found


def _ends_list(above: str, text: str, lower_case: bool) -> bool:
    if _AFTER_THE_LIST.match(unmarked(text)):
        return True
    return not above.strip() and (is_sentence(text.strip()) or (not lower_case and _is_running_text(text)))


def _is_running_text(text: str) -> bool:
    """The rest of a sentence from the page before."""
    return len(text) > _LONG and text.lstrip()[:1].islower()


def _is_lower_case_list(texts: list[str]) -> bool:
    first = next((text for text in texts if text.strip()), "")
    return _MARK.sub("", first.strip())[:1].islower()


def _goes_on(above: str, text: str, lower_case: bool) -> bool:
    if _MAIL.fullmatch(text):
        return False
    if lower_case and not _LISTS_ON.search(above):
        return False
    if _is_an_organ(text) and not _ASKS_FOR_MORE.search(above):
        return False
    return bool(text) and continues(above, text)


def _is_addressee(text: str) -> bool:
    if len(text) > _MAX_ADDRESSEE and "," not in text:
        return False
    heads_a_group = text.endswith(":") or bool(_ONLY_PURPOSE.match(text))
    return key(text) not in _NOBODY and not is_placeholder(text) and not heads_a_group


def _split(line: str, words: str, *, one_a_line: bool) -> tuple[list[str], str]:
    line = _HOW.sub("", line.rstrip(" .,;"))
    if not line:
        return [], ""
    groups = _groups(line)
    if len(groups) > 1:  # then a comma parts nothing, unless both sides of it are organs
        split = [_split(group, words, one_a_line=True) for group in groups]
        return [name for names, _ in split for name in names], next((note for _, note in split if note), "")
    parts = _without_mail([part.strip() for part in re.split(r",\s+", line) if part.strip()])
    if len(parts) < 2:
        return _last_split(parts), ""
    if key(" ".join(parts)) in words:  # they stand together elsewhere without the comma: it is inside one name
        return [line], f"Kommatecknet i ”{line}” lästes som en del av namnet, eftersom namnet står så i texten."
    people = _with_titles(parts)
    if len(people) < len(parts):
        return people, ""
    if len(parts) == 2 and (
        _is_a_role_somewhere(*parts) or _is_part_of(*parts) or (one_a_line and not _is_an_organ(parts[1]))
    ):
        return [", ".join(parts)], f"Raden ”{line}” under mottagare lästes som en mottagare."
    listed = _last_split(parts)
    return listed, f"Raden ”{line}” under mottagare lästes som {len(listed)} mottagare." if len(parts) == 2 else ""


def _groups(line: str) -> list[str]:
    """What semicolons part, or strokes with space around them unless a title stands after one."""
    groups = [group.strip() for group in re.split(r";\s+", line) if group.strip()]
    struck = [part for part in _SEPARATED.split(line) if part.strip()]
    return groups if len(groups) > 1 or any(map(is_title, struck[1:])) else struck


def _without_mail(parts: list[str]) -> list[str]:
    """An address after a name is where to send it; alone, or among others, it is all that is said of an addressee."""
    named = [_HOW.sub("", " ".join(_MAIL.sub(" ", part).split()) or part) for part in parts]
    among_others = sum(bool(_MAIL.fullmatch(part)) for part in named) > 1
    return [part for at, part in enumerate(named) if at == 0 or among_others or not _MAIL.fullmatch(part)]


def _words_without_lists(whole: str) -> str:
    # A list written twice, once with commas and once without, is still a list: commas must keep parts apart.
    return re.sub(r"[^0-9a-z]+", " ", fold(re.sub(r"[,;]\s+", " | 0 | ", whole)))


def _with_titles(parts: list[str]) -> list[str]:
    """A title, and what is said in lower case after it, belongs to the person before it."""
    found: list[str] = []
    for part in parts:
        if found and _belongs_to(found[-1], part):
            found[-1] += f", {part}"
        else:
            found.append(part)
    return found


def _belongs_to(name: str, part: str) -> bool:
    titled = is_person(name.split(",")[0]) and (is_title(part) or ("," in name and part[:1].islower()))
    return titled or bool(_BELONGS_BEFORE.match(part)) or _abbreviates(part, name)


def _is_a_role_somewhere(one: str, other: str) -> bool:
    """ "Hemtjänsten, enhetschef", "Rektor, Kajskolan": who, and where; two titles or two organs are a list."""
    if is_title(one):
        return not is_title(other) and not _is_an_organ(other)
    return one[:1].isupper() and other[:1].islower() and is_title(other)


def _is_part_of(whole: str, part: str) -> bool:
    return whole[:1].isupper() and bool(_PART_OF.match(part))


def _abbreviates(part: str, name: str) -> bool:
    """ "Kajstadsregionen, KR": the short name of the one before."""
    letters = iter(fold(name))
    return part.isupper() and 1 < len(part) < 6 and name[:1] == part[0] and all(one in letters for one in fold(part))


def _last_split(parts: list[str]) -> list[str]:
    """ "a, b och c" has three; "a, Kultur- och fritidsnämnden" has two."""
    match = re.match(r"(.+\w)\s+(?:och|samt)\s+(.+)$", parts[-1])
    if match is None:
        return parts
    left, right = match.groups()
    are_two = _is_an_organ(left) and _is_an_organ(right) and not (" för " in left and _ONE_OF_MANY.fullmatch(right))
    return [*parts[:-1], left, right] if are_two else parts


def _is_an_organ(text: str) -> bool:
    named = bodies_in(text)
    return (
        bool(named and named[0][1] == 0)
        or is_unit(text[:1].upper() + text[1:])
        or is_title(text)
        or bool(_ORGAN_WORD.search(text) or _ONE_OF_MANY.fullmatch(text))
    )
