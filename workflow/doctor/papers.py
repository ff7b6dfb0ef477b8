"""What the doctor asks of the documents: is each one there, can another be put there, and be read without harm?"""

import os

from states.swedish_text import listed
from workflow import document_standing, documents
from workflow.connection import Connection
from workflow.doctor.answers import Answer, Machine, fault, fine, warning
from workflow.document_intake.child import Child
from workflow.document_intake.interface import UnreadableDocument
from workflow.document_intake.readers import scanned
from workflow.errors import EnvironmentFaultError
from workflow.file_systems import nearest


def store(connection: Connection, machine: Machine) -> Answer:
    """Is every document there, as long as it was? Whether it is as it came is for `arende document verify`."""
    directory = machine.settings.document_directory
    place = nearest(directory)
    if not os.access(place, os.W_OK | os.X_OK):
        told = f"{place}, där handlingarna sparas, går inte att skriva i. Gör den användare som kör arende till ägare."
        return warning(told) if connection.only_read else fault(told)
    found = document_standing.standing(connection, directory, thorough=False)
    told = documents.told(found, directory)
    if found.lacking:
        return fault(told)
    return warning(told) if found.strangers or found.strays else fine(told)


def reading(_: Machine) -> Answer:
    """Can a document be read, and is the process that reads it kept from what it has no business with?"""
    try:
        with Child() as child:
            closed = child.closed()
    except EnvironmentFaultError as error:
        return fault(str(error))
    if not (closed.network and closed.writing):
        left = listed([*(["nätet"] * (not closed.network)), *(["filerna"] * (not closed.writing))])
        return warning(
            f"Datorns kärna stänger inte {left} för det som läser handlingar; bara Python gör det. Kör på Linux 5.13 "
            "eller senare med seccomp och Landlock på."
        )
    return _scans()


def _scans() -> Answer:
    try:
        language = scanned.best_language()
    except UnreadableDocument:
        language = None
    if language is None:
        return warning("Inskannade handlingar kan inte läsas. Installera tesseract med svenska, om sådana kommer in.")
    if language != scanned.SWEDISH:
        return warning("Tesseract saknar svenska, så å, ä och ö kan bli fel i inskannade handlingar. Installera swe.")
    return fine("Handlingar läses avskilt från nätet och filerna, inskannade på svenska.")
