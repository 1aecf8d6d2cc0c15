"""YAML files read strictly: models of blocks, all problems of a file at once, each with its line."""

from evaltools.yaml_models.blocks import (
    MUNICIPALITY,
    Block,
    MunicipalityCode,
    Problem,
    ProblemsError,
    Slug,
    Text,
    repeated,
)
from evaltools.yaml_models.read import read_model

__all__ = [
    "MUNICIPALITY",
    "Block",
    "MunicipalityCode",
    "Problem",
    "ProblemsError",
    "Slug",
    "Text",
    "read_model",
    "repeated",
]
