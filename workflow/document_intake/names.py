"""Who is who in a skrivelse: deciding bodies, units of the administration, persons and their titles."""

import re

from workflow.document_intake.folding import fold, key

# --- bodies -----------------------------------------------------------------------------------------
# All patterns read folded text; [a-z0-9] stands where a scanner misreads å, ä or ö.
_COMPOUND = r"(?:[a-z]+-,? ?(?:(?:och|samt|&) )?(?:[a-z]+ (?:och|samt|&) )?)*"
_OWNER = r"(?:(?:kommunstyrelsen|[a-z-]*n[a-z0-9]mnden|kommunen)s )?"
_CORE = r"[a-z]*(?:n[a-z0-9]mnd(?:en)?|styrelse(?:n)?|fullm[a-z0-9]ktige?|utskott(?:et)?|presidiet|direktionen)"
_AREA = r"(?: for [a-z-]+(?: [a-z-]+(?= (?:&|och) ))?(?:(?:,| &| och| samt) [a-z-]+){0,4})?"
_BODY = re.compile(rf"(?<![\w-])(?P<name>{_OWNER}{_COMPOUND}(?P<core>{_CORE})(?P<s>s)?(?![a-z-]){_AREA})")
_GENERIC = frozenset({"namnden", "styrelsen", "fullmaktige", "utskottet", "presidiet", "namnd", "styrelse"})
_NOT_OURS = frozenset({"socialstyrelsen", "lansstyrelsen", "transportstyrelsen", "bostadsratsstyrelsen"})
_MISREAD = (
    (re.compile(r"n[a-z0-9]mnd"), "nämnd"),
    (re.compile(r"fullm[a-z0-9]ktig"), "fullmäktig"),
    (re.compile(r"f[a-z0-9]rvaltning"), "förvaltning"),
)


def bodies_in(text: str) -> list[tuple[str, int, int]]:
    """Deciding bodies named in a text: (base form, start, end)."""
    found = []
    for match in _BODY.finditer(fold(text)):
        core = match["core"]
        if core not in _NOT_OURS and not (core in _GENERIC and " for " not in match["name"]):
            found.append((base_form(text[match.start() : match.end()]), match.start(), match.end()))
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
    return bool(re.match(r"(?:n[a-z0-9]mnden|fullm[a-z0-9]ktige|styrelsen|utskottet)\b", fold(text)))


def base_form(name: str) -> str:
    """ "Social- och omsorgsnämndens" -> "social- och omsorgsnämnden"."""
    name = restored(" ".join(name.split()).lower())
    return re.sub(r"(nämnd|nämnden|styrelsen|fullmäktige|utskott|utskottet)s$", r"\1", name)


def restored(name: str) -> str:
    """The name with å, ä and ö put back in the words where they are certain."""
    for pattern, right in _MISREAD:
        for match in reversed(list(pattern.finditer(fold(name)))):
            written = right.capitalize() if name[match.start()].isupper() else right
            name = name[: match.start()] + written + name[match.end() :]
    return name


# --- units ------------------------------------------------------------------------------------------
_UNIT_WORD = (
    r"[a-z0-9-]*(?:f[a-z0-9]{1,2}rvaltning(?:en)?|kontor(?:et)?|avdelning(?:en)?|enhet(?:en)?|kansli(?:et)?"
    r"|sektor(?:n)?|staben|tjansten|bolaget)"
)
_UNIT = re.compile(
    rf"(?:[a-z0-9&-]+,? ){{0,6}}?(?P<core>{_UNIT_WORD})(?: (?:for|i|vid) [a-z&, -]+|[ ,]+[a-z-]+)?"
    r"|sektor [a-z&, -]+|verksamhetsomrade [a-z&, -]+"
)
_MIDWAY = frozenset("av for om till i pa fran vid med ska har ar under mellan inom samt".split())
_MAX_UNIT = 70


def is_unit(text: str) -> bool:
    """Whether a line is a unit's name and nothing more."""
    folded = fold(text.strip().strip(".,:"))
    match = _UNIT.fullmatch(folded) if len(folded) <= _MAX_UNIT else None
    if not match or not text.strip()[:1].isupper():
        return False
    before = folded[: match.start("core")] if match["core"] else ""
    return not _MIDWAY.intersection(before.replace(",", " ").split()) - {"samt"}


# --- persons ----------------------------------------------------------------------------------------
# A capital, then letters; a scanner may have made digits of letters inside the word.
_NAME_WORD = "[A-ZÅÄÖÉÜØ\ufffd](?:[a-zåäöéèüøæñíóáçëïôšžćčğış0-9'’´\ufffd]+|\\.)(?:-?[A-ZÅÄÖÉ][a-zåäöéèüøæ0-9\ufffd]+)*"
_PARTICLE = r"(?:de|la|von|af|av|van|der|den|el|al|da|di|du|ter|bin|ben|zu)"
_PERSON = re.compile(rf"{_NAME_WORD}(?: (?:{_PARTICLE} )*{_NAME_WORD}){{1,3}}")
_NOT_A_NAME = re.compile(
    r"(?:namnd(?:en)?|rvaltning(?:en)?|kontor(?:et)?|avdelning(?:en)?|enhet(?:en)?|kansli(?:et)?|styrelse(?:n)?"
    r"|fullmaktige|kommun|kommuner|kommunen|stad|staden|region|regionen|landsting|ab|hb|skola|skolan|skolor"
    r"|verk|verket|bolag|bolaget|forening|foreningen|forbund|forbundet|rad|radet|utskott|utskottet|grupp"
    r"|gruppen|centrum|chef|chefen|direktor|direktoren|ledare|sekreterare|rektor|rektorer|[a-z]{3,}tion"
    r"|[a-z]{3,}else|[a-z]{3,}het|analys|plan|planen|mal|stod|budget|beslut|bilaga|datum|sida|dnr|kopia"
    r"|handlaggare|telefon|motion|rapport|revisorer|revisorerna|akten|diariet|enligt|till|sektor|norra|sodra"
    r"|ostra|vastra|familjecentral|forskola|gymnasium|bibliotek|bostader|energi|fastigheter|museum"
    r"|taxa|taxor|policy|riktlinjer|reglemente|avtal|yttrande|remiss|internkontroll|arsredovisning|svar)"
)
_TITLE = re.compile(
    r"(?<![a-z])[a-z]*(?:chef|direkt[a-z0-9]r|ledare|sekreterare|strateg|handl[a-z0-9]ggare|samordnare|utredare"
    r"|ingenj[a-z0-9]r|ekonom|planerare|jurist|controller|rektor|arkitekt|specialist|utvecklare|koordinator"
    r"|inspekt[a-z0-9]r|konsult|registrator|administrat[a-z0-9]r|assistent|sakkunnig|r[a-z0-9]dgivare|ekolog"
    r"|antikvarie|bibliotekarie|skoterska|pedagog|psykolog|kurator|analytiker|kommunikat[a-z0-9]r|f[a-z0-9]rvaltare"
    r"|kamrer|intendent|expert|ordf[a-z0-9]rande|ordf|ombud|generalist|geolog|lantm[a-z0-9]tare|geodet|vd)(?:e?n)?(?![a-z])"
)
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
    if not text or len(text) > _MAX_TITLE or text.endswith(".") or any(letter.isdigit() for letter in text):
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
