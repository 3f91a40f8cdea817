"""
The node's own firewall: what its file would change of what is in effect.
"""

from salt.exceptions import CommandExecutionError

from meridian.common.errors import MeridianError
from meridian.node.firewall import nft


def difference() -> list[str]:
    """
    Return what ``/etc/meridian/firewall.nft`` would change of the rules in effect, as a diff. Changes
    nothing.

    CLI Example:

    .. code-block:: bash

        salt 'kafka-1.us-east.digitalocean' meridian_firewall.difference
    """
    try:
        return nft.difference()
    except MeridianError as problem:
        raise CommandExecutionError(str(problem)) from problem


def load() -> bool:
    """
    Put ``/etc/meridian/firewall.nft`` into effect; a wrong file leaves what is in effect.

    CLI Example:

    .. code-block:: bash

        salt 'kafka-1.us-east.digitalocean' meridian_firewall.load
    """
    try:
        nft.load()
    except MeridianError as problem:
        raise CommandExecutionError(str(problem)) from problem
    return True
