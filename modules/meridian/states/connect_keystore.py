"""
The PKCS 12 stores that Connect's REST server needs, made from the service's PEM files.
"""

import grp
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meridian.common.errors import MeridianError
from meridian.services.connect.keystore import Stores

if TYPE_CHECKING:
    __opts__: dict[str, Any]


def present(name: str, service: str = "connect", pki: str = "/etc/meridian/pki") -> dict[str, Any]:
    """
    Have ``keystore.p12`` and ``truststore.p12`` hold what the service's PEM files hold.

    name
        Folder of the stores.
    service
        Service whose ``<service>.pem`` and ``<service>.key`` go in; its group may read the stores.
    pki
        Folder of the PEM files.

    .. code-block:: yaml

        /etc/meridian/connect:
          connect_keystore.present:
            - service: connect
    """
    ret: dict[str, Any] = {"name": name, "result": False, "changes": {}, "comment": ""}
    stores = Stores(service, Path(pki), Path(name))
    try:
        outdated = stores.outdated()
        if not outdated:
            return {**ret, "result": True, "comment": "the stores hold the PEM files' certificates"}
        changes = dict.fromkeys(outdated, "made from the PEM files")
        if __opts__.get("test"):
            return {**ret, "result": None, "changes": changes, "comment": "the stores would be made"}
        stores.write(grp.getgrnam(service).gr_gid)
        left = stores.outdated()
    except MeridianError as error:
        if __opts__.get("test"):
            return {**ret, "result": None, "comment": f"the stores would be made: {error}"}
        return {**ret, "comment": str(error)}
    return {**ret, "result": not left, "changes": changes, "comment": "the stores were made"}
