"""OpenAPI 3 and Swagger 2: operations, their parameters, bodies and answers, and the schemas of these.

Only what a reference leads to within the document is seen; a reference to another place than before breaks.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lattice_console.contract.models.advice import VersionStep
from lattice_console.engine.rules.versioning.differences import Difference, Item, inner, mapping, matched, named
from lattice_console.engine.rules.versioning.following import at, follow
from lattice_console.engine.rules.versioning.schemas import Schemas, Toward

__all__ = ["differences"]

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def differences(before: Any, after: Any) -> Iterator[Difference]:
    """What differs for whom calls the interface, or is called by it."""
    yield from _Comparison(Item("", before), Item("", after)).all()


class _Comparison:
    def __init__(self, before: Item, after: Item) -> None:
        self._before, self._after = before, after
        self._schemas = Schemas(self._old, self._new)

    def _old(self, item: Item) -> Item | None:
        return follow(self._before, item)

    def _new(self, item: Item) -> Item | None:
        return follow(self._after, item)

    def all(self) -> Iterator[Difference]:
        if mapping(self._before.value).get("basePath", "/") != mapping(self._after.value).get("basePath", "/"):
            yield Difference("major", "/basePath", "changed the path that all paths begin with")
        for key in ("paths", "webhooks"):
            before, after = (
                self._operations(self._before, key, self._old),
                self._operations(self._after, key, self._new),
            )
            word = "endpoint" if key == "paths" else "webhook"
            for name, old, new in matched(before, after):
                if old is None and new is not None:
                    yield Difference("minor", new.pointer, f"added {word} {name}")
                elif old is not None and new is None:
                    yield Difference("major", old.pointer, f"removed {word} {name}")
                elif old and new:
                    yield from self._operation(old, new, name)
        yield from self._components()

    def _operations(self, document: Item, key: str, follow: Any) -> dict[str, Item]:
        """The operations by method and path."""
        found = {}
        for path in mapping(inner(document, key).value):
            item = follow(inner(inner(document, key), path))
            for method in _METHODS:
                if item is not None and isinstance(mapping(item.value).get(method), dict):
                    found[f"{method.upper()} {path}"] = inner(item, method)
        return found

    def _operation(self, before: Item, after: Item, name: str) -> Iterator[Difference]:
        if mapping(after.value).get("deprecated") is True and mapping(before.value).get("deprecated") is not True:
            yield Difference("minor", f"{after.pointer}/deprecated", f"deprecated endpoint {name}")
        yield from self._parameters(before, after, name)
        yield from self._body(before, after, name)
        answers = [named(inner(item, "responses"), _nameless) for item in (before, after)]
        for code, old, new in matched(*answers):
            where = f"answer {code} of {name}"
            if old is None and new is not None:
                yield Difference("minor", new.pointer, f"added {where}")
            elif old is not None and new is None:
                yield Difference("major", old.pointer, f"removed {where}")
            elif old and new:
                yield from self._held(old, new, "received", where)
        yield from self._security(before, after, name)

    def _parameters(self, before: Item, after: Item, name: str) -> Iterator[Difference]:
        for key, old, new in matched(
            self._all_of(before, self._before, self._old), self._all_of(after, self._after, self._new)
        ):
            where = f"parameter {key} of {name}"
            had, has = (_is_required(mapping(item.value if item else None)) for item in (old, new))
            if old is None and new is not None:
                said = f"added {'required ' * has}{where}"
                yield Difference("major" if has else "minor", new.pointer, said)
            elif old is not None and new is None:
                yield Difference("major", old.pointer, f"removed {where}")
            elif old and new:
                if had != has:
                    said = f"{where} is {'required' if has else 'optional'} now"
                    yield Difference("major" if has else "minor", f"{new.pointer}/required", said)
                # In Swagger 2 a parameter that is no body is a schema itself.
                inside = [inner(item, "schema") if "schema" in item.value else item for item in (old, new)]
                yield from self._schemas.compare(inside[0], inside[1], "sent", where)

    def _all_of(self, operation: Item, document: Item, follow: Any) -> dict[str, Item]:
        """The parameters of an operation, those of its path included, by where they stand and name."""
        path = at(document, operation.pointer.rpartition("/")[0])
        found: dict[str, Item] = {}
        for level in (path or operation, operation):
            listed = inner(level, "parameters")
            for index, value in enumerate(listed.value if isinstance(listed.value, list) else ()):
                item = follow(Item(f"{listed.pointer}/{index}", value))
                if item is not None and isinstance(item.value, dict):
                    found[f"{item.value.get('name')} in {item.value.get('in')}"] = item
        return found

    def _body(self, before: Item, after: Item, name: str) -> Iterator[Difference]:
        bodies = [inner(item, "requestBody") for item in (before, after)]
        old, new = self._old(bodies[0]), self._new(bodies[1])
        had, has = (isinstance(item.value, dict) for item in bodies)
        needs = mapping(new.value if new else None).get("required") is True
        if has and not had:
            yield Difference("major" if needs else "minor", bodies[1].pointer, f"added a body to {name}")
        elif had and not has:
            yield Difference("major", bodies[0].pointer, f"removed the body of {name}")
        elif old and new and has:
            if needs != (mapping(old.value).get("required") is True):
                said = f"the body of {name} is {'required' if needs else 'optional'} now"
                yield Difference("major" if needs else "minor", f"{new.pointer}/required", said)
            yield from self._held(old, new, "sent", f"body of {name}")

    def _held(self, before: Item, after: Item, toward: Toward, where: str) -> Iterator[Difference]:
        """What a body or an answer holds: contents by their media types, headers; in Swagger 2 one schema."""
        old, new = self._old(before), self._new(after)
        if old is None or new is None:
            if before.value != after.value:
                yield Difference("major", after.pointer, f"changed what {where} refers to")
            return
        for key, word in (("content", "content"), ("headers", "header")):
            found = [named(inner(item, key), _nameless) for item in (old, new)]
            for name, was, now in matched(*found):
                if was is None and now is not None:
                    yield Difference("minor", now.pointer, f"added {word} {name} of {where}")
                elif was is not None and now is None:
                    yield Difference("major", was.pointer, f"removed {word} {name} of {where}")
                elif was and now:
                    one, other = self._old(was), self._new(now)
                    if one and other:
                        yield from self._schema(one, other, toward, where)
        yield from self._schema(old, new, toward, where)

    def _schema(self, before: Item, after: Item, toward: Toward, where: str) -> Iterator[Difference]:
        old, new = inner(before, "schema"), inner(after, "schema")
        if isinstance(old.value, dict) and isinstance(new.value, dict):
            yield from self._schemas.compare(old, new, toward, where)
        elif isinstance(old.value, dict) or isinstance(new.value, dict):
            gone = isinstance(old.value, dict)
            step: VersionStep = "major" if gone == (toward == "received") else "minor"
            yield Difference(
                step, (old if gone else new).pointer, f"{'removed' if gone else 'added'} schema of {where}"
            )

    def _security(self, before: Item, after: Item, name: str) -> Iterator[Difference]:
        """Who may call: alternatives, each of them a mapping of what has to be shown."""
        old, new = (self._ways_in(item, document) for item, document in ((before, self._before), (after, self._after)))
        if old != new:
            step: VersionStep = "minor" if not new or (old and old <= new) else "major"
            yield Difference(step, f"{after.pointer}/security", f"changed who may call {name}")

    def _ways_in(self, operation: Item, document: Item) -> set[str]:
        said = mapping(operation.value).get("security", mapping(document.value).get("security"))
        # An empty one lets everybody in, as no list of them does.
        if not isinstance(said, list) or {} in said:
            return set()
        return {json.dumps(one, sort_keys=True) for one in said}

    def _components(self) -> Iterator[Difference]:
        """The schemas that have names: other documents may refer to them."""
        for keys in (("components", "schemas"), ("definitions",)):
            held = [self._before, self._after]
            for key in keys:
                held = [inner(item, key) for item in held]
            for name, old, new in matched(*(named(item, _nameless) for item in held)):
                if old is None and new is not None:
                    yield Difference("minor", new.pointer, f"added schema {name}")
                elif old is not None and new is None:
                    yield Difference("major", old.pointer, f"removed schema {name}")
                elif old and new and not self._schemas.met(new.pointer):
                    yield from self._schemas.compare(old, new, "sent", f"schema {name}")


def _is_required(parameter: Mapping[str, Any]) -> bool:
    """What stands in the path has to be there, whatever is said of it."""
    return parameter.get("required") is True or parameter.get("in") == "path"


def _nameless(_: object) -> None:
    """What is a mapping by its standard; nothing in a list there has a name."""
