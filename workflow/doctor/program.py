"""What the doctor asks of the program and its database together: do they fit each other, and config.toml?"""

from datetime import date
from zoneinfo import ZoneInfo

from states import installation as law
from workflow import config_files, installation, register_sync, schema_version
from workflow.connection import Connection
from workflow.doctor.answers import Answer, Machine, fault, fine, some, warning
from workflow.installation import STRANDED
from workflow.sight import NOBODYS


def database(connection: Connection, machine: Machine) -> Answer:
    where = machine.database_file or "i PostgreSQL"
    if connection.only_read:
        return warning(f"Databasen {where} går bara att läsa: {connection.only_read}.")
    return fine(f"Databasen {where} svarar.")


def version(connection: Connection, _: Machine) -> Answer:
    if told := schema_version.schema_fault(schema_version.stored(connection)):
        return fault(told)
    return fine(f"Databasen har version {schema_version.SCHEMA_VERSION}, den som programmet behöver.")


def lifecycle(connection: Connection, _: Machine) -> Answer:
    if told := schema_version.lifecycle_fault(connection):
        return fault(told)
    return fine("Alla pågående ärenden följer programmets livscykel.")


def register(connection: Connection, machine: Machine) -> Answer:
    if new := register_sync.changes(connection, machine.settings.config, lambda _: ""):
        ids = some([change.row["id"] for change in new])
        return fault(f"config.toml säger något som registret inte har: {ids}. Kör: arende database upgrade")
    return fine("Instanser och platser är de som står i config.toml.")


# --- the lifecycle and its settings ---------------------------------------------------------------

CHECK = "Se alla, med vägen dit: arende workflow check"


def settings(machine: Machine) -> Answer:
    """Has every activation of a configuration been finished?"""
    if told := config_files.unfinished(machine.config.resolve()):
        return fault(told)
    return fine("Inga nya inställningar väntar på att aktiveras.")


def workflow(machine: Machine) -> Answer:
    """Can everything be done, by somebody, in time?"""
    found = list(law.faults(installation.of_config(machine.settings.config, _day(machine))))
    if not found:
        return fine("Arbetsgången håller: allt går att göra, av någon, i tid.")
    told = f"Arbetsgången har fel ({len(found)} st.), det första: {found[0].text} {CHECK}"
    return fault(told) if any(one.grave for one in found) else warning(told)


def standing(connection: Connection, machine: Machine) -> Answer:
    """Is every live case at a body there is, and can somebody take it on?"""
    found = list(installation.live_faults(connection, machine.settings.config, _day(machine), NOBODYS))
    if not found:
        return fine("Varje pågående ärende står hos en instans som finns, och någon kan föra det vidare.")
    told = f"{found[0].text} {CHECK}"
    return fault(told) if any(one.code in STRANDED for one in found) else warning(told)


def _day(machine: Machine) -> date:
    return machine.now.astimezone(ZoneInfo("Europe/Stockholm")).date()
