"""Who is who in a skrivelse: deciding bodies, units of the administration, persons and their titles."""

import re

from workflow.document_intake.folding import fold, forgiving, key

# --- bodies -----------------------------------------------------------------------------------------
# All patterns read folded text.
_COMPOUND = r"(?:[a-z0-9]+-,? ?(?:(?:och|samt|&) )?(?:[a-z0-9]+ (?:och|samt|&) )?)*"
_OWNER = forgiving(r"(?:(?:kommunstyrelsen|[a-z-]*nämnden|kommunen)s |[a-z-]+s (?=(?:stads|kommun)delsnämnd))?")
# A scanner also takes e for c, n for u, l for 1 and m for rn.
_CORE = forgiving(
    r"[a-z0-9]*(?:nä(?:m|rn)[nu]d(?:[ec][nu])?|styr[ec][l1i]s[ec][nu]?|fu[l1i]{2}(?:m|rn)äkt[i1l]g[ec]?|utskott(?:et)?"
    r"|presidiet|direktionen)"
)
# "… för egen del" and "… för beslut" say how and why, not of what; and "får" is no misread "för".
_NO_AREA = r"(?!(?:egen|sin|vår|den|det|att|beslut(?:et)?|kännedom|information|yttrande|godkännande|prövning)\b)"
_AREA = forgiving(
    rf"(?: f(?!a)ör {_NO_AREA}(?:[a-z-]+s (?=[a-z-]*förbund))?[a-z-]+(?: [a-z-]+(?= (?:&|och) ))?"
    r"(?:(?:,| &| och| samt) [a-z-]+){0,4})?"
)
_KIND = "(?:tekniska|gemensam(?:ma)?|sociala|norra|sodra|ostra|vastra|regionala|centrala) "
_BODY = re.compile(
    rf"(?<![\w-])(?P<name>{_OWNER}(?P<kind>{_KIND})?{_COMPOUND}(?P<core>{_CORE})(?P<s>s)?(?![a-z-]){_AREA})"
)
_GENERIC = frozenset({"namnden", "styrelsen", "fullmaktige", "utskottet", "presidiet", "namnd", "styrelse"})
_NOT_OURS = frozenset({"socialstyrelsen", "lansstyrelsen", "transportstyrelsen", "bostadsratsstyrelsen"})
_CERTAIN = tuple((re.compile(forgiving(word)), word) for word in ("nämnd", "fullmäktig", "förvaltning"))
_GENERIC_START = re.compile(forgiving(r"(?:nämnden|fullmäktige|styrelsen|utskottet)\b"))


def bodies_in(text: str) -> list[tuple[str, int, int]]:
    """Deciding bodies named in a text: (base form, start, end)."""
    found = []
    for match in _BODY.finditer(fold(text)):
        names_nobody = match["core"] in _GENERIC and not match["kind"] and " for " not in match["name"]
        if match["core"] not in _NOT_OURS and not names_nobody:
            end = match.start("s") if match["s"] else match.end()
            found.append((base_form(text[match.start() : end]), match.start(), match.end()))
    return found


def body_in(text: str) -> str | None:
    """The first body named in a text, in its base form."""
    return next((body for body, _, _ in bodies_in(text)), None)


def whole_body(text: str) -> str | None:
    """The text as written when a body's name is all it says, perhaps after "Till"."""
    bare = re.sub(r"(?i)^till:?\s+", "", text.strip().strip(".:,"))
    match = _BODY.fullmatch(fold(bare))
    return restored(bare) if match and match["core"] not in _NOT_OURS and not match["s"] else None


def names_generic_body(text: str) -> bool:
    """Whether a text begins with "Nämnden" and the like, which names nobody."""
    return bool(_GENERIC_START.match(fold(text)))


def base_form(name: str) -> str:
    """ "Social- och omsorgsnämndens" -> "social- och omsorgsnämnden"."""
    name = restored(" ".join(name.split()).lower())
    return re.sub(r"(nämnd|nämnden|styrelsen|fullmäktige|utskott|utskottet)s$", r"\1", name)


def restored(name: str) -> str:
    """The name with å, ä and ö put back in the words where they are certain."""
    for pattern, right in _CERTAIN:
        for match in reversed(list(pattern.finditer(fold(name)))):
            written = right.capitalize() if name[match.start()].isupper() else right
            name = name[: match.start()] + written + name[match.end() :]
    return name


# --- units ------------------------------------------------------------------------------------------
_UNIT_WORD = forgiving(
    r"[a-z0-9-]*(?:förvaltning(?:en)?|kontor(?:et)?|avdelning(?:en)?|enhet(?:en)?|kansli(?:et)?|sektor(?:n)?|staben"
    r"|tjänsten|bolaget)"
)
_UNIT = re.compile(
    rf"(?:[a-z0-9&-]+,? ){{0,6}}?(?P<core>{_UNIT_WORD})(?: (?:for|i|vid) [a-z&, -]+|[ ,]+[a-z-]+)?"
    r"|sektor [a-z&, -]+|verksamhetsomrade [a-z&, -]+"
)
_MIDWAY = frozenset({"av", "for", "om", "till", "i", "pa", "fran", "vid", "med", "ska", "har", "ar", "under", "inom"})
_MAX_UNIT = 70


def is_unit(text: str) -> bool:
    """Whether a line is a unit's name and nothing more."""
    folded = fold(text.strip().strip(".,:"))
    match = _UNIT.fullmatch(folded) if len(folded) <= _MAX_UNIT else None
    if not match or not text.strip()[:1].isupper():
        return False
    before = folded[: match.start("core")] if match["core"] else ""
    return not _MIDWAY.intersection(before.replace(",", " ").split())


# --- persons ----------------------------------------------------------------------------------------
# A capital, then letters; a scanner may have made digits of letters inside the word.
_CAPITAL = "A-ZÀ-ÖØ-ÞĆČĐĞİŁŃŚŞŠŹŻŽ\ufffd"
_SMALL = "a-zà-öø-ÿćčđěğıłńőřśşšůűźżž"
_NAME_WORD = f"[{_CAPITAL}](?:[{_SMALL}0-9'’´\ufffd]+|\\.)(?:-?[{_CAPITAL}][{_SMALL}0-9\ufffd]+)*"
_PARTICLE = r"(?:de|la|von|af|av|van|der|den|del|della|dos|el|al|da|di|du|ter|bin|ibn|ben|zu)"
_PERSON = re.compile(rf"{_NAME_WORD}(?: (?:{_PARTICLE} )*{_NAME_WORD}){{1,3}}")
_NOT_A_NAME = re.compile(
    forgiving(
        r"(?:.*(?:nämnd(?:en)?|förvaltning(?:en)?|kontor(?:et)?|avdelning(?:en)?|enhet(?:en)?|kansli(?:et)?|styrelse(?:n)?)"
        r"|kommun(?:er|en)?|stad(?:en)?|region(?:en)?|landsting|ab|hb|skol(?:a|an|or)|verk(?:et)?|bolag(?:et)?"
        r"|förening(?:en)?|förbund(?:et)?|utskott(?:et)?|grupp(?:en)?|centrum|[a-z]{3,}(?:tion|else|het)"
        r"|analys|plan(?:en)?|budget|beslut|bilaga|datum|sida|dnr|kopia|telefon|motion|rapport|revisorer(?:na)?"
        r"|akten|diariet|enligt|till|sektor|norra|södra|östra|västra|familjecentral|förskola|gymnasium|bibliotek|bostäder"
        # So short that forgiven letters would make names of them: "råd" is not "Ryd".
        r"|rad(?:et)?|mal|stod|energi|fastigheter|museum|taxa|taxor|policy|riktlinjer|reglemente|avtal|yttrande|remiss|svar|fullmäktige)"
    )
)
_TITLE = re.compile(
    forgiving(
        r"(?<![a-z])[a-z]*(?:chef|direktör|ledare|sekreterare|strateg|handläggare|samordnare|utredare|ingenjör|ekonom"
        r"|planerare|jurist|controller|rektor|arkitekt|specialist|utvecklare|koordinator|inspektör|konsult|registrator"
        r"|administratör|assistent|sakkunnig|rådgivare|ekolog|antikvarie|bibliotekarie|sköterska|pedagog|psykolog|kurator"
        r"|analytiker|kommunikatör|förvaltare|kamrer|intendent|expert|ordförande|ordf|ombud|generalist|geolog|lantmätare"
        r"|läkare|biolog|mästare|kommunalråd|regionråd|konsulent|arkivarie|upphandlare|tekniker|inköpare|dietist|terapeut|logoped|statistiker|vetare|agronom|projektör"
        r"|geodet|vd)(?:e?n)?(?![a-z])"
    )
)
_NUMBER = re.compile(r"(?<![^\W\d_])\d|\d\d")  # a single digit inside a word is a scanner's letter
_MAX_TITLE = 70
_MAX_NAME = 60


def is_person(text: str) -> bool:
    """Whether a text is one person's name. Shape only: two to four capitalised words, none of them ours."""
    text = text.strip()
    if len(text) > _MAX_NAME or not _PERSON.fullmatch(text) or _TITLE.search(fold(text)):
        return False
    return not any(_NOT_A_NAME.fullmatch(word) for word in key(text).split())


def is_title(text: str) -> bool:
    """Whether a text is a person's title: "Tf. förvaltningschef", "Avdelningschef hemtjänst"."""
    text = text.strip()
    if not text or len(text) > _MAX_TITLE or text.endswith(".") or _NUMBER.search(text):
        return False
    return bool(_TITLE.search(fold(text))) and len(text.split()) <= 6


def person_with_title(text: str) -> str | None:
    """The name in "Ture Ek, ekonomichef", "Ture Ek - ekonomichef", "Ture Ek (ekonomichef)" and the like."""
    parts = re.split(r"\s*[,(/]\s*|\s+[-–—]\s+", text.strip().rstrip(")"), maxsplit=1)
    if len(parts) == 2 and is_person(parts[0]) and is_title(parts[1]):
        return parts[0].strip()
    return None


def persons_in_list(text: str) -> list[str]:
    """The names in "Anna Ek, Bo Lind och Siv Al"; empty when anything else stands there."""
    names = [name.strip() for name in re.split(r",|;| och | samt | & |/", text.strip().rstrip(".")) if name.strip()]
    return names if names and all(is_person(name) for name in names) else []
