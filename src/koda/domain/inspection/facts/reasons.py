"""What people are told of each of n8n's rules, in our own words."""

from collections.abc import Mapping

from koda.domain.inspection.facts.rules import Rule
from koda.domain.model.sentences import Sentence, translatable

_REPLACED = translatable("{app} was removed in n8n {major}.0; replace it by: {instead}")
_REMOVED = translatable("{app} was removed in n8n {major}.0, and nothing replaces it")
_TEMPLATES: Mapping[str, str] = {
    "agent-node-version-v3": translatable(
        "An AI Agent below version 2 runs as version 2 from n8n 3.0 on; try what it answers"
    ),
    "agent-removed-modes-v3": translatable(
        "An AI Agent has a mode that n8n 3.0 removed; build it again with the latest AI Agent"
    ),
    "always-output-data-multi-output-v3": translatable(
        "{app} has several outputs and Always Output Data on: from n8n 3.0 on it adds an empty "
        "item only where every output is empty; look at what follows it"
    ),
    "caller-policy-any-removed-v3": translatable(
        "Any workflow may call this one, a setting that n8n 3.0 removed; choose who may call it"
    ),
    "chat-trigger-embedded-json-v3": translatable(
        "An embedded chat speaks JSON from n8n 3.0 on; update the widget where it is embedded"
    ),
    "deprecated-nodes-v2": translatable(
        "The last releases of n8n 2, from 2.42.6 on, import no workflow with {app}, unless the "
        "operator allows it (N8N_DEPRECATED_NODES_BLOCK)"
    ),
    "disabled-nodes-v2": translatable(
        "{app} is switched off from n8n 2.0 on; whoever operates n8n may allow it (NODES_EXCLUDE)"
    ),
    "evaluate-expression-v2": translatable(
        "Code that calls $evaluateExpression fails from n8n 2.0 on, unless the operator allows it "
        "(N8N_RUNNERS_INSECURE_MODE)"
    ),
    "evaluate-expression-v3": translatable(
        "Code calls $evaluateExpression, which n8n 3.0 removed; use an Edit Fields node instead"
    ),
    "execute-workflow-each-mode-v3": translatable(
        "A sub-workflow is run once for each item, which n8n 3.0 removed; put Loop Over Items "
        "before it"
    ),
    "execute-workflow-source-modes-v3": translatable(
        "A sub-workflow is loaded from a file or an address, which n8n 3.0 removed; import it, and "
        "choose it from the database"
    ),
    "file-access-restriction-v2": translatable(
        "{app} reaches only the folder that n8n sets aside from n8n 2.0 on; the operator may add "
        "others (N8N_RESTRICT_FILE_ACCESS_TO)"
    ),
    "get-paired-item-v3": translatable(
        "{app} uses $getPairedItem, which n8n 3.0 removed; use item linking instead"
    ),
    "git-node-bare-repos-v2": translatable(
        "Git refuses bare repositories from n8n 2.0 on, unless the operator allows them "
        "(N8N_GIT_NODE_DISABLE_BARE_REPOS)"
    ),
    "gmail-trigger-version-v3": translatable(
        "A Gmail Trigger below version 1.4 runs as version 1.4 from n8n 3.0 on: few messages at a "
        "time, and neither drafts nor sent ones"
    ),
    "process-env-access-v2": translatable(
        "{app} reads environment variables, which n8n 2.0 and later refuse, unless the operator "
        "allows it (N8N_BLOCK_ENV_ACCESS_IN_NODE)"
    ),
    "pyodide-removed-v2": translatable(
        "Python in {app} is of a kind that n8n 2.0 removed; choose native Python, and try the code"
    ),
    "slack-signing-secret-v3": translatable(
        "The credential of a Slack Trigger needs the signing secret of its app from n8n 3.0 on"
    ),
    "unverified-packages-v3": translatable(
        "n8n 3.0 and later load {package} only if n8n has verified it since, or the operator "
        "allows it (N8N_UNVERIFIED_PACKAGES_ENABLED)"
    ),
    "webflow-legacy-v3": translatable(
        "The credential of a Webflow node in version 1 must have Legacy on from n8n 3.0 on"
    ),
    "wait-node-subworkflow-v2": translatable(
        "{app} waits, in a workflow that others call: from n8n 2.0 on they get its result, and no "
        "longer what they called it with"
    ),
}


def reason_of(rule: Rule, app: str, package: str | None) -> Sentence:
    """What a rule means for `app`, as n8n calls a type, of a community package or n8n's own."""
    general = _REPLACED if rule.instead else _REMOVED
    data = {
        "app": app,
        "major": rule.since,
        "instead": ", ".join(rule.instead),
        "package": package or "",
    }
    return Sentence(_TEMPLATES.get(rule.id, general), data)
