from koda.domain.inspection.secrets.declared import declared_in


def test_the_types_of_a_workflow_tell_its_secret_fields() -> None:
    """Of those that n8n knows and that have some."""
    types = ["n8n-nodes-base.crypto", "n8n-nodes-base.crypto", "n8n-nodes-base.set", "acme.shop"]

    assert declared_in(types) == {"n8n-nodes-base.crypto": {"privateKey", "secret"}}
