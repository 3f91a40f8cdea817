"""Who belongs to an ensemble: as the ensemble itself keeps it, and as the topology wants it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from meridian.common.errors import MeridianError

_SERVER = re.compile(r"server\.(\d+)=([^:;]+|\[[^\]]+\]):(\d+):(\d+)(?::(participant|observer))?(?:;.*)?")
_VERSION = re.compile(r"version=([0-9a-fA-F]+)")


@dataclass(frozen=True, order=True)
class Member:
    """A server of an ensemble, with a vote.

    :ivar id: its number, 1 to 255; the name by which it signs what it writes.
    :ivar host: where the others reach it.
    :ivar quorum_port: port that followers connect to when it leads.
    :ivar election_port: port of elections.
    """

    id: int
    host: str
    quorum_port: int = 2888
    election_port: int = 3888

    def __str__(self) -> str:
        return f"server.{self.id}={self.host}:{self.quorum_port}:{self.election_port}:participant"


@dataclass(frozen=True)
class Membership:
    """The members of an ensemble at one time.

    :ivar version: grows with each change; 0 for a list that no ensemble has agreed on yet.
    :ivar members: id → member.
    """

    version: int
    members: Mapping[int, Member]


@dataclass(frozen=True)
class Step:
    """One change of the members: of the ensemble, in one transaction.

    :ivar joining: who comes, or comes from another address.
    :ivar leaving: id of who goes.
    """

    joining: Member | None = None
    leaving: int | None = None

    @property
    def server(self) -> int:
        """Id of the server that the change is about."""
        return self.joining.id if self.joining is not None else self.leaving or 0

    def __str__(self) -> str:
        if self.joining is not None:
            return f"server {self.joining.id} ({self.joining.host}) joins"
        return f"server {self.leaving} leaves"


def parse(text: str) -> Membership:
    """Read what ``/zookeeper/config`` or a dynamic configuration file has.

    :raises MeridianError: a line is none that ZooKeeper writes.
    """
    members: dict[int, Member] = {}
    version = 0
    for line in filter(None, map(str.strip, text.splitlines())):
        if found := _SERVER.fullmatch(line):
            number, host, quorum, election, _ = found.groups()
            members[int(number)] = Member(int(number), host, int(quorum), int(election))
        elif found := _VERSION.fullmatch(line):
            version = int(found.group(1), 16)
        else:
            raise MeridianError(f"members of ZooKeeper: no server and no version: {line!r}")
    return Membership(version, dict(sorted(members.items())))


def render(members: Mapping[int, Member]) -> str:
    """Return members as a dynamic configuration file has them."""
    return "".join(f"{members[number]}\n" for number in sorted(members))


def steps(now: Mapping[int, Member], wanted: Mapping[int, Member], leader: int | None) -> list[Step]:
    """Return the changes that lead from some members to others, each of one server only.

    Who comes, comes first: so the number of votes never falls below that of the smaller list. Of those who
    go, the leader goes last, for each election costs its clients some seconds.

    :param leader: id of the leader, ``None`` when nobody knows.
    """
    joining = [member for number, member in sorted(wanted.items()) if now.get(number) != member]
    leaving = sorted(now.keys() - wanted.keys(), key=lambda number: (number == leader, number))
    return [*(Step(joining=member) for member in joining), *(Step(leaving=number) for number in leaving)]


def starting_with(own: Member, wanted: Mapping[int, Member], established: Membership | None) -> str:
    """Return the list that a server without data starts with.

    The servers of a new ensemble all start with the whole list. One that comes to an ensemble later must not
    start with others that come with it: they might be enough to elect a leader among themselves, and there
    would be two ensembles. It starts with the members that are there, and itself; the ensemble does not count
    its vote before it was told to.

    :param own: the server itself.
    :param wanted: members as the topology has them.
    :param established: members of the ensemble that is there; ``None`` when no server answers.
    """
    if established is None or not established.members:
        return render(wanted)
    return render({**established.members, own.id: own})
