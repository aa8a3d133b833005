"""How each kind of resource is made, by the API of its product. A module per product."""
