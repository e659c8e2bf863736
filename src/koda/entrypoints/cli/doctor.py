"""`koda doctor`."""

import json
import os
from typing import Any

import click

from koda.entrypoints.cli.exit_codes import code_of, json_option
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.health.checks import Finding, examine
from koda.entrypoints.settings.faults import PREFIX


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
    settings = load_settings(os.environ)
    for finding in examine(settings, site_told=f"{PREFIX}SITE_URL" in os.environ):
        findings.append(finding)
        if not as_json:
            click.echo(_line(finding))
    if as_json:
        click.echo(json.dumps([_described(finding) for finding in findings]))
    return next((code_of(finding.error) for finding in findings if finding.error), 0)


def _line(finding: Finding) -> str:
    if finding.warning:
        return f"warning {finding.service}: {finding.advice}"
    if finding.error is None:
        return f"ok      {finding.service}: {finding.detail}"
    return f"{'down' if finding.passing else 'failed':<8}{finding.service}: {finding.advice}"


def _described(finding: Finding) -> dict[str, Any]:
    told = {"service": finding.service, "ok": finding.error is None, "detail": finding.detail}
    if finding.error is not None:
        return told | {
            "code": finding.error.code,
            "remedy": finding.remedy,
            "passing": finding.passing,
        }
    return told | ({"warning": finding.warning} if finding.warning else {})
