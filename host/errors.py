"""What the host refuses.

HostError
├── TemplateError         the template cannot be read, or names what is not there
├── CronError             not one of Function Compute's timer expressions
├── PatternError          not an EventBridge pattern
├── PayloadTooLargeError  over 32 MB (synchronous) or 128 KB (asynchronous)
├── InvalidTaskIdError    a task id that Function Compute would not take
├── TaskExistsError       a task id that is still known for that function
├── StateInUseError       another host runs on the same state file
└── HostStoppedError      the host is stopping; an accepted invocation runs after the next start
"""


class HostError(Exception):
    """Base of all refusals of the host; the text is one clear sentence."""


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


class HostStoppedError(HostError):
    pass
