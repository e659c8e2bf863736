"""Styles of the hosted pages."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from paysandbox.currencies import show_amount
from paysandbox.http import Answer, html_answer

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("paysandbox.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["money"] = show_amount
    return environment


def page(template: str, status: int = 200, **values: object) -> Answer:
    """A page made from a template."""
    text = _environment().get_template(template).render(**values)
    return html_answer(text, status).with_headers(
        Content_Security_Policy=POLICY,
        Referrer_Policy="no-referrer",
        X_Content_Type_Options="nosniff",
    )


def stylesheet() -> Answer:
    """The one stylesheet."""
    text = files("paysandbox.pages").joinpath("templates", "style.css").read_bytes()
    return Answer(200, {"Content-Type": "text/css; charset=utf-8"}, text)
