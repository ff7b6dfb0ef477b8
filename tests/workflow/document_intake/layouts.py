"""The same invented skrivelse set as ten different houses set theirs; every house is made up."""

import textwrap
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

import docx

from tests.workflow.document_intake.invented import Decision, Invented, Signatory, capital, in_words
from tests.workflow.document_intake.office_files import pdf_of, saved
from workflow.document_intake.interface import ReadText
from workflow.document_intake.readers.formats import read_document

MBL_HEADING = "Information eller förhandling enligt lag (1976:580) om medbestämmande i arbetslivet"
MATTER = "Nämnden bad i höstas om en jämförelse mellan två sätt att ordna driften. Jämförelsen är nu klar."
MOTION = "Ebba Ljunggren (X) har i en motion föreslagit att kommunfullmäktige beslutar"


def plain(skrivelse: Invented) -> ReadText:
    """One thing a line, a heading for each body, numbered items, the signatories' names alone."""
    return as_text(
        f"{skrivelse.unit}\n{skrivelse.handlaggare}",
        skrivelse.date.isoformat(),
        *(f"Dnr {number}" for number in skrivelse.numbers),
        skrivelse.rubrik,
        *chain.from_iterable(
            (f"Förslag till {body}s beslut", numbered(sentences(decisions))) for body, decisions in skrivelse.proposals
        ),
        "Ärende",
        *matter(skrivelse),
        *under("Beslutsunderlag:", "\n".join(skrivelse.underlag)),
        *mbl(skrivelse, MBL_HEADING),
        skrivelse.unit,
        "\n\n".join(signatory.name for signatory in skrivelse.signatories),
        *under("Beslutet skickas till:", "\n".join(skrivelse.recipients)),
    )


def two_columns(skrivelse: Invented) -> ReadText:
    """The letterhead in two columns, decisions as paragraphs, the signatories side by side."""
    return as_text(
        "TJÄNSTESKRIVELSE",
        beside((skrivelse.unit, "Datum"), ("Handläggare: " + skrivelse.handlaggare, skrivelse.date.isoformat())),
        beside(("", "Diarienummer"), *(("", number) for number in skrivelse.numbers)),
        skrivelse.rubrik,
        *by_heading("Förslag till beslut i {}", skrivelse, lambda decisions: "\n".join(sentences(decisions))),
        "Sammanfattning av ärendet",
        *matter(skrivelse),
        *under("Beslutsunderlag", "\n".join(skrivelse.underlag)),
        *mbl(skrivelse, "Information enligt MBL"),
        *under("Beslutet skickas till", "\n".join(skrivelse.recipients)),
        side_by_side(skrivelse.signatories),
    )


def city(skrivelse: Invented) -> ReadText:
    """A tjänsteutlåtande: the head to the right, the bodies as "I …nämnden:", numbered items wrapped."""
    right = " " * 52
    head = ["Tjänsteutlåtande", f"Utfärdat {skrivelse.date}", f"Diarienummer {', '.join(skrivelse.numbers)}"]
    head += ["Handläggare", skrivelse.handlaggare, "Telefon: 000-000 00 00"]
    return as_text(
        skrivelse.unit,
        "\n".join(right + line for line in head),
        textwrap.fill(skrivelse.rubrik, 45),
        "Förslag till beslut",
        *chain.from_iterable(
            (f"I {body}:", numbered(sentences(decisions), width=60)) for body, decisions in skrivelse.proposals
        ),
        "Sammanfattning",
        *matter(skrivelse, width=70),
        # An empty "Samverkan" does not say that it is with the unions.
        *mbl(skrivelse, "Samverkan" if skrivelse.mbl_text else MBL_HEADING),
        *under("Beslutsunderlag", numbered(skrivelse.underlag)),
        *under("Beslutet skickas till", "\n".join(skrivelse.recipients)),
        side_by_side(skrivelse.signatories),
    )


def att_satser(skrivelse: Invented) -> ReadText:
    """The body decides, and each att-sats stands alone."""
    return as_text(
        f"Tjänsteskrivelse\n{skrivelse.unit}\n{in_words(skrivelse.date)}",
        f"Diarienr: {', '.join(skrivelse.numbers)}",
        skrivelse.rubrik,
        "Förslag till beslut",
        *chain.from_iterable(
            (f"{capital(body)} beslutar", *(f"att {decision.att_sats}" for decision in decisions))
            for body, decisions in skrivelse.proposals
        ),
        "Ärendebeskrivning",
        *matter(skrivelse),
        *under("Beslutsunderlag", "\n".join(skrivelse.underlag)),
        *mbl(skrivelse, "Information eller förhandling enligt MBL"),
        *under("Beslutet ska skickas till", bulleted(skrivelse.recipients, "-")),
        "\n\n".join(f"{name}\n{title}" for name, title in skrivelse.signatories),
    )


def bullets(skrivelse: Invented) -> ReadText:
    """Everything that can be a list is one."""
    return as_text(
        "TJÄNSTESKRIVELSE",
        f"Datum: {skrivelse.date}\nDnr: {', '.join(skrivelse.numbers)}\nHandläggare: {skrivelse.handlaggare}",
        skrivelse.rubrik,
        *by_heading("Förslag till beslut i {}", skrivelse, lambda decisions: bulleted(sentences(decisions), "•")),
        "Sammanfattning",
        *matter(skrivelse),
        *under("Beslutsunderlag", bulleted(skrivelse.underlag, "•")),
        *mbl(skrivelse, "MBL"),
        *under("Beslutet skickas till", bulleted(skrivelse.recipients, "•")),
        "\n\n".join(f"{name}\n{title}" for name, title in skrivelse.signatories),
    )


def prose(skrivelse: Invented) -> ReadText:
    """A paragraph for each body with its att-satser in a row, and lines of sixty letters."""
    return as_text(
        f"{skrivelse.unit}\n{skrivelse.handlaggare}",
        f"den {in_words(skrivelse.date)}",
        *(f"Dnr {number}" for number in skrivelse.numbers),
        textwrap.fill(skrivelse.rubrik, 60),
        "Förslag till beslut",
        *(
            textwrap.fill(f"{capital(body)} beslutar {in_a_row(decisions)}.", 60)
            for body, decisions in skrivelse.proposals
        ),
        "Bakgrund",
        *matter(skrivelse, width=60),
        *under("Beslutsunderlag", "\n".join(skrivelse.underlag)),
        *mbl(skrivelse, "Facklig samverkan"),
        "\n\n".join(f"{name}, {title.lower()}" for name, title in skrivelse.signatories),
        *under("Beslutet skickas till", "\n".join(skrivelse.recipients)),
    )


def table_head(skrivelse: Invented) -> ReadText:
    """The head as a table with its labels above, and the recipients in a row."""
    return as_text(
        "Tjänsteskrivelse",
        f"{'Handläggare':<32}{'Datum':<24}Diarienummer\n"
        f"{skrivelse.handlaggare:<32}{skrivelse.date.isoformat():<24}{', '.join(skrivelse.numbers)}",
        skrivelse.rubrik,
        *by_heading("Förslag till {}s beslut", skrivelse, lambda decisions: numbered(sentences(decisions))),
        "Ärendet",
        *matter(skrivelse),
        *under("Beslutsunderlag", "\n".join(skrivelse.underlag)),
        *mbl(skrivelse, "MBL"),
        *under("Beslutet skickas till", ", ".join(skrivelse.recipients)),
        side_by_side(skrivelse.signatories),
    )


def markdown(skrivelse: Invented) -> ReadText:
    """Text taken out of a web page, with its marks left."""
    return as_text(
        f"# {skrivelse.rubrik}",
        f"**Datum:** {skrivelse.date}\n**Diarienummer:** {', '.join(skrivelse.numbers)}",
        *by_heading("## Förslag till {}s beslut", skrivelse, lambda decisions: numbered(sentences(decisions))),
        "## Sammanfattning",
        *matter(skrivelse),
        *under("## Beslutsunderlag", bulleted(skrivelse.underlag, "*")),
        *mbl(skrivelse, "## Information enligt MBL"),
        *under("## Beslutet skickas till", bulleted(skrivelse.recipients, "*")),
        "\n\n".join(f"{name}\n{title}" for name, title in skrivelse.signatories),
    )


def word(skrivelse: Invented) -> ReadText:
    """A Word document: the head a table, Word's own headings and lists."""
    document = docx.Document()
    for row in (
        (skrivelse.unit, "Datum", "Diarienummer"),
        (skrivelse.handlaggare, skrivelse.date.isoformat(), ", ".join(skrivelse.numbers)),
    ):
        table = document.add_table(1, 3)
        for cell, text in zip(table.rows[0].cells, row, strict=True):
            cell.text = text
    document.add_heading(skrivelse.rubrik, 1)
    for kind, text in word_pieces(skrivelse):
        document.add_paragraph(text, style=kind)
    return read_document(saved(document))


def word_pieces(skrivelse: Invented) -> Iterable[tuple[str, str]]:
    for body, decisions in skrivelse.proposals:
        yield "Heading 2", f"Förslag till beslut i {body}"
        yield from (("List Bullet", sentence) for sentence in sentences(decisions))
    yield "Heading 2", "Sammanfattning"
    yield from (("Normal", paragraph) for paragraph in matter(skrivelse) if paragraph)
    if skrivelse.underlag:
        yield "Heading 2", "Beslutsunderlag"
        yield from (("List Bullet", paper) for paper in skrivelse.underlag)
    if skrivelse.mbl_text is not None:
        yield "Heading 2", "Information enligt MBL"
        yield "Normal", skrivelse.mbl_text
    if skrivelse.recipients:
        yield "Heading 2", "Beslutet skickas till"
        yield from (("Normal", recipient) for recipient in skrivelse.recipients)
    yield from (("Normal", f"{name}\n{title}") for name, title in skrivelse.signatories)


def pdf(skrivelse: Invented) -> ReadText:
    """A pdf of as many pages as it takes, with the same head and foot on each."""
    lines = pdf_lines(skrivelse)
    pages = [lines[start : start + 34] for start in range(0, len(lines), 34)]
    return read_document(
        pdf_of(
            [
                (20, 12, "ÅKERHAMNS KOMMUN"),
                (180, 12, f"{number} ({len(pages)})"),
                *((20, 28 + 7 * row, line) for row, line in enumerate(page) if line),
                (20, 285, "Åkerhamns kommun, Storgatan 1, 000 00 Åkerhamn"),
            ]
            for number, page in enumerate(pages, 1)
        )
    )


def pdf_lines(skrivelse: Invented) -> list[str]:
    # A layout that names its unit once: what begins two pages alike is their head, whatever it says. And fpdf2's own
    # letters have no dash longer than a hyphen.
    text = att_satser(skrivelse).text.replace("–", "-")
    return list(chain.from_iterable(textwrap.wrap(line, 80) or [""] for line in text.split("\n")))


LAYOUTS: tuple[Callable[[Invented], ReadText], ...] = (
    plain,
    two_columns,
    city,
    att_satser,
    bullets,
    prose,
    table_head,
    markdown,
    word,
    pdf,
)


def as_text(*paragraphs: str) -> ReadText:
    return ReadText("\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n")


def under(heading: str, content: str) -> list[str]:
    return [f"{heading}\n{content}"] if content else []


def by_heading(heading: str, skrivelse: Invented, said: Callable[[Sequence[Decision]], str]) -> list[str]:
    return [f"{heading.format(body)}\n\n{said(decisions)}" for body, decisions in skrivelse.proposals]


def mbl(skrivelse: Invented, heading: str) -> list[str]:
    return [] if skrivelse.mbl_text is None else [heading, skrivelse.mbl_text]


def matter(skrivelse: Invented, width: int = 100) -> list[str]:
    """The background, with what others have proposed, other cases, and what the template left behind."""
    quoted = "\n".join((MOTION, *(f"- att {demand}" for demand in skrivelse.motion))) if skrivelse.motion else ""
    return [textwrap.fill(MATTER, width), textwrap.fill(skrivelse.before, width), quoted, *skrivelse.leftovers]


def sentences(decisions: Iterable[Decision]) -> list[str]:
    return [decision.sentence for decision in decisions]


def in_a_row(decisions: Sequence[Decision]) -> str:
    *before, last = (f"att {decision.att_sats}" for decision in decisions)
    return f"{', '.join(before)} samt {last}" if before else last


def numbered(items: Iterable[str], width: int = 100) -> str:
    return "\n".join(
        textwrap.fill(f"{number}. {item}", width, subsequent_indent="   ") for number, item in enumerate(items, 1)
    )


def bulleted(items: Iterable[str], mark: str) -> str:
    return "\n".join(f"{mark} {item}" for item in items)


def beside(*rows: tuple[str, str]) -> str:
    return "\n".join(f"{left:<56}{right}".rstrip() for left, right in rows)


def side_by_side(signatories: Sequence[Signatory]) -> str:
    names = "".join(f"{signatory.name:<40}" for signatory in signatories).rstrip()
    return names + "\n" + "".join(f"{signatory.title:<40}" for signatory in signatories).rstrip()
