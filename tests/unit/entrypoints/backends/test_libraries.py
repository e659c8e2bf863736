import pytest

from koda.entrypoints.backends.libraries import MissingLibrary, missed, needing


def told(missing: MissingLibrary | None) -> tuple[str, str]:
    """The library and the extra that an error names."""
    assert missing is not None
    return missing.library, missing.extra


@pytest.mark.parametrize("module", ["click", "flask", "waitress.server", "paysandbox.command"])
def test_library_of_a_command_is_told_with_the_extra_of_its_job(module: str) -> None:
    """Whatever module of the library was asked for."""
    error = ModuleNotFoundError(name=module)

    assert told(missed(error)) == (module.split(".", maxsplit=1)[0], "embedded")


def test_what_no_extra_brings_is_a_mistake() -> None:
    """It stays the error that it is."""
    assert missed(ModuleNotFoundError(name="koda.nothing")) is None


def test_library_of_an_adapter_is_told_with_its_extra() -> None:
    """Whatever module of the library was asked for."""
    with pytest.raises(MissingLibrary) as missing, needing("clerk"):
        raise ModuleNotFoundError(name="jwt.algorithms")

    assert told(missing.value) == ("jwt", "clerk")
    assert str(missing.value).endswith("run pip install 'koda-marketplace[clerk]'.")


@pytest.mark.parametrize(("module", "extra"), [("koda.nothing", "stripe"), ("sqlite3", "")])
def test_module_that_no_extra_of_an_adapter_brings_is_a_mistake(module: str, extra: str) -> None:
    """One of our own, or one that the adapter of no extra needs."""
    with pytest.raises(ModuleNotFoundError), needing(extra):
        raise ModuleNotFoundError(name=module)
