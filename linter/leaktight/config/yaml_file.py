"""`leaktight.yaml` into values with their lines. Builds nothing but strings, numbers, lists and mappings."""

from __future__ import annotations

import yaml

from leaktight.config.value import ConfigurationError, Problems, Value

MOST_VALUES = 10_000
"""How many values a file may come to once its aliases are followed."""
DEEPEST = 20

_MAP, _SEQ = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"
_SCALARS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null"))


def read_yaml(text: str, path: str) -> Value:
    """Give the values of a YAML document; an empty one is an empty mapping. Raises `ConfigurationError`."""
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return Value({}, 1)
        problems = Problems(path)
        value = _Reader(loader, problems).value(node, 0)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join((error.problem or error.context or "it is malformed").split())
        raise ConfigurationError.of(path, f"This is not YAML: {reason}.", mark.line + 1 if mark else 0) from None
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigurationError.of(path, f"This is not YAML: {' '.join(str(error).split())}.") from None
    except RecursionError:
        raise ConfigurationError.of(path, "The values are nested too deeply.") from None
    if problems.found:
        raise ConfigurationError(problems.found)
    return value


class _Reader:
    def __init__(self, loader: yaml.SafeLoader, problems: Problems) -> None:
        self._loader = loader
        self._problems = problems
        self._path = problems.path
        self._values = 0

    def value(self, node: yaml.Node, depth: int, key_line: int = 0) -> Value:
        line = node.start_mark.line + 1
        self._values += 1
        if self._values > MOST_VALUES:
            raise ConfigurationError.of(self._path, f"There are more than {MOST_VALUES:,} values.", line)
        if depth > DEEPEST:
            raise ConfigurationError.of(self._path, f"The values are nested deeper than {DEEPEST} levels.", line)
        if isinstance(node, yaml.MappingNode) and node.tag == _MAP:
            return Value(self._mapping(node, depth), line, key_line)
        if isinstance(node, yaml.SequenceNode) and node.tag == _SEQ:
            return Value(tuple(self.value(item, depth + 1) for item in node.value), line, key_line)
        if isinstance(node, yaml.ScalarNode):
            if node.tag in _SCALARS:
                return Value(self._loader.construct_object(node), line, key_line)
            if node.tag.startswith("tag:yaml.org,2002:") and node.style is None:
                return Value(node.value, line, key_line)
        self._problems.say(line, f"The tag `{node.tag}` is not understood here; write a plain value.")
        return Value(None, line, key_line)

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for key, item in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self._problems.say(line, "A key must be a string.")
                continue
            name = str(key.value)
            if name in found:
                first = found[name].key_line
                self._problems.say(line, f"The key `{name}` stands here for the second time; line {first} has it too.")
                continue
            found[name] = self.value(item, depth + 1, line)
        return found
