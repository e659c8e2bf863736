"""The API's table: every operation there is."""

from koda.entrypoints.web.api.operations import AnyOperation
from koda.entrypoints.web.api.routes import buying, catalogue, listings, moderation, refunds, seller

OPERATIONS: tuple[AnyOperation, ...] = (
    *catalogue.OPERATIONS,
    *buying.OPERATIONS,
    *refunds.OPERATIONS,
    *seller.OPERATIONS,
    *listings.OPERATIONS,
    *moderation.OPERATIONS,
)
"""In the order in which the document shows them."""
