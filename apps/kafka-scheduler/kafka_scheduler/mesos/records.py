"""RecordIO, the framing of Mesos' event streams: the length in decimal, a line feed, so many bytes. Pure."""

from meridian.common.errors import MeridianError

# Offers of thousands of agents are some megabytes.
_LONGEST = 256 * 1024 * 1024
_LENGTH_DIGITS = 20


class Decoder:
    """Takes bytes as they come and gives records as they are complete."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes; return the records that they complete.

        :raises MeridianError: this is no RecordIO.
        """
        self._held += data
        found = []
        start = 0
        while True:
            end = self._held.find(b"\n", start, start + _LENGTH_DIGITS + 1)
            if end < 0:
                if len(self._held) - start > _LENGTH_DIGITS:
                    raise MeridianError("Mesos master: its event stream is not RecordIO")
                break
            digits = bytes(self._held[start:end])
            if not digits.isdigit() or int(digits) > _LONGEST:
                raise MeridianError(f"Mesos master: {digits!r} in its event stream is no record's length")
            length = int(digits)
            if len(self._held) < end + 1 + length:
                break
            found.append(bytes(self._held[end + 1 : end + 1 + length]))
            start = end + 1 + length
        del self._held[:start]
        return found
