"""May this server stop? Pure. Who may join or leave, ZooKeeper itself decides when it is asked."""

from collections.abc import Collection


def majority(members: Collection[int]) -> int:
    """Return how many votes make a quorum."""
    return len(members) // 2 + 1


def why_not_stop(server: int, members: Collection[int], serving: Collection[int]) -> str:
    """Return why a server must stay up; empty when it may be stopped for a restart.

    One that serves nobody may always be. Else those that are left must be a quorum; the only member of an
    ensemble is away for the time of its restart, whatever we do.

    :param server: id of the one that would stop.
    :param members: ids of all that have a vote.
    :param serving: ids of those that serve clients: they have caught up with the leader.
    """
    if server not in serving or server not in members or len(members) == 1:
        return ""
    left = set(serving) & set(members) - {server}
    if len(left) < majority(members):
        return f"without it {len(left)} of {len(members)} servers are left, which is no majority"
    return ""
