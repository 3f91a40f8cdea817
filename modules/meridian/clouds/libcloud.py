"""
Salt-cloud driver over any compute provider of Apache Libcloud.

``docs/providers.md`` lists them, with what is proven for each. What a provider needs beside the uniform
settings stands in a file of its own under ``modules/meridian/cloud/providers/``.

.. code-block:: yaml

    # cloud.providers.d/aws.conf
    aws:
      driver: libcloud
      provider: ec2                       # libcloud's name; `local` are containers
      key: {env: AWS_ACCESS_KEY_ID}       # or {file: path} of mode 0600, or {sdb: profile/key}
      secret: {env: AWS_SECRET_ACCESS_KEY}
      arguments: {region: us-east-1}      # further keyword arguments of libcloud's driver class
      locations: [us-east-1, eu-west-1]   # where to look for machines, where a connection has one region
      parallel: 8                         # machines made or removed at a time
      retry: {first: 1, longest: 30, deadline: 300}   # seconds: pauses, and all of them together
      bootstrap: userdata                 # userdata: cloud-init; ssh: the same installer; files: local
      minion: {master: meridian.example.com}
      install: {index: https://pypi.example.com/simple}   # optional: where machines get Salt from

    # cloud.profiles.d/aws.conf
    aws-small:
      provider: aws
      size: t3.medium                     # id or name
      image: 136693071363/debian-12-amd64-*   # id or name; see the provider's file
      location: us-east-1                 # id or name; optional
      zone: us-east-1a                    # optional
      tags: {…}                           # tags of the machine; usually from the map
      volumes: [{name: data, size_gb: 100, type: gp3}]
      firewall: [{port: 9094, protocol: tcp, sources: [192.0.2.0/24]}]   # in the map: who may reach it
      network: {subnet: …, security_groups: […]}                         # see the provider's file
      ssh_username: debian                # in mode ssh: who logs in, root or with sudo; default root
      private_key: ~/.ssh/id              # in mode ssh: file of the private key
      ssh_host_key: ssh-ed25519 AAAA…     # in mode ssh, when known beforehand; else recorded at first contact
      ssh_key: …                          # name or id of a key pair at the provider
      ssh_public_key: ~/.ssh/id.pub       # file with a public key, where the provider wants its text
      user_data_extra: {packages: […]}    # cloud-config beside ours
      create: {…}                         # further keyword arguments of create_node; they win
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import salt.config
import salt.utils.cloud
import salt.utils.data
import salt.utils.event
from salt.exceptions import SaltCloudSystemExit

from meridian.cloud import create as creating
from meridian.cloud import inventory, over_ssh
from meridian.cloud.account import Account
from meridian.common.errors import MeridianError
from meridian.salt_api import cloud_settings

__virtualname__ = "libcloud"
# The loader puts these in.
if TYPE_CHECKING:
    __opts__: dict[str, Any]
    __utils__: dict[str, Callable[..., Any]]


def __virtual__() -> str:
    return __virtualname__


def get_configured_provider() -> Any:
    """
    Return the provider's configuration, or False when it is not complete. No credentials are read.

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
    return _account().adapter().conn


def avail_images(call: str | None = None) -> dict[str, Any]:
    """
    Return the images that the provider offers, by name; a selection where there are too many.

    CLI Example:

    .. code-block:: bash

        salt-cloud --list-images local
    """
    return _offered("images", "avail_images", call)


def avail_sizes(call: str | None = None) -> dict[str, Any]:
    """
    Return the sizes that the provider offers, by name.

    CLI Example:

    .. code-block:: bash

        salt-cloud --list-sizes local
    """
    return _offered("sizes", "avail_sizes", call)


def avail_locations(call: str | None = None) -> dict[str, Any]:
    """
    Return the locations that the provider offers, by name.

    CLI Example:

    .. code-block:: bash

        salt-cloud --list-locations local
    """
    return _offered("locations", "avail_locations", call)


def list_nodes(call: str | None = None) -> dict[str, Any]:
    """
    Return the provider's machines with id, image, size, state and addresses.

    CLI Example:

    .. code-block:: bash

        salt-cloud -Q
    """
    _no_action("list_nodes", call)
    fields = ("id", "image", "name", "size", "state", "private_ips", "public_ips")
    account = _account()
    described = [account.described(one) for one in account.machines()]
    return {node["name"]: {key: node[key] for key in fields} for node in described}


def list_nodes_full(call: str | None = None) -> dict[str, Any]:
    """
    Return the provider's machines by name: ``id``, ``name``, ``state``, ``size``, ``image``, ``private_ips``,
    ``public_ips``, ``tags``, ``volumes`` and ``firewall`` (``None`` where the provider cannot tell),
    ``location``, ``extra``; two of one name have their ids in ``duplicates``.

    CLI Example:

    .. code-block:: bash

        salt-cloud -F
    """
    _no_action("list_nodes_full", call)
    return _plain(_account().listed())


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


def clean_firewalls(environment: str = "", call: str | None = None, **kwargs: Any) -> list[str]:
    """
    Remove an environment's security groups and firewall rules that no machine uses any more.

    environment
        Name of the environment.

    CLI Example:

    .. code-block:: bash

        salt-cloud -f clean_firewalls aws environment=aws
    """
    _no_action("clean_firewalls", call)
    environment = environment or (kwargs.get("kwargs") or {}).get("environment", "")
    if not environment:
        raise MeridianError("clean_firewalls: name the environment=")
    account, gone = _account(), []
    for place in account.places():
        with account.explained("remove firewalls"):
            gone += account.adapter(place).clean_firewalls(environment)
    return gone


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
    account = _account()
    return _plain(account.described(account.one(name)))


def create(vm_: dict[str, Any]) -> dict[str, Any]:
    """
    Make one machine and see to it that its minion can come up; one of that name with our tags is taken.

    1. Take what is there, or find size, image and location and make the machine, with its keys in mode
    ``files`` or ``userdata``. 2. Wait until it runs. 3. In mode ``ssh``, bring it the very same and run the
    installer.

    vm\\_
        The merged provider, profile and map; Salt puts the accepted key into it.

    CLI Example:

    .. code-block:: bash

        salt-cloud -p local-small kafka-1.us-east.local
    """
    name, account = vm_["name"], _account()
    settings = cloud_settings.Settings(__opts__, vm_)
    _event("starting create", name, "creating", vm_)
    _event("requesting instance", name, "requesting", vm_)
    made = creating.make(account, settings.order(), vm_.get("pub_key") or "", settings.user_data())
    if made.taken and settings.mode != "ssh":
        settings.accept(made.public_key)
    elif settings.mode == "ssh":
        node = made.found.node
        # A machine that has just been made is nobody whose key we know.
        cloud_settings.known_hosts(name).unlink(missing_ok=True)
        login = settings.login(str(next(iter([*node.public_ips, *node.private_ips]))))
        over_ssh.bring(login, settings.installed(), creating.RUNNING_SECONDS)
    _event("created instance", name, "created", vm_)
    return {**_plain(account.described(made.found)), "taken": made.taken}


def protect(vm_: dict[str, Any]) -> bool:
    """
    Have the firewall of a machine as its settings say: the addresses that it names may be known only now.

    vm\\_
        The merged provider, profile and map, as for ``create``.

    CLI Example:

    .. code-block:: bash

        salt-run cloud.ensure aws
    """
    return creating.protect(_account(), cloud_settings.Settings(__opts__, vm_).order())


def destroy(name: str, call: str | None = None) -> bool:
    """
    Remove one machine with its data; False when the provider refused. One without our tags is left alone.

    name
        Its name.

    CLI Example:

    .. code-block:: bash

        salt-cloud -d kafka-1.us-east.local
    """
    _no_function("destroy", call)
    _event("destroying instance", name, "destroying", {"name": name})
    done = creating.destroy(_account(), name)
    if done:
        cloud_settings.known_hosts(name).unlink(missing_ok=True)
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
    return _act("start", name, call)


def stop(name: str, call: str | None = None) -> bool:
    """
    Shut a machine down; its data stay.

    name
        Its name.

    CLI Example:

    .. code-block:: bash

        salt-cloud -a stop kafka-1.us-east.local
    """
    return _act("stop", name, call)


def reboot(name: str, call: str | None = None) -> bool:
    """
    Restart a machine.

    name
        Its name.

    CLI Example:

    .. code-block:: bash

        salt-cloud -a reboot kafka-1.us-east.local
    """
    return _act("reboot", name, call)


def _provider() -> str:
    # Salt puts it into this module's globals for the length of a call.
    return str(globals().get("__active_provider_name__") or __virtualname__)


def _account() -> Account:
    config = get_configured_provider()
    if not config:
        raise MeridianError(f"cloud.providers.d/: {_provider()} has no setting `provider`")
    return cloud_settings.account(__opts__, _provider().partition(":")[0], config)


def _act(what: str, name: str, call: str | None) -> bool:
    _no_function(what, call)
    account = _account()
    found = account.one(name)
    with account.explained(f"{what} {name}"):
        return bool(getattr(found.adapter, what)(found.node))


def _offered(what: str, function: str, call: str | None) -> dict[str, Any]:
    _no_action(function, call)
    account = _account()
    with account.explained(f"list {what}"):
        return {str(one.name): _plain(inventory.describe(one)) for one in getattr(account.adapter(), what)()}


def _plain(thing: Any) -> Any:
    return salt.utils.data.simple_types_filter(thing)


def _event(message: str, name: str, stage: str, vm_: dict[str, Any]) -> None:
    # Salt's own filter keeps keys and passwords out of the event.
    wanted = ["name", "profile", "provider", "driver"]
    told = {"event": message, **__utils__["cloud.filter_event"](stage, vm_, wanted)}
    # Not cloud.fire_event: it sleeps after each, for a fault of ZeroMQ that was mended long ago.
    with salt.utils.event.get_event("master", __opts__["sock_dir"], listen=False) as bus:
        bus.fire_event(told, f"salt/cloud/{name}/{stage}")


def _no_action(function: str, call: str | None) -> None:
    if call == "action":
        raise SaltCloudSystemExit(f"{function} is a function: salt-cloud -f {function} <provider>")


def _no_function(function: str, call: str | None) -> None:
    if call == "function":
        raise SaltCloudSystemExit(f"{function} is an action: salt-cloud -a {function} <name>")
