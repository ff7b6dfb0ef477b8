"""What the doctor asks of the program and its database together: do they fit each other, and config.toml?"""

from workflow import register_sync, schema_version
from workflow.connection import Connection
from workflow.doctor.answers import Answer, Machine, fault, fine, some, warning


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
