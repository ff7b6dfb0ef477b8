"""Where work is done: a database and the settings it is done under."""

import msgspec

from states.deadlines import Routines
from workflow import body_register
from workflow.body_register import BodyRegister
from workflow.config import Settings
from workflow.connection import Connection


class Desk(msgspec.Struct, frozen=True):
    """Where work is done: the database and the settings it is done under."""

    connection: Connection
    settings: Settings

    @property
    def bodies(self) -> BodyRegister:
        return body_register.load(self.connection)

    @property
    def routines(self) -> Routines:
        return self.settings.config.routines

    @property
    def raised_reading(self) -> str:
        return self.settings.config.law.motion_raised
