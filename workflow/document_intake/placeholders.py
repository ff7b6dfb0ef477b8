"""What a template left behind: prompts, field names, dates and names nobody filled in."""

import re

from workflow.document_intake.folding import fold

# Read in folded text. The order matters: of two that begin together the longer comes first.
_PATTERNS = (
    r"[\"']?\[[^\[\]\n]{1,120}\](?!\()[\"']?",
    r"<<[^<>\n]{1,60}>>|«[^«»\n]{1,60}»|\{\{[^{}\n]{1,60}\}\}|<(?:skriv|ange|valj|namn|datum|rubrik|text)[^<>\n]{0,60}>",
    r"klicka(?:\s+eller\s+tryck)?\s+(?:har|h[a-z0-9]r)\s+(?:for\s+att|f[a-z0-9]r\s+att|och)\s+(?:ange|skriva?|lagga?|infoga|valja?|fyll\w*|redigera)"
    r"(?:\s+(?:in|till|eventuell\w*|en|ett))*(?:\s+[a-z]+)?\.?",
    r"click\s+or\s+tap\s+here\s+to\s+enter\s+text\.?|click\s+here\s+to\s+enter\s+text\.?",
    r"\bvalj\s+ett?\s+(?:objekt|datum|alternativ)\.?|\bvalj\s+(?:datum|namnd|mottagare|handlaggare)\b\.?",
    r"\bskriv\s+(?:text|rubrik\w*|forslag(?:\s+till\s+beslut)?|din\s+text|titel)\s+har\b\.?|\bange\s+(?:rubrik|titel|arendemening)\b(?=\s*$)",
    r"\brubrik(?:en)?\s+pa\s+tjansteskrivelsen?\b|\brubrik\s+for\s+arendet\b|\barendets\s+rubrik\b(?=\s*$)",
    r"\b(?:20aa|20xx|aaaa|yyyy|xxxx)\s?-\s?(?:mm|xx)\s?-\s?(?:dd|xx)\b|\baaaammdd\b|\b\d{4}-(?:mm|xx)-(?:dd|xx)\b",
    r"\b(?:[a-z]{2,6}[ /-]?)?(?:\d{4}|20xx|aaaa)[-/:]x{2,}\b|\b[a-z]{2,6}[ /-]?(?:20xx|aaaa|xxxx)[-/:](?:\d+|n{2,}|x+)\b",
    r"\bfornamn\s+efternamn\b|\bforn?amn\s+och\s+efternamn\b|\bnamn\s+(?:namnsson|efternamn)\b|\banvnamn\b|\bfnamn\s+enamn\b",
    r"\bfel!\s+(?:hittar\s+inte\s+referenskalla|bokmarket\s+ar\s+inte\s+definierat|referenskalla\s+hittades\s+inte"
    r"|okant\s+dokumentegenskapsnamn|det\s+finns\s+ingen\s+text)[^.\n]{0,60}\.?",
    r"\berror!\s+(?:reference\s+source\s+not\s+found|bookmark\s+not\s+defined)\.?",
    r"\blorem\s+ipsum\b",
    r"\b(?:20xx|20aa)\b|(?<![\w-])x{3,}(?![\w-])|(?<![\w-])xx(?=\s+(?:kronor|kr|procent|stycken|st)\b)|\btbd\b",
)
_PLACEHOLDER = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.MULTILINE)


# A bracket is a prompt only if it asks for something: "[Namn]" is, "[sic]" and "[2]" are not.
_ASKS = re.compile(
    r"skriv|klicka|ange|valj|fyll|infoga|namn|datum|rubrik|text|titel|namnd|f[o0]rvaltning|belopp|dnr|diarie|nummer"
    r"|\bort\b|mottagare|handlaggare|telefon|e-post|enhet|paragraf|xx|tbd|here|click"
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
    return [match.span() for match in _PLACEHOLDER.finditer(folded) if "[" not in match[0] or _ASKS.search(match[0])]
