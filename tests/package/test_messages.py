from collections.abc import Sequence

from babel.messages.pofile import read_po

from tools.messages import TEMPLATE, messages, written


def singular(text: str | Sequence[str]) -> str:
    """A text, or the first of those in two numbers, by which it is looked up."""
    return text if isinstance(text, str) else text[0]


def test_the_template_of_catalogues_is_up_to_date() -> None:
    """`python -m tools.messages` would change nothing."""
    assert TEMPLATE.read_bytes() == written()


def test_every_marked_text_is_in_the_template() -> None:
    """Those of the domain, of adapters, of the web code and of its templates."""
    with TEMPLATE.open("rb") as file:
        known = {singular(message.id) for message in read_po(file)}
    marked = list(messages())

    assert {"adapters", "domain", "entrypoints"} <= {name.split("/")[0] for name, _ in marked}
    assert {singular(text) for _, text in marked} <= known
