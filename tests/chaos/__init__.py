"""The crash harness, `make chaos`: functions that are killed, and a cloud in a storm. See CONTRIBUTING.md."""
