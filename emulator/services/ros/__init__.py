"""ROS."""

SERVICES = ("ros",)
