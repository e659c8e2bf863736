"""`koda roles` and `koda audit`, as an operator types them."""

import json

from koda.entrypoints.samples.catalogue import ADMIN
from tests.e2e.cli.program import Koda

WHY = ("--why", "She answers the mail.")
ALONE = {"KODA_IDENTITY": "memory", "KODA_PAYMENTS": "memory"}
"""A marketplace without a sandbox."""


def test_an_embedded_marketplace_has_the_admin_of_its_sandbox(koda: Koda) -> None:
    """Unless the settings name somebody: the last given admin is not the last one."""
    listed = koda("roles", "list").out
    koda("roles", "give", "user_ada", "admin", *WHY)

    assert listed == f"admin     {ADMIN.id}  in its sandbox, since KODA_ADMINS names nobody\n"
    assert koda("roles", "take", "user_ada", "admin", *WHY).code == 0
    assert ADMIN.id not in koda("roles", "list", KODA_ADMINS="user_ines").out


def test_roles_are_given_listed_and_taken(koda: Koda) -> None:
    """Those of the settings come first; the last admin stays."""
    nobody = koda("roles", "list", **ALONE)
    given = koda("roles", "give", "user_ada", "admin", *WHY, **ALONE)
    last = koda("roles", "take", "user_ada", "admin", *WHY, **ALONE)
    koda("roles", "give", "user_bob", "support", *WHY)
    listed = koda("roles", "list", KODA_ADMINS="user_ines")
    taken = koda("roles", "take", "user_ada", "admin", *WHY, KODA_ADMINS="user_ines")
    left = koda("roles", "list", "--json", **ALONE).json

    assert "koda roles give USER admin" in nobody.out
    assert given.out == "user_ada has the role admin\n"
    assert (last.code, "is the last admin" in last.complaint) == (5, True)
    ines, ada, bob = listed.out.splitlines()
    assert ines == "admin     user_ines  by KODA_ADMINS"
    assert ada.startswith("admin     user_ada  since 20")
    assert (bob.split()[:2], bob.split()[-1]) == (["support", "user_bob"], "koda:operator")
    assert taken.out == "user_ada no longer has the role admin\n"
    assert [(holder["user_id"], holder["roles"][0]["role"]) for holder in left] == [
        ("user_bob", "support")
    ]


def test_what_was_done_is_told_newest_first(koda: Koda) -> None:
    """All of it, or what was done about somebody; a page of the store is no limit."""
    for user in ("user_ada", "user_bob"):
        koda("roles", "give", user, "moderator", *WHY)
    told = koda("audit", KODA_POLICY_PAGE_SIZE="1").out.splitlines()
    about = koda("audit", "--subject", "person/user_ada", "--json").json
    by = koda("audit", "--actor", "koda:operator", "--most", "1").out.splitlines()
    wrong = koda("audit", "--subject", "user_ada", "--json")

    assert [line.split("UTC  ")[1] for line in told] == [
        f"done    koda:operator role.give person/{user} role=moderator: She answers the mail."
        for user in ("user_bob", "user_ada")
    ]
    assert by == told[:1]
    (entry,) = about
    assert entry["details"] == {"role": "moderator"}
    assert (entry["action"], entry["outcome"]) == ("role.give", "done")
    assert (wrong.code, json.loads(wrong.err)["data"]["field"]) == (2, "subject")


def test_a_role_that_there_is_none_of_is_refused(koda: Koda) -> None:
    """As is one without a reason."""
    refused = koda("roles", "give", "user_ada", "owner", *WHY)
    silent = koda("roles", "give", "user_ada", "admin")

    assert (refused.code, "must be one of admin, support, moderator" in refused.err) == (2, True)
    assert (silent.code, "--why" in silent.complaint) == (2, True)
