"""The Salt master as it is started here: its publisher waits for a TLS handshake for as long as one may take.

Salt 3008.3 gives a subscriber ten looks of 50 ms (``PubServer._validate_ssl_and_add_client`` in
``salt/transport/tcp.py``) and then closes the connection; there is no setting. From another continent, or on
a loaded machine, a handshake takes longer, and such a minion would never hear of anything. It also logs whose
certificate it saw as an error, for each request.
"""

import asyncio
import logging
import sys
from typing import Any

from salt.transport.tcp import PubServer

#: How long a handshake may take, s; as long as minions wait for an answer themselves.
HANDSHAKE_SECONDS = 60.0

_validate_and_add = PubServer._validate_ssl_and_add_client


async def wait_for_handshake(self: PubServer, stream: Any, address: Any) -> None:
    """Add a subscriber once its handshake is done; close the connection when that fails or lasts too long.

    :param stream: Tornado's ``SSLIOStream``.
    :param address: where it comes from.
    """
    try:
        await asyncio.wait_for(stream.wait_for_handshake(), HANDSHAKE_SECONDS)
    except (OSError, TimeoutError):
        stream.close()
        return
    await _validate_and_add(self, stream, address)


def is_worth_telling(record: logging.LogRecord) -> bool:
    """Return whether a line of Salt's transport is one for the log."""
    return not str(record.msg).startswith("Request client cert")


def main() -> None:
    """Run the master in the foreground, with ``salt-master``'s own arguments."""
    import salt.scripts

    logging.getLogger(PubServer.__module__).addFilter(is_worth_telling)
    PubServer._validate_ssl_and_add_client = wait_for_handshake
    sys.argv[0] = "salt-master"
    salt.scripts.salt_master()


if __name__ == "__main__":
    main()
