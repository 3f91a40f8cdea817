"""The program of a WAN gateway; it runs inside the gateway's container, with the standard library only.

``serve`` is PID 1: it takes the remote addresses, then becomes toxiproxy; a child fills in the links.
The other verbs are run beside it and speak to toxiproxy's API, which only the gateway can reach.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

CONFIG = "/etc/meridian/links.json"
SERVER = "/opt/meridian/toxiproxy/current/bin/toxiproxy-server"
API = "127.0.0.1:8474"
WAIT_SECONDS = 60


def digest(text: str) -> str:
    """Return the fingerprint that tells whether a gateway is as wanted."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def proxy(link: dict[str, Any]) -> dict[str, Any]:
    """Return toxiproxy's description of a link."""
    return {"name": link["name"], "listen": link["listen"], "upstream": link["upstream"], "enabled": True}


def toxics(latency_ms: float) -> list[dict[str, Any]]:
    """Return the toxics that delay both directions; none for no delay."""
    return [
        {
            "name": f"latency_{way}",
            "type": "latency",
            "stream": way,
            "attributes": {"latency": round(latency_ms)},
        }
        for way in ("upstream", "downstream")
        if round(latency_ms) > 0
    ]


def call(method: str, path: str, body: Any = None) -> Any:
    """Ask toxiproxy's API; raises ``OSError`` when it does not answer or refuses."""
    request = urllib.request.Request(
        f"http://{API}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        # Without it toxiproxy takes the client for a browser and refuses.
        headers={"Content-Type": "application/json", "User-Agent": "meridian"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
    except urllib.error.HTTPError as problem:
        raise OSError(f"toxiproxy: {method} {path}: {problem.code} {problem.read().decode()}") from problem
    return json.loads(text) if text else None


def configuration() -> dict[str, Any]:
    """Return the links that this gateway was made with."""
    with open(CONFIG, encoding="utf-8") as held:
        return dict(json.load(held))


def towards(target: str) -> list[dict[str, Any]]:
    """Return the links to a region; ends the program when there are none."""
    found = [link for link in configuration()["links"] if link["target"] == target]
    if not found:
        sys.exit(f"no link to region {target!r}")
    return found


def set_toxics(name: str, wanted: list[dict[str, Any]]) -> None:
    """Replace all toxics of a proxy."""
    for old in call("GET", f"/proxies/{name}/toxics"):
        call("DELETE", f"/proxies/{name}/toxics/{old['name']}")
    for toxic in wanted:
        call("POST", f"/proxies/{name}/toxics", toxic)


def restore(links: list[dict[str, Any]]) -> None:
    """Put links back as configured."""
    for link in links:
        set_toxics(link["name"], toxics(link["latency_ms"]))
        call("POST", f"/proxies/{link['name']}", {**proxy(link), "enabled": True})


def fill() -> None:
    """Make all links once toxiproxy answers."""
    wait(lambda: call("GET", "/version"))
    links = configuration()["links"]
    call("POST", "/populate", [proxy(link) for link in links])
    restore(links)


def wait(check: Any) -> Any:
    """Return what ``check`` returns once it raises no ``OSError`` any more; ends the program in time."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return check()
        except OSError as problem:
            if time.monotonic() > deadline:
                sys.exit(f"toxiproxy did not get ready in {WAIT_SECONDS} s: {problem}")
        time.sleep(0.05)


def complete() -> None:
    """Raise ``OSError`` until every link is there with its delay."""
    held = call("GET", "/proxies")
    for link in configuration()["links"]:
        found = held.get(link["name"], {"toxics": []})
        if len(found["toxics"]) < len(toxics(link["latency_ms"])) or not found.get("listen"):
            raise OSError(f"link {link['name']} is missing")


def status() -> dict[str, Any]:
    """Return the state of each link, by target region."""
    held = call("GET", "/proxies")
    found: dict[str, Any] = {}
    for link in configuration()["links"]:
        now = held[link["name"]]
        delays = {t["stream"]: t["attributes"]["latency"] for t in now["toxics"] if t["type"] == "latency"}
        stalled = any(t["type"] == "timeout" for t in now["toxics"])
        state = "cut" if not now["enabled"] else "stalled" if stalled else "up"
        found[link["target"]] = {"state": state, "round_trip_ms": sum(delays.values())}
    return found


def serve() -> None:
    """Take the remote addresses and become toxiproxy."""
    config = configuration()
    for address in sorted({link["listen"].rpartition(":")[0] for link in config["links"]}):
        subprocess.run(["ip", "address", "replace", f"{address}/32", "dev", "lo"], check=True)
    if os.fork() == 0:
        fill()
        # Not sys.exit: the parent's open files are not ours to flush.
        os._exit(0)
    host, _, port = API.rpartition(":")
    os.execv(config["server"], [config["server"], "-host", host, "-port", port])


def main(verb: str, *arguments: str) -> None:
    """Run one verb."""
    if verb == "serve":
        serve()
    elif verb == "wait":
        wait(complete)
    elif verb == "status":
        print(json.dumps(status()))
    elif verb == "restore":
        restore(towards(arguments[0]))
    elif verb == "slow":
        for link in towards(arguments[0]):
            set_toxics(link["name"], toxics(float(arguments[1])))
    elif verb == "stall":
        for link in towards(arguments[0]):
            for way in ("upstream", "downstream"):
                call(
                    "POST",
                    f"/proxies/{link['name']}/toxics",
                    {"name": f"stall_{way}", "type": "timeout", "stream": way, "attributes": {"timeout": 0}},
                )
    elif verb == "cut":
        for link in towards(arguments[0]):
            call("POST", f"/proxies/{link['name']}", {**proxy(link), "enabled": False})
    else:
        sys.exit(f"unknown verb {verb!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
