"""The regions that a product lists itself."""

from shared.cloud.reading import Fields


def listed(answer: Fields, *at: str) -> list[str]:
    """The region ids of an answer of DescribeRegions; `at`: where it has its rows.

    Raises:
        UnreadableAnswerError: no region is listed, or one without id: nothing would be looked for there.
    """
    rows = answer.rows(*at)
    if not rows:
        raise answer.source.below(".".join(at)).unreadable("no region is listed")
    return [row.needed("RegionId") for row in rows]
