"""What a template left behind: prompts, field names, dates and names nobody filled in."""

import re

from workflow.document_intake.folding import fold, forgiving

_PROMPT_DATE = r"0000-00-00|(?:[a-z0-9]{2}){1,2}\s?-\s?(?:mm|xx)\s?-\s?(?:dd|xx)|ååååmmdd"
_PROMPT_NUMBER = (
    r"(?:[a-z]{2,6}[ /-]?)?(?:\d{4}|20xx|åååå)[-/:]x{2,}|[a-z]{2,6}[ /-]?(?:20xx|åååå|xxxx)[-/:](?:\d+|n{2,}|x+)"
)
_ASKED_FOR = (
    r"(?:(?:din|er|en|ärendets|eventuell)\s+)?(?:text(?:en)?|rubrik(?:en)?|titel|namn|datum|ärendemening|diarienummer"
    r"|sammanfattning(?:en)?|bakgrund(?:en)?|förslag(?:et)?(?:\s+till\s+beslut)?)"
)
# Of two that begin together the longer must come first.
_PATTERNS = (
    r"[\"']?\[[^\[\]\n]{1,120}\](?!\()[\"']?",
    r"<<[^<>\n]{1,60}>>|«[^«»\n]{1,60}»|\{\{[^{}\n]{1,60}\}\}|<(?:skriv|ange|välj|namn|datum|rubrik|text)[^<>\n]{0,60}>",
    r"(?<!\{)\{[^{}\n]{1,40}\}(?!\})|\$[a-z_]{2,30}\$|#[a-z_]{3,30}#",
    r"\b(?:docproperty|docvariable|mergefield|styleref)\s+[\"']?\w+[\"']?",
    forgiving(r"(?:klicka(?:\s+eller\s+tryck)?|\btryck)\s+(?:här\s+)?(?:för\s+att|och|om\s+du\s+vill)\s+")
    + r"(?:ange|skriva?|lägga?|infoga|välja?|fyll\w*|redigera)"
    r"(?:\s+(?:in|till|eventuell\w*|en|ett))*(?:\s+[a-z]+)?\.?",
    r"click\s+(?:or\s+tap\s+)?here\s+to\s+enter\s+text\.?",
    r"\bvälj\s+(?:ett?\s+(?:objekt|datum|alternativ)|datum|nämnd|mottagare|handläggare)\b\.?",
    rf"\b(?:skriv|ange|infoga|klistra)\s+(?:in\s+)?{_ASKED_FOR}\s+här\b\.?",
    rf"^[^\w\n]*(?:skriv|ange)\s+(?:här|{_ASKED_FOR})\b\.?(?=[^\w\n]*$)"
    r"|\bange\s+(?:rubrik|titel|ärendemening)\b(?=\s*$)",
    r"\bhär\s+(?:skriver|anger|fyller)\s+du\b[^.\n]{0,60}\.?",
    forgiving(r"\brubrik(?:en)?\s+på\s+tjänsteskrivelsen?\b")
    + r"|\brubrik\s+för\s+ärendet\b|\bärendets\s+rubrik\b(?=\s*$)",
    rf"\b(?:{_PROMPT_DATE}|{_PROMPT_NUMBER})\b",
    r"\bförnamn\s+(?:och\s+)?efternamn\b|\bnamn\s+(?:namnsson|efternamn)\b|\banvnamn\b|\bfnamn\s+enamn\b",
    r"\bfel!\s+(?:hittar\s+inte\s+referenskälla|bokmärket\s+är\s+inte\s+definierat|referenskälla\s+hittades\s+inte"
    r"|okänt\s+dokumentegenskapsnamn|det\s+finns\s+ingen\s+text|dokumentvariabel\w*|okänt\s+växelargument"
    r"|använd\s+fliken)[^.\n]{0,90}\.?",
    r"\berror!\s+(?:reference\s+source\s+not\s+found|bookmark\s+not\s+defined)\.?",
    r"\blorem\s+ipsum\b|\btbd\b|\b20(?:xx|åå)\b",
    r"(?<![\w-])x{3,}(?![\w-])|(?<![\w-])xx(?=\s+(?:kronor|kr|tkr|mnkr|procent|stycken|st"
    r"|januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december)\b)"
    r"|(?<=§ )xx\b|(?<![\w-])xx-xx(?![\w-])",
)
# Folded like the text; `forgiving` would make any year of "20ÅÅ".
_PLACEHOLDER = re.compile(fold("|".join(f"(?:{pattern})" for pattern in _PATTERNS)), re.MULTILINE)
# Every leftover has one of these in it; where none is, no closer look is needed.
_TRACE = re.compile(
    fold(
        r"[\[<«{$#]|klicka|tryck|click|infoga\s|klistra\s|du\s|docp|docv|mergef|styleref|0000-"
        r"|välj\s|skriv\s|ange\s|rubrik|xx|nnn|mm\s?-|ååå|20åå|förnamn|efternamn|anvnamn|enamn|namnsson"
        r"|fel!|error!|lorem|tbd"
    )
)


# What stands between brackets is a prompt only if it asks for something: "[Namn]" is, "[sic]" and "[2]" are not.
_ASKS = re.compile(
    fold(
        r"skriv|klicka|ange|välj|fyll|infoga|namn|datum|rubrik|text|titel|nämnd|förvaltning|belopp|dnr|diarie|nummer"
        r"|\bort\b|mottagare|handläggare|telefon|e-post|enhet|paragraf|xx|tbd|here|click"
    )
)


def placeholders_in(text: str) -> list[tuple[int, str]]:
    """Each leftover and where it begins."""
    return [(start, " ".join(text[start:end].split())) for start, end in _spans(fold(text))]


def is_placeholder(text: str) -> bool:
    """Whether nothing but leftovers stands here."""
    rest = folded = fold(text)
    for start, end in reversed(_spans(folded)):
        rest = rest[:start] + rest[end:]
    return rest != folded and not any(letter.isalnum() for letter in rest)


def _spans(folded: str) -> list[tuple[int, int]]:
    """Leftovers may be broken over lines, so the lines around a trace are looked at too."""
    found: list[tuple[int, int]] = []
    seen = 0
    for trace in _TRACE.finditer(folded):
        if trace.start() < seen:
            continue
        line_end = _line_end(folded, trace.start())
        around = _PLACEHOLDER.finditer(folded, max(seen, _line_above(folded, trace.start())), _below(folded, line_end))
        own = [match.span() for match in around if match.start() < line_end and _is_prompt(match[0])]
        found += own
        seen = max(line_end, own[-1][1] if own else 0)
    return found


def _line_above(text: str, at: int) -> int:
    return text.rfind("\n", 0, max(0, text.rfind("\n", 0, at))) + 1


def _below(text: str, line_end: int) -> int:
    """The end of the second line below: a blank one may come between."""
    return _line_end(text, _line_end(text, line_end + 1) + 1)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)


def _is_prompt(leftover: str) -> bool:
    return leftover[0] not in "[{$#\"'" or bool(_ASKS.search(leftover))
