from workflow import body_register, schema
from tests.conftest import CommandFactory
from workflow.casework import Desk
from workflow.config import Settings
import time


def test_upgrade(settings: Settings, command: CommandFactory) -> None:
    t=time.time()
    r=schema.upgrade(settings, command())
    print(r, time.time()-t)
    t=time.time()
    r=schema.upgrade(settings, command())
    print(r, time.time()-t)
    assert r.registered == ()

def test_desk(desk: Desk) -> None:
    print(desk.bodies.bodies)
    print(desk.connection.run("select * from journal"))
