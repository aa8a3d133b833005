"""Errors of the host.

HostError
├── TemplateError         the template is unreadable or refers to something missing
├── CronError             not a timer expression of Function Compute
├── PatternError          not an EventBridge pattern
├── PayloadTooLargeError  over 32 MB (synchronous) or 128 KB (asynchronous)
├── InvalidTaskIdError    a task id that Function Compute would refuse
├── TaskExistsError       a task id that is already in use for the function
├── StateInUseError       another host uses the same state file
├── StateFileError        the state file is damaged, or cannot be opened
└── HostStoppedError      the host is stopping; an accepted invocation runs after the next start
"""


class HostError(Exception):
    """Base of all errors of the host; the text is one sentence."""


class TemplateError(HostError):
    pass


class CronError(HostError, ValueError):
    pass


class PatternError(HostError, ValueError):
    pass


class PayloadTooLargeError(HostError):
    pass


class InvalidTaskIdError(HostError, ValueError):
    pass


class TaskExistsError(HostError):
    pass


class StateInUseError(HostError):
    pass


class StateFileError(HostError):
    pass


class HostStoppedError(HostError):
    pass
