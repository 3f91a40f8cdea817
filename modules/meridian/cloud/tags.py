"""Our tags in the shapes that providers have for them. Pure.

Ours are ``{key: value}`` with keys of ``[a-z-]`` and values of ``[a-z0-9_+.-]``, see
:attr:`meridian.topology.model.Node.tags`. A provider that takes less gets them translated, and back.
"""

from collections.abc import Iterable, Mapping

PLATFORM = "meridian-platform"
ENVIRONMENT = "meridian-environment"
REGION = "meridian-region"
ROLE = "meridian-role"
OURS = "meridian"

# An underscore begins an escape, so that every value comes back as it was.
_ESCAPES = {"_": "__", "+": "_p", ".": "_d"}
_BACK = {escape: char for char, escape in _ESCAPES.items()}


def is_ours(tags: Mapping[str, str], environment: str = "") -> bool:
    """Return whether a machine with these tags belongs to this platform.

    :param environment: only when it belongs to this environment.
    """
    return tags.get(PLATFORM) == OURS and (not environment or tags.get(ENVIRONMENT) == environment)


def to_labels(tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags with values of ``[a-z0-9_-]``, as Google's labels want them."""
    return {key: "".join(_ESCAPES.get(char, char) for char in value) for key, value in tags.items()}


def from_labels(labels: Mapping[str, str] | None) -> dict[str, str]:
    """Return what :func:`to_labels` made labels of; labels of others come out as well as they can."""
    return {str(key): _unescaped(str(value)) for key, value in (labels or {}).items()}


def to_words(tags: Mapping[str, str]) -> list[str]:
    """Return tags as plain words ``key:value`` of ``[a-z0-9_:-]``; several roles make several words."""
    return [
        f"{key}:{part}"
        for key, value in tags.items()
        for part in ("".join(_ESCAPES.get(c, c) for c in piece) for piece in value.split("+"))
    ]


def from_words(words: Iterable[str] | None) -> dict[str, str]:
    """Return what :func:`to_words` made words of; a word without a colon becomes a key without value."""
    found: dict[str, list[str]] = {}
    for word in words or ():
        key, _, value = str(word).partition(":")
        found.setdefault(key, []).append(_unescaped(value))
    return {key: "+".join(values) for key, values in found.items()}


def _unescaped(value: str) -> str:
    result, at = [], 0
    while at < len(value):
        pair = value[at : at + 2]
        result.append(_BACK.get(pair, value[at]))
        at += 2 if pair in _BACK else 1
    return "".join(result)
