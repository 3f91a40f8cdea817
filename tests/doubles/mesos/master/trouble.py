"""``POST /double``: what a test orders to go wrong in a master. Body ``{"do": ...}``, of:

====================== ======================================= =========================================
do                     with                                    what happens
====================== ======================================= =========================================
rescind_offers         ``agent`` (id or host; default all)     offers are taken back
hold_offers            ``seconds``                             no offers for a while
lose_agent             ``agent``                               it counts as unreachable
drop_agent             ``agent``                               its connection is cut
fail_over              -                                       the leader ends as if its session had
duplicate_updates      ``count``                               the next updates are sent twice
swap_updates           ``count``                               the next pairs of updates change places
delay_acknowledgements ``seconds``                             acknowledgements reach agents late
drop_connections       -                                       all connections are cut
drop_framework         ``framework`` (id or name)              its event stream is cut
stop_answering         ``seconds``                             no request is answered for a while
====================== ======================================= =========================================
"""

import asyncio
import os
import time
from typing import TYPE_CHECKING

from ..http import Request, Response

if TYPE_CHECKING:
    from .main import Master


class Trouble:
    """Makes it.

    :ivar silent_until: no request is answered before (monotonic).
    """

    def __init__(self, master: "Master") -> None:
        self._master = master
        self.silent_until = 0.0

    async def answer(self, request: Request) -> Response:
        """Do what is ordered."""
        order = request.json()
        what, loop = order["do"], asyncio.get_running_loop()
        if what == "fail_over":
            loop.call_later(0.05, os._exit, 1)
        elif what == "drop_connections":
            loop.call_later(0.05, self._master.server.drop_all)
        elif what == "stop_answering":
            self.silent_until = time.monotonic() + float(order["seconds"])
        elif self._master.elected is None:
            return Response.text(409, "not the leading master")
        else:
            return self._of_leader(what, order)
        return Response(202)

    def _of_leader(self, what: str, order: dict[str, str]) -> Response:
        cluster = self._master.cluster
        agent = next(
            (one for one in cluster.agents.values() if order.get("agent") in (one.id, one.hostname)), None
        )
        if "agent" in order and agent is None:
            return Response.text(404, f"no agent {order['agent']}")
        if what == "rescind_offers":
            return Response.of({"rescinded": cluster.allocator.take_back_of(agent=agent)})
        if what == "hold_offers":
            cluster.allocator.paused_until = time.monotonic() + float(order["seconds"])
        elif what == "lose_agent" and agent is not None:
            cluster.agent_lost(agent)
        elif what == "drop_agent" and agent is not None and agent.stream is not None:
            agent.stream.close(politely=False)
        elif what == "duplicate_updates":
            cluster.updates.duplicates = int(order["count"])
        elif what == "swap_updates":
            cluster.updates.swaps = int(order["count"])
        elif what == "delay_acknowledgements":
            cluster.updates.ack_delay = float(order["seconds"])
        elif what == "drop_framework":
            for framework in cluster.frameworks.values():
                if order["framework"] in (framework.id, framework.info["name"]) and framework.stream:
                    framework.stream.close(politely=False)
        else:
            return Response.text(400, f"nothing known of {what!r}")
        return Response(202)

    async def patience(self) -> None:
        """Wait for as long as nothing is to be answered."""
        while (left := self.silent_until - time.monotonic()) > 0:
            await asyncio.sleep(left)
