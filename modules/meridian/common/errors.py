"""The one family of errors that a user is meant to read."""


class MeridianError(Exception):
    """What went wrong and what to do about it, in one line.

    The message names the file, key, node or service at fault. Edges (CLI, runners, states) print it as it
    is and exit non-zero; any other exception is a defect and keeps its traceback.
    """
