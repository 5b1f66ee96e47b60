"""What can be wrong with the data as a whole: one sentence each, with a hint. Faults of single files are listed."""


class AihubError(Exception):
    """The data cannot be used as it is; the message says why and what to do."""


class LayoutError(AihubError):
    """The folder given is not AI Hub's data set, or an essential part of it is missing."""


class SplitError(AihubError):
    """The images cannot be parted into train, validation and test."""


class LeakError(AihubError):
    """Something stands in two splits; nothing may be trained or measured on such a table."""
