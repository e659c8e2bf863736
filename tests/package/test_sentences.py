"""What people read is a literal template whose placeholders are filled with data."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from string import Formatter

import attrs
import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

import koda
from koda.domain.model.errors import Conflict, KodaError
from tools.messages import TEMPLATE

SOURCE = Path(koda.__file__).parent
MARKERS = {"counted": 2, "say": 1, "sentence": 1, "translatable": 1}
"""What marks texts, and how many each takes."""
FREE = {"verbatim", "Sentence"}
"""What takes any text: for operators, and where a literal that was marked is filled."""
ALLOWED = {
    "verbatim": (
        "adapters/clerk/keys.py",
        "adapters/clerk/people_webhooks.py",
        "adapters/clerk/publishable_key.py",
        "adapters/clerk/signatures.py",
        "adapters/clerk/users.py",
        "adapters/directory/tokens.py",
        "adapters/memory/provider.py",
        "adapters/memory/rates.py",
        "adapters/mongo/database.py",
        "adapters/mongo/schema.py",
        "adapters/redis/",
        "adapters/s3/client.py",
        "adapters/smtp/mailboxes.py",
        "adapters/sqlite/database.py",
        "adapters/stripe/payment_webhooks.py",
        "entrypoints/backends/",
        "entrypoints/cli/",
        "entrypoints/embedded/",
        "entrypoints/environment/",
        "entrypoints/health/",
        "entrypoints/settings/",
        "entrypoints/wiring/container.py",
        "entrypoints/wiring/lifecycle.py",
        "testing/",
    ),
    "Sentence": (
        "adapters/smtp/emails.py",
        "domain/inspection/facts/reasons.py",
        "domain/inspection/images.py",
        "domain/inspection/recognition.py",
        "domain/model/errors/roots.py",
        "domain/model/sentences.py",
        "entrypoints/languages/language.py",
        "entrypoints/web/api/reading.py",
        "entrypoints/web/environments.py",
        "entrypoints/web/language.py",
        "entrypoints/web/wording.py",
    ),
}
"""The rooms of operators' sentences, and the places that fill a marked template."""
PROBE = "adapters/s3/probe.py"
"""What `koda doctor` asks the file store."""
INTERNAL = {
    "scanner",
    "checkout session",
    "dispute",
    "payment",
    "refund",
    "day of sales",
    "delivery",
    "domain event",
    "endpoint health",
    "event",
    "payload of event",
    "grant",
    "payout account",
    "seller with account",
    "process",
    "subscriber",
    "subscription",
    "sandbox",
    "site",
    "test double",
}
"""Kinds and services that only operators and tests meet."""
OPERATORS = (
    "koda.entrypoints.backends",
    "koda.entrypoints.embedded",
    "koda.entrypoints.web.server",
)
"""Modules whose errors end a command, in English."""
Modules = Mapping[str, ast.Module]
"""By their paths."""


@pytest.fixture(scope="module")
def modules() -> Modules:
    """Every module of Koda; to parse them takes a second."""
    return {
        path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
    }


def calls(tree: ast.Module, names: set[str]) -> Iterator[ast.Call]:
    """The calls of functions and classes of these names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def literals(call: ast.Call) -> list[str]:
    """The texts that a call marks, as far as they are literals."""
    return [
        text.value
        for text in call.args
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    ]


def placeholders(template: str) -> set[str]:
    """The names that a template is filled with; nothing is looked up inside a value."""
    names = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    assert all(name.isidentifier() for name in names), template
    return names


def every_error() -> list[type[KodaError]]:
    """All classes of errors, those of adapters and entry points among them."""
    for module in pkgutil.walk_packages(koda.__path__, "koda."):
        if "__main__" not in module.name and not module.name.startswith("koda.testing"):
            importlib.import_module(module.name)
    kinds: list[type[KodaError]] = [KodaError]
    for kind in kinds:
        kinds += [child for child in kind.__subclasses__() if child not in kinds]
    return [kind for kind in kinds if kind.__module__.startswith("koda.")]


def test_templates_are_literals(modules: Modules) -> None:
    """Nobody composes one when the program runs: it could be neither extracted nor translated."""
    composed = [
        f"{path}:{call.lineno}"
        for path, tree in modules.items()
        for call in calls(tree, {*MARKERS})
        if len(literals(call)) != MARKERS[call.func.id]  # type: ignore[attr-defined]
    ]

    assert composed == []


def test_sentences_get_the_data_of_their_placeholders(modules: Modules) -> None:
    """No more and no less."""
    wrong = [
        f"{path}:{call.lineno}"
        for path, tree in modules.items()
        for call in calls(tree, {"counted", "say", "sentence"})
        if set().union(*map(placeholders, literals(call))) - {"count"}
        != {str(word.arg) for word in call.keywords} - {"count"}
    ]

    assert wrong == []


@pytest.mark.parametrize("name", sorted(FREE))
def test_texts_that_are_no_templates_are_for_operators_alone(modules: Modules, name: str) -> None:
    """What a visitor may read passes through a marked literal."""
    stray = [
        f"{path}:{call.lineno}"
        for path, tree in modules.items()
        for call in calls(tree, {name})
        if not path.startswith(ALLOWED[name])
    ]

    assert stray == []


def test_every_error_has_a_template_of_its_own() -> None:
    """Only the two that are raised for nothing in particular have their general words."""
    general = {
        kind.__name__
        for kind in every_error()
        if kind.template in {KodaError.template, Conflict.template}
    }

    assert general == {"KodaError", "Conflict"}


def test_templates_of_errors_are_filled_with_their_fields() -> None:
    """Each placeholder names a field, and none has words of its own beside its templates."""
    for kind in every_error():
        names = {field.name for field in attrs.fields(kind)}
        for template in (kind.template, *kind.templates.values()):
            assert placeholders(template) <= names, (kind, template)
        assert kind is KodaError or "message" not in vars(kind)


def test_templates_in_classes_are_marked(modules: Modules) -> None:
    """What is assigned is a marked literal, or a plain one in an operator's room."""
    kinds = {kind.__name__: kind.__module__ for kind in every_error()}
    unmarked = [
        node.name
        for path, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name in kinds
        for value in assigned(node)
        if not is_marked(value)
        and not (isinstance(value, ast.Constant) and kinds[node.name].startswith(OPERATORS))
    ]

    assert unmarked == []


def assigned(node: ast.ClassDef) -> Iterator[ast.expr]:
    """What a class assigns to `template`."""
    for part in node.body:
        targets = part.targets if isinstance(part, ast.Assign) else [getattr(part, "target", None)]
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        if isinstance(part, ast.Assign | ast.AnnAssign) and "template" in names and part.value:
            yield part.value


def is_marked(value: ast.expr) -> bool:
    """Whether an expression is a marked literal."""
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id == "translatable"
    )


def test_whole_templates_stand_for_every_kind_that_visitors_meet(modules: Modules) -> None:
    """A word such as "order" is not put into a sentence: languages decline what stands beside."""
    kinds = {kind.__name__: kind for kind in every_error() if kind.templates}
    missing = [
        f"{path}:{call.lineno}"
        for path, tree in modules.items()
        for call in calls(tree, set(kinds))
        if call.args and isinstance(call.args[0], ast.Constant)
        for kind in [kinds[call.func.id]]  # type: ignore[attr-defined]
        if not has_words(kind, str(call.args[0].value))
    ]

    assert missing == []


def has_words(kind: type[KodaError], about: str) -> bool:
    """Whether an error has a template about something."""
    return about in INTERNAL or any(name.split(",")[0] == about for name in kind.templates)


def said_in_templates() -> Iterator[tuple[str, nodes.Call]]:
    """Every call of `say` and `say_counted` in a template, with the template's name."""
    for path in sorted(SOURCE.rglob("templates/**/*.*")):
        tree = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in {"say", "say_counted"}:
                yield f"{path.name}:{call.lineno}", call


def test_pages_and_mails_say_literals_with_their_data() -> None:
    """As the code does."""
    wrong = []
    for place, call in said_in_templates():
        texts = [text.value for text in call.args if isinstance(text, nodes.Const)]
        given = {word.key for word in call.kwargs}
        wanted = set().union(*map(placeholders, texts)) - {"count"}
        if len(texts) != len(call.args[:2]) or wanted != given:
            wrong.append(place)

    assert wrong == []
    assert len(list(said_in_templates())) > 150


def test_no_error_is_raised_with_composed_text(modules: Modules) -> None:
    """What is put together is an id or a name, and never words, but in an operator's room."""
    kinds = {kind.__name__ for kind in every_error()} - {"CorruptRecord"}
    composed = [
        f"{path}:{call.lineno}"
        for path, tree in modules.items()
        for call in calls(tree, kinds)
        for argument in call.args
        if not path.startswith((*ALLOWED["verbatim"], PROBE)) and has_words_of_its_own(argument)
    ]

    assert composed == []


def has_words_of_its_own(argument: ast.expr) -> bool:
    """Whether an f-string holds several words beside what is put into it."""
    parts = argument.values if isinstance(argument, ast.JoinedStr) else []
    texts = [part.value for part in parts if isinstance(part, ast.Constant)]
    return any(re.search("[a-z] [a-z]|[a-z] $|^ [a-z]", str(text)) for text in texts)


def test_no_text_is_both_said_alone_and_counted(modules: Modules) -> None:
    """A catalogue keeps one entry of a text, and one with a plural is not found without a count."""
    entries = list(read_po(BytesIO(TEMPLATE.read_bytes())))
    counted_texts = {entry.id[0] for entry in entries if isinstance(entry.id, tuple)}

    assert counted_texts
    assert {text for text in said_alone(modules) if text in counted_texts} == set()


def said_alone(modules: Modules) -> Iterator[str]:
    """The texts that code and templates mark without a count."""
    for tree in modules.values():
        for call in calls(tree, {"say", "sentence", "translatable"}):
            yield from literals(call)[:1]
    for _, said in said_in_templates():
        (text, *_) = said.args
        if isinstance(said.node, nodes.Name) and said.node.name == "say":
            yield str(getattr(text, "value", ""))
