"""The command `certdeploy`."""
