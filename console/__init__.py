"""The page to look at: a console in the browser on this machine, over the use cases of shared/services.

A page holds no rule of its own: whatever it shows or does is asked of a service, as the command line does it.
"""
