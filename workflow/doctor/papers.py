"""What the doctor asks of the documents: is every one of them there, and can another be put there?"""

import os

from workflow import document_standing, documents
from workflow.connection import Connection
from workflow.doctor.answers import Answer, Machine, fault, fine, warning
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
