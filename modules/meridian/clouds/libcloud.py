"""
Salt-cloud driver over any compute provider of Apache Libcloud.

.. code-block:: yaml

    # cloud.providers.d/local.conf
    local:
      driver: libcloud
      provider: local         # libcloud's name: ec2, openstack, digitalocean, …; `local` are containers
      key: …                  # user name, access key or token; sdb:// references work
      secret: …
      arguments: {region: …}  # further keyword arguments of libcloud's driver class
      bootstrap: files        # or ssh

    # cloud.profiles.d/local.conf
    local-small:
      provider: local
      size: small             # id or name
      image: meridian-node    # id or name; a name without its tag takes the newest
      location: us-east       # id or name; optional
      create: {…}             # further keyword arguments of create_node, e.g. ex_security_groups
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import salt.config
import salt.utils.cloud
import salt.utils.data
from salt.exceptions import SaltCloudSystemExit

from meridian.cloud import bootstrap, inventory, providers
from meridian.edge import transport
from meridian.errors import MeridianError

__virtualname__ = "libcloud"
# The loader puts these in.
if TYPE_CHECKING:
    __opts__: dict[str, Any]
    __utils__: dict[str, Callable[..., Any]]


def __virtual__() -> str:
    return __virtualname__


def get_configured_provider() -> Any:
    """
    Return the provider's configuration, or False when it is not complete.

    CLI Example:

    .. code-block:: bash

        salt-cloud --list-providers
    """
    return salt.config.is_provider_configured(__opts__, _provider(), ("provider",))


def get_conn() -> Any:
    """
    Return a connected libcloud driver of the active provider.

    CLI Example:

    .. code-block:: bash

        salt-cloud -f list_nodes local
    """
    config = get_configured_provider()
    if not config:
        raise MeridianError(f"cloud.providers.d/: {_provider()} has no setting `provider`")
    return providers.connect(
        config["provider"], config.get("key", ""), config.get("secret"), config.get("arguments")
    )


def avail_images(call: str | None = None) -> dict[str, Any]:
    """
    Return the images that the provider offers, by name.

    CLI Example:

    .. code-block:: bash

        salt-cloud --list-images local
    """
    return _listed(get_conn().list_images(), "avail_images", call)


def avail_sizes(call: str | None = None) -> dict[str, Any]:
    """
    Return the sizes that the provider offers, by name.

    CLI Example:

    .. code-block:: bash

        salt-cloud --list-sizes local
    """
    return _listed(get_conn().list_sizes(), "avail_sizes", call)


def avail_locations(call: str | None = None) -> dict[str, Any]:
    """
    Return the locations that the provider offers, by name.

    CLI Example:

    .. code-block:: bash

        salt-cloud --list-locations local
    """
    return _listed(get_conn().list_locations(), "avail_locations", call)


def list_nodes(call: str | None = None) -> dict[str, Any]:
    """
    Return the provider's machines with id, image, size, state and addresses.

    CLI Example:

    .. code-block:: bash

        salt-cloud -Q
    """
    fields = ("id", "image", "name", "size", "state", "private_ips", "public_ips")
    return {name: {key: node[key] for key in fields} for name, node in list_nodes_full(call).items()}


def list_nodes_full(call: str | None = None) -> dict[str, Any]:
    """
    Return the provider's machines with all that it tells about them.

    CLI Example:

    .. code-block:: bash

        salt-cloud -F
    """
    _no_action("list_nodes_full", call)
    return {node.name: _described(node) for node in get_conn().list_nodes()}


def list_nodes_select(call: str | None = None) -> dict[str, Any]:
    """
    Return the provider's machines with the fields that ``query.selection`` names.

    CLI Example:

    .. code-block:: bash

        salt-cloud -S
    """
    return dict(
        salt.utils.cloud.list_nodes_select(list_nodes_full("function"), __opts__["query.selection"], call)
    )


def show_instance(name: str, call: str | None = None) -> dict[str, Any]:
    """
    Return all that the provider tells about one machine.

    name
        Its name.

    CLI Example:

    .. code-block:: bash

        salt-cloud -a show_instance kafka-1.us-east.local
    """
    _no_function("show_instance", call)
    return _described(inventory.find(get_conn(), name))


def create(vm_: dict[str, Any]) -> dict[str, Any]:
    """
    Make one machine and see to it that its minion can come up.

    1. Find size, image and location. 2. Make the machine, with its files in mode ``files``. 3. Wait until it
    runs. 4. In mode ``ssh``, run Salt's bootstrap script. 5. See that it still runs.

    vm\\_
        The merged provider, profile and map; Salt puts the accepted key into it.

    CLI Example:

    .. code-block:: bash

        salt-cloud -p local-small kafka-1.us-east.local
    """
    name = vm_["name"]
    _event("starting create", name, "creating", vm_)
    conn = get_conn()
    mode = _value("bootstrap", vm_, "ssh")
    arguments: dict[str, Any] = {
        "name": name,
        "size": _chosen("size", vm_, conn.list_sizes()),
        "image": _chosen("image", vm_, conn.list_images()),
        **(_value("create", vm_, {}) or {}),
    }
    if vm_.get("location"):
        arguments["location"] = _chosen("location", vm_, conn.list_locations())
    if mode == "files":
        arguments["ex_files"] = _files(vm_)
    elif mode != "ssh":
        raise MeridianError(f"{vm_['provider']}: bootstrap is {mode!r}, expected files or ssh")
    _event("requesting instance", name, "requesting", vm_)
    try:
        made = conn.create_node(**arguments)
    except Exception as problem:
        # Whatever the provider's driver raises is the reason that the user must read.
        raise MeridianError(f"{vm_['provider'].partition(':')[0]} did not make it: {problem}") from problem
    node = inventory.running(conn, made)
    if mode == "ssh":
        vm_["ssh_host"] = next(iter([*node.public_ips, *node.private_ips]))
        outcome = __utils__["cloud.bootstrap"](vm_, __opts__)
        if "Error" in outcome:
            raise MeridianError(f"bootstrap failed: {outcome['Error']}")
        node = inventory.running(conn, made)
    _event("created instance", name, "created", vm_)
    return _described(node)


def destroy(name: str, call: str | None = None) -> bool:
    """
    Remove one machine with its data; False when the provider refused.

    name
        Its name.

    CLI Example:

    .. code-block:: bash

        salt-cloud -d kafka-1.us-east.local
    """
    _no_function("destroy", call)
    _event("destroying instance", name, "destroying", {"name": name})
    conn = get_conn()
    done = bool(conn.destroy_node(inventory.find(conn, name)))
    if done:
        _event("destroyed instance", name, "destroyed", {"name": name})
    return done


def start(name: str, call: str | None = None) -> bool:
    """
    Start a stopped machine.

    name
        Its name.

    CLI Example:

    .. code-block:: bash

        salt-cloud -a start kafka-1.us-east.local
    """
    return _act("start", "start_node", name, call)


def stop(name: str, call: str | None = None) -> bool:
    """
    Shut a machine down; its data stay.

    name
        Its name.

    CLI Example:

    .. code-block:: bash

        salt-cloud -a stop kafka-1.us-east.local
    """
    return _act("stop", "stop_node", name, call)


def reboot(name: str, call: str | None = None) -> bool:
    """
    Restart a machine.

    name
        Its name.

    CLI Example:

    .. code-block:: bash

        salt-cloud -a reboot kafka-1.us-east.local
    """
    return _act("reboot", "reboot_node", name, call)


def _provider() -> str:
    # Salt puts it into this module's globals for the length of a call.
    return str(globals().get("__active_provider_name__") or __virtualname__)


def _act(what: str, method: str, name: str, call: str | None) -> bool:
    _no_function(what, call)
    conn = get_conn()
    return bool(getattr(conn, method)(inventory.find(conn, name)))


def _files(vm_: dict[str, Any]) -> dict[str, Any]:
    minion = dict(_value("minion", vm_, {}) or {})
    if "master" not in minion:
        raise MeridianError("cloud.providers.d/: the minions' `master` is not set (minion: {master: …})")
    public = Path(__opts__["pki_dir"]) / "master.pub"
    if not public.is_file():
        raise MeridianError(f"{public} is missing: start the Salt master once, it makes its key then")
    tls = transport.minion(vm_["name"], __opts__)
    master = bootstrap.Master(
        address=minion.pop("master"),
        public_key=public.read_text(encoding="utf-8"),
        settings={
            "transport": __opts__.get("transport", "zeromq"),
            "publish_port": int(__opts__.get("publish_port", 4505)),
            "master_port": int(__opts__.get("ret_port", 4506)),
        },
        **(asdict(tls) if tls else {}),
    )
    return bootstrap.files(vm_["name"], master, vm_["priv_key"], vm_["pub_key"], minion)


def _value(key: str, vm_: dict[str, Any], default: Any) -> Any:
    return salt.config.get_cloud_config_value(key, vm_, __opts__, default=default, search_global=False)


def _chosen(what: str, vm_: dict[str, Any], offered: list[Any]) -> Any:
    return inventory.choose(what, str(_value(what, vm_, "")), offered)


def _described(thing: Any) -> dict[str, Any]:
    return dict(salt.utils.data.simple_types_filter(inventory.describe(thing)))


def _listed(things: list[Any], function: str, call: str | None) -> dict[str, Any]:
    _no_action(function, call)
    return {str(thing.name): _described(thing) for thing in things}


def _event(message: str, name: str, stage: str, vm_: dict[str, Any]) -> None:
    # Salt's own filter keeps keys and passwords out of the event.
    wanted = ["name", "profile", "provider", "driver"]
    __utils__["cloud.fire_event"](
        "event",
        message,
        f"salt/cloud/{name}/{stage}",
        args=__utils__["cloud.filter_event"](stage, vm_, wanted),
        sock_dir=__opts__["sock_dir"],
        transport=__opts__["transport"],
    )


def _no_action(function: str, call: str | None) -> None:
    if call == "action":
        raise SaltCloudSystemExit(f"{function} is a function: salt-cloud -f {function} <provider>")


def _no_function(function: str, call: str | None) -> None:
    if call == "function":
        raise SaltCloudSystemExit(f"{function} is an action: salt-cloud -a {function} <name>")
