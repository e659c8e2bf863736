"""Pages, changes, retries and verifies with Clerk's library for Python; prints what it saw."""

import json
import sys

from clerk_backend_api import Clerk
from clerk_backend_api.models import ClerkErrors
from clerk_backend_api.security import verify_token
from clerk_backend_api.security.types import VerifyTokenOptions
from clerk_backend_api.utils import BackoffStrategy, RetryConfig

given = json.loads(sys.argv[1])
retries = RetryConfig("backoff", BackoffStrategy(10, 100, 1.5, 5_000), True)
clerk = Clerk(bearer_auth=given["key"], server_url=f"{given['url']}/v1", retry_config=retries)

names: list[str] = []
while page := clerk.users.list(request={"limit": 2, "offset": len(names)}):
    names += [str(user.first_name) for user in page]
person = clerk.users.create(first_name="Zoe", email_address=["zoe@example.com"])
changed = clerk.users.update(user_id=person.id, last_name="Quist").last_name
clerk.users.delete(user_id=person.id)
try:
    gone = clerk.users.get(user_id=person.id).id
except ClerkErrors as error:
    gone = error.data.errors[0].code
options = VerifyTokenOptions(secret_key=given["key"], api_url=given["url"])
signed_in = verify_token(given["token"], options)["sub"]
print(json.dumps({"changed": changed, "gone": gone, "names": names, "signedIn": signed_in}))
