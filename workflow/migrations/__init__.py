"""The schema's history (`versions/`), and the views and triggers that every upgrade makes anew."""

from pathlib import Path

MIGRATIONS = Path(__file__).parent


def views_and_triggers(dialect: str) -> list[str]:
    """The statements of one database's section."""
    sections = (MIGRATIONS / "views_and_triggers.sql").read_text("utf-8").split("-- section: ")
    section = next(part for part in sections if part.startswith(dialect))
    return [statement.strip() for statement in section.split("\n\n")[1:] if statement.strip()]
