"""`koda doctor`."""

import json
import os
from typing import Any

import click

from koda.entrypoints.cli.exit_codes import code_of, json_option
from koda.entrypoints.health.checks import Finding, examine
from koda.entrypoints.settings.environment import load_settings


@click.command(name="doctor")
@json_option
def command(*, as_json: bool) -> int:
    """Try every configured service.

    One line each: what was tried and, where it failed, why and what to do. What is down may be back
    soon; what failed needs somebody; a warning is of what works and should be looked at. Nothing is
    left behind but a file of a few bytes in the file store. Ends with the exit code of the first
    failure: 7 if that is something down.
    """
    findings = []
    for one in examine(load_settings(os.environ)):
        findings.append(one)
        if not as_json:
            click.echo(_line(one))
    if as_json:
        click.echo(json.dumps([_described(one) for one in findings]))
    return next((code_of(one.error) for one in findings if one.error), 0)


def _line(one: Finding) -> str:
    if one.warning:
        return f"warning {one.service}: {one.advice}"
    if one.error is None:
        return f"ok      {one.service}: {one.detail}"
    return f"{'down' if one.passing else 'failed':<8}{one.service}: {one.advice}"


def _described(one: Finding) -> dict[str, Any]:
    told = {"service": one.service, "ok": one.error is None, "detail": one.detail}
    if one.error is not None:
        return told | {"code": one.error.code, "remedy": one.remedy, "passing": one.passing}
    return told | ({"warning": one.warning} if one.warning else {})
