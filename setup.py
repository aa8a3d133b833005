"""What a wheel of certdeploy has: the repository's folders, as parts of one package.

Installed at the top they would stand in the way of a project's own `shared`, `cli` or `host`.
"""

INSIDE = "certdeploy._app"
FOLDERS = ("cli", "console", "emulator", "functions", "host", "shared", "stack")
#: What is not Python, by folder; "": beside the folders.
DATA = {
    "": ["template.yml", "requirements-functions.lock", "requirements-functions-aws.lock"],
    "console": ["pages/*.html", "pages/*/*.html", "static/*"],
    "emulator": ["declarations/*.json", "estates/*.yaml", "services/ros/*.json"],
}


def inside(name: str) -> str:
    return f"{INSIDE}.{name}" if name else INSIDE


if __name__ == "__main__":
    from setuptools import find_namespace_packages, setup

    found = find_namespace_packages(include=[f"{name}{more}" for name in FOLDERS for more in ("", ".*")])
    setup(
        packages=["certdeploy", INSIDE, *map(inside, found)],
        package_dir={"certdeploy": "certdeploy", INSIDE: "."},
        package_data={inside(name): patterns for name, patterns in DATA.items()},
    )
