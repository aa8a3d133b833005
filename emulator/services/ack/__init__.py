"""ACK: the API of clusters, and the clusters' own API servers."""

SERVICES = ("cs",)
