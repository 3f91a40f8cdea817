"""The real server, with TLS, over the doubles."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn, cast

from kafka_scheduler.api import settings as api_settings
from kafka_scheduler.api.application import Application
from kafka_scheduler.api.routes import ROUTES
from kafka_scheduler.api.server import ApiServer
from kafka_scheduler.api.settings import User
from kafka_scheduler.kafka.access import KafkaAccess
from kafka_scheduler.kafka.service import KafkaService
from meridian.common.errors import MeridianError

from tests.unit.kafka_scheduler import certificates
from tests.unit.kafka_scheduler.api.double import SECRET, Api


class Serving:
    """A server that runs.

    :ivar folder: with ``ca.pem`` and ``secret``.
    """

    def __init__(self, api: Api, running: ApiServer, folder: Path) -> None:
        self.api, self.running, self.folder = api, running, folder
        self.url = f"https://localhost:{running.port}"

    def afresh(self) -> Api:
        """Put new doubles in the place of those that were there."""
        self.api = Api()
        _answers_by(self.running, self.api, self.folder)
        return self.api

    @property
    def environment(self) -> dict[str, str]:
        """What the command line is told."""
        return {
            "KAFKA_SCHEDULER_API": self.url,
            "KAFKA_SCHEDULER_CA": str(self.folder / "ca.pem"),
            "KAFKA_SCHEDULER_SECRET_FILE": str(self.folder / "secret"),
        }


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Serving]:
    """Serve on a free port of the loopback."""
    if not (folder / "ca.pem").exists():
        certificates.write(folder)
        (folder / "secret").write_text(SECRET + "\n", encoding="utf-8")
    properties = {
        "api": "https://localhost:0",
        "api-certificate": str(folder / "server.pem"),
        "api-key": str(folder / "server.key"),
        "api-secret-file": str(folder / "secret"),
    }
    api = Api()
    access = KafkaAccess(lambda: "", _no_broker, None, Path("unused"))
    settings = api_settings.read(properties, "127.0.0.1")
    running = ApiServer(cast(KafkaService, api.service), access, settings)
    _answers_by(running, api, folder)
    running.start()
    try:
        yield Serving(api, running, folder)
    finally:
        running.stop()


def _no_broker() -> NoReturn:
    raise MeridianError("no broker runs")


def _answers_by(running: ApiServer, api: Api, folder: Path) -> None:
    def secret() -> str:
        return (folder / "secret").read_text(encoding="utf-8").strip()

    users = [User("api", secret)]
    running._server.application = Application(ROUTES, api.context, api.service.health, users)
