"""Capabilities: what an account may do, one object each."""

from paysandbox.errors import Json, missing
from paysandbox.params import body
from paysandbox.rendering import listing
from paysandbox.resources.account_status import capability
from paysandbox.resources.accounts import load_account
from paysandbox.routing import Call, Routes

routes = Routes()


@routes.add("GET /v1/accounts/{account}/capabilities", body())
def _list_capabilities(call: Call) -> Json:
    """Every capability that the account has asked for."""
    account = load_account(call, call.ids[0])
    rows = [capability(account, name) for name in sorted(account["capabilities"])]
    return listing(call.path, rows, len(rows))


@routes.add("GET /v1/accounts/{account}/capabilities/{capability}", body())
def _retrieve_capability(call: Call) -> Json:
    """One capability."""
    account, name = load_account(call, call.ids[0]), call.ids[1]
    if name not in account["capabilities"]:
        raise missing("capability", name, param="capability")
    return call.show(capability(account, name))
