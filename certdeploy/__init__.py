"""All that an installation of certdeploy adds to a Python environment: this package.

The repository's folders (`shared`, `cli`, `host`, …) are inside it, in `_app`, and are found by this
command's own processes only: whoever has packages of such names keeps them.
"""
