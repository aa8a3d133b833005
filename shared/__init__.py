"""What the functions import: domain, services, products, state, cloud, runtime."""

import gc

# Nearly all that is made while modules are imported stays. Looking for garbage among it every 700 objects, as
# Python does unless told, takes a fifth of a function's cold start.
gc.set_threshold(50_000, 20, 20)
