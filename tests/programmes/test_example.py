"""The example shows every key and every value, and can be read as it stands."""

import shutil
from typing import get_args

from pydantic import BaseModel

from evaltools.programmes import Programme, read_programme
from evaltools.programmes import fields as declared
from tests.conftest import ROOT

EXAMPLE = ROOT / "docs" / "programme-example.yaml"


def models(model=Programme, seen=None):
    seen = seen if seen is not None else set()
    if model not in seen:
        seen.add(model)
        for field in model.model_fields.values():
            for part in [field.annotation, *get_args(field.annotation)]:
                if isinstance(part, type) and issubclass(part, BaseModel):
                    models(part, seen)
    return seen


def test_the_example_can_be_read(project):
    shutil.copy(EXAMPLE, project.programmes / "voorbeeld.yaml")
    programme = read_programme("voorbeeld")
    assert programme.claims[0].size("education") == 20


def test_every_key_is_in_the_example():
    text = EXAMPLE.read_text("utf-8")
    keys = {name for model in models() for name, field in model.model_fields.items() if field.alias is None}
    assert len(keys) > 40
    assert {key for key in keys if f"{key}:" not in text} == set()


def test_every_value_is_in_the_example():
    text = EXAMPLE.read_text("utf-8")
    for kind in (declared.Precision, declared.Unit, declared.Stage, declared.Design, declared.Kind):
        assert {value for value in get_args(kind) if value not in text} == set()
