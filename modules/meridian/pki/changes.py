"""What a run of :func:`meridian.pki.ensure` did."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Changes:
    """Difference that was made; falsy when there was none.

    :ivar made: reason by certificate that was issued (``<service>.<node id>``, ``operator``, ``ca``).
    :ivar removed: certificates of services or nodes that the topology no longer has.
    """

    made: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.made or self.removed)

    def as_dict(self) -> dict[str, str]:
        """Return one line per certificate, for people and for Salt's ``changes``."""
        return {**self.made, **dict.fromkeys(self.removed, "removed")}
