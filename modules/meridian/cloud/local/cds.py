"""Make class data sharing archives of a Kafka broker and a Connect worker. Runs inside a node image.

A JVM that maps an archive starts a broker in half the time. An archive holds for one JVM, one class path and
what was loaded while it was made, so both are really started here, with TLS and an authoriser as on a node.

Standard library only: the image's own Python runs this file, ``python3 cds.py <folder for the archives>``.
"""

import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

WORK = Path("/tmp/cds")
FLAGS = ("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
CLASSPATH = "@/opt/meridian/kafka/current/classpath.args"
DEADLINE = 240
BROKER_PORT, CONTROLLER_PORT, REST_PORT = 29092, 29093, 28083

TLS = """\
{p}security.protocol=SSL
{p}ssl.keystore.type=PEM
{p}ssl.keystore.location={w}/keystore.pem
{p}ssl.truststore.type=PEM
{p}ssl.truststore.location={w}/ca.pem
"""
BROKER = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:{controller}
listeners=INTERNAL://localhost:{broker},CONTROLLER://localhost:{controller}
advertised.listeners=INTERNAL://localhost:{broker}
inter.broker.listener.name=INTERNAL
controller.listener.names=CONTROLLER
listener.security.protocol.map=INTERNAL:SSL,CONTROLLER:SSL
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:CN=localhost
ssl.client.auth=required
log.dirs={w}/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
"""
WORKER = """\
bootstrap.servers=localhost:{broker}
group.id=cds
listeners=https://localhost:{rest}
key.converter=org.apache.kafka.connect.converters.ByteArrayConverter
value.converter=org.apache.kafka.connect.converters.ByteArrayConverter
header.converter=org.apache.kafka.connect.converters.ByteArrayConverter
config.storage.topic=configs
offset.storage.topic=offsets
status.storage.topic=statuses
config.storage.replication.factor=1
offset.storage.replication.factor=1
status.storage.replication.factor=1
offset.storage.partitions=1
status.storage.partitions=1
"""
# Jetty, which serves Connect's REST, cannot read PEM.
REST_TLS = """\
listeners.https.ssl.keystore.type=PKCS12
listeners.https.ssl.keystore.location={w}/keystore.p12
listeners.https.ssl.keystore.password=throwaway
listeners.https.ssl.key.password=throwaway
listeners.https.ssl.truststore.type=PKCS12
listeners.https.ssl.truststore.location={w}/ca.p12
listeners.https.ssl.truststore.password=throwaway
listeners.https.ssl.client.auth=required
"""
LOGGING = """\
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%p %m (%c)%n
rootLogger.level=INFO
rootLogger.appenderRef.console.ref=console
"""


def main(target: Path) -> None:
    """Start broker and worker, stop them, and leave their archives.

    :param target: folder for ``broker.jsa`` and ``connect.jsa``.
    :raises RuntimeError: one of them did not come up or left no archive; says what it said last.
    """
    WORK.mkdir(exist_ok=True)
    target.mkdir(parents=True, exist_ok=True)
    certificate()
    (WORK / "log4j2.properties").write_text(LOGGING)
    places = {"w": WORK, "broker": BROKER_PORT, "controller": CONTROLLER_PORT, "rest": REST_PORT}
    broker_config, worker_config = WORK / "server.properties", WORK / "worker.properties"
    broker_config.write_text(BROKER.format(**places) + TLS.format(p="", w=WORK))
    clients = "".join(TLS.format(p=prefix, w=WORK) for prefix in ("", "producer.", "consumer.", "admin."))
    worker_config.write_text(WORKER.format(**places) + clients + REST_TLS.format(w=WORK))
    storage = ["format", "--config", str(broker_config), "--cluster-id", "AAAAAAAAAAAAAAAAAAAAAA"]
    subprocess.run(
        ["java", *FLAGS, CLASSPATH, "kafka.tools.StorageTool", *storage],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    # What formatting writes is the same for every cluster: brokers copy it instead of starting a JVM for it.
    shutil.copy(WORK / "data" / "bootstrap.checkpoint", target)
    broker = start("broker", target, "kafka.Kafka", broker_config)
    await_text(broker, "broker", "Kafka Server started")
    worker = start("connect", target, "org.apache.kafka.connect.cli.ConnectDistributed", worker_config)
    await_health(worker)
    for name, process in (("connect", worker), ("broker", broker)):
        process.send_signal(signal.SIGTERM)
        process.wait(DEADLINE)
        if not (target / f"{name}.jsa").exists():
            raise RuntimeError(f"{name} left no archive: {said(name)}")


def certificate() -> None:
    """Make a self-signed certificate for localhost and its PEM stores."""
    key, ca = WORK / "key.pem", WORK / "ca.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command = ["openssl", "req", "-x509", *curve, *subject, "-keyout", str(key), "-out", str(ca)]
    subprocess.run(command, check=True, capture_output=True)
    (WORK / "keystore.pem").write_text(key.read_text() + ca.read_text())
    password = ["-passout", "pass:throwaway"]
    export = ["openssl", "pkcs12", "-export", "-in", str(ca), "-inkey", str(key), *password]
    subprocess.run([*export, "-out", str(WORK / "keystore.p12")], check=True, capture_output=True)
    trust = ["-keystore", str(WORK / "ca.p12"), "-storetype", "PKCS12", "-storepass", "throwaway"]
    command = ["keytool", "-importcert", "-noprompt", "-file", str(ca), *trust]
    subprocess.run(command, check=True, capture_output=True)


def start(name: str, target: Path, main_class: str, config: Path) -> "subprocess.Popen[bytes]":
    """Start a program that leaves its archive when it ends."""
    with log(name).open("wb") as out:
        archive = f"-XX:ArchiveClassesAtExit={target}/{name}.jsa"
        logging = f"-Dlog4j2.configurationFile={WORK}/log4j2.properties"
        command = ["java", *FLAGS, archive, logging, CLASSPATH, main_class, str(config)]
        return subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)


def await_text(process: "subprocess.Popen[bytes]", name: str, text: str) -> None:
    """Wait until a program has said something."""
    until = time.monotonic() + DEADLINE
    while text not in log(name).read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{name} did not start: {said(name)}")
        time.sleep(0.1)


def await_health(process: "subprocess.Popen[bytes]") -> None:
    """Wait until the worker answers that it is healthy."""
    context = ssl.create_default_context(cafile=str(WORK / "ca.pem"))
    context.load_cert_chain(WORK / "keystore.pem")
    until = time.monotonic() + DEADLINE
    while True:
        try:
            with urllib.request.urlopen(f"https://localhost:{REST_PORT}/health", context=context, timeout=5):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"connect did not start: {said('connect')}") from None
            time.sleep(0.2)


def log(name: str) -> Path:
    """Return the file with what a program said."""
    return WORK / f"{name}.log"


def said(name: str) -> str:
    """Return the last lines of what a program said."""
    text = log(name).read_text(errors="replace")
    # The JVM lists each class that it leaves out of an archive; what counts stands before.
    lines = [line.strip() for line in text.splitlines() if line.strip() and "[cds]" not in line]
    return " / ".join(lines[-4:])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
