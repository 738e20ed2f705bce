"""Proposing new specs, from templates of ours and of the project's own."""

from collections.abc import Iterator, Mapping
from typing import Any

from lattice_console.contract.errors import RuleBroken
from lattice_console.contract.models.mutation import ChangeInput, Mutation
from lattice_console.contract.models.spec import SpecFormat
from lattice_console.engine.features import hooking, mutations, stored
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import reads, writes
from lattice_console.engine.rules import rendering, syntax
from lattice_console.engine.rules import templates as rules


@reads("specs.templates")
def templates(ctx: Context) -> tuple[str, ...]:
    return tuple(sorted({*rules.TEMPLATES, *_own_templates(ctx)}))


def _own_templates(ctx: Context) -> Iterator[str]:
    for document in ctx.tables.documents.starting_with(ctx.project.id, rules.FOLDER):
        name = document.path.removeprefix(rules.FOLDER)
        if "/" not in name and syntax.kind_of(name) != "other":
            yield name.rpartition(".")[0]


def _about_new(ctx: Context, **given: Any) -> hooking.Question | None:
    return hooking.about_new(ctx, **_wanted(ctx, **given))


@writes("specs.create", asks=hooking.before("proposing", _about_new))
def create(
    ctx: Context,
    *,
    name: str,
    template: str,
    format: SpecFormat | None,
    description: str,
    metadata: Mapping[str, Any],
    expected_version: int | None,
) -> Mutation:
    given = _wanted(
        ctx,
        name=name,
        template=template,
        format=format,
        description=description,
        metadata=metadata,
        expected_version=expected_version,
    )
    return mutations.create(ctx, **given)


def _wanted(
    ctx: Context,
    *,
    name: str,
    template: str,
    format: SpecFormat | None,
    description: str,
    metadata: Mapping[str, Any],
    expected_version: int | None,
) -> dict[str, Any]:
    """What to propose for a new spec, as `mutations.create` takes it."""
    path, content = _rendered(ctx, name, template, format, description)
    standing = ctx.tables.specs.by_name(ctx.project.id, name)
    if standing is not None:
        lies = ctx.tables.documents.in_head(ctx.project.id, [standing.document_id or ""])
        where = "".join(f", in {one.path}" for one in lies.values())
        raise RuleBroken(
            "BR_PATH_TAKEN", f"There is a spec {name} already{where}. Change that, or take another name.", path=path
        )
    return {
        "title": f"Add the spec {name}",
        "description": description,
        "spec": name,
        "type": "feature",
        "labels": (),
        "metadata": {**metadata, "template": template},
        "changes": [ChangeInput(operation_type="create", file_path=path, content=content)],
        "parents": (),
        "draft": False,
        "expected_version": expected_version,
    }


def _rendered(ctx: Context, name: str, template: str, format: SpecFormat | None, description: str) -> tuple[str, bytes]:
    """Where a new spec will lie, and its bytes."""
    for path in rendering.own_paths(template, format):
        own = stored.at_paths(ctx, [path]).get(path)
        if own is not None:
            kind = format or rendering.format_of(path)
            content = stored.blobs(ctx, [own.hash])[own.hash]
            return rendering.new_path(name, kind), rendering.render_own(path, content, name, description, kind)
    kind = format or "json"
    content = rendering.render(template, name, description, kind, tuple(_own_templates(ctx)))
    return rendering.new_path(name, kind), content
