"""What is wrong with a pillar, said so that a person can mend it: file, key, what was expected."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from meridian.common.errors import MeridianError

Path = tuple[str, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in one place.

    :ivar file: pillar file, as a user would name it.
    :ivar path: keys from the top of that file.
    :ivar expected: what should stand there, in plain words.
    """

    file: str
    path: Path
    expected: str

    def __str__(self) -> str:
        where = f"{self.file}: {'.'.join(self.path)}" if self.path else self.file
        return f"{where}: {self.expected}"


class TopologyError(MeridianError):
    """Every mistake in the pillar of one environment, a line each.

    :ivar problems: the same as data, in order of file and key, without repetition.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def suggest(word: str, known: Iterable[str]) -> str:
    """Return what to try instead of an unknown word.

    :param known: what would be accepted there.
    :return: ``did you mean 'x'?`` for the nearest one, else the whole list.
    """
    choices = sorted(known)
    nearest = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if nearest:
        return f"did you mean '{nearest[0]}'?"
    return f"expected one of: {', '.join(choices)}" if choices else "expected nothing here"
