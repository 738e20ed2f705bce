"""Specs: what documents mean, proposing new ones, and that only valid ones are approved."""

import json
from pathlib import Path

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.requirement import Requirement
from lattice_console.contract.models.spec import SpecGraph
from tests.support.changes import create, delete, modify, rename
from tests.support.house import House, carry_out, head_of, propose, track
from tests.support.refusals import refusal

BILLING = ".lattice/specs/billing.json"


def spec(**fields: object) -> bytes:
    return json.dumps({"name": "billing", "version": "1.0.0", "type": "generic", **fields}).encode()


def requirement(mutation: Mutation, name: str) -> Requirement:
    return {requirement.name: requirement for requirement in mutation.requirements}[name]


PAY = {"description": "Pay.", "validation": "test_paying"}
BROKEN = {
    "cut off JSON": ("a.json", b'{\n  "a": 1,\n  "b": [1, 2\n}\n', 4),
    "JSON with a trailing comma": ("a.json", b'{\n "a": 1,\n}\n', 3),
    "JSON that is no UTF-8": ("a.json", b'{"a": "\xff"}\n', 1),
    "YAML with a tab": ("a.yaml", b"a:\n  b: 1\n\tc: 2\n", 3),
    "a spec that is no object": (BILLING, b"[1, 2]\n", 1),
    "a spec with a wrong type": (BILLING, b'{"name": "billing",\n "version": "1.0.0",\n "type": "poem"}\n', 3),
    "a spec against its own schema": (
        BILLING,
        b'{"name": "billing", "version": "1.0.0", "limit": "high",\n'
        b' "schema_definition": {"properties": {"limit": {"type": "integer"}}}}\n',
        1,
    ),
    "front matter that is broken": (".lattice/specs/guide.md", b"---\nname: [guide\n---\n# Guide\n", None),
    "a policy that asks for nobody": (
        ".lattice/workflows/code-review.json",
        b'{"review_requirements": {"min_reviewers": 0}}\n',
        None,
    ),
}


@pytest.mark.parametrize(("path", "content", "line"), BROKEN.values(), ids=BROKEN)
async def test_a_document_that_is_wrong_is_proposed_and_held_back_with_its_line(
    ann: Backend, path: str, content: bytes, line: int | None
) -> None:
    proposed = await propose(ann, create(path, content))
    held = requirement(proposed, "specs_valid")
    assert (held.kind, held.state) == ("review", "unsatisfied")
    assert path in held.reason
    if line is not None:
        assert f"{path}:{line}:" in held.reason, held.reason
    voted = await ann.reviews.vote(proposed.id, vote="approve")
    assert voted.status == "pending"
    with refusal("BR_BLOCKED") as refused:
        await ann.executions.execute(proposed.id)
    assert [blocker["name"] for blocker in refused.value.details["blockers"]] == ["specs_valid"]
    assert await head_of(ann) == {}
    mended = await ann.mutations.update(proposed.id, changes=[create("fine.json", b"{}\n")])
    assert requirement(mended, "specs_valid").state == "satisfied"


async def test_a_document_is_checked_before_it_is_proposed_and_nothing_is_saved(ann: Backend) -> None:
    wrong = [TrackedFile(path=path, content=content) for path, content, _ in BROKEN.values()]
    assert all(one.findings for one in await ann.specs.check(wrong))
    schema = {"properties": {"limit": {"type": "integer"}}}
    files = {BILLING: spec(schema_definition=schema, limit="high"), "notes.txt": b"\0", "a.yaml": b"a: 1\n"}
    found = await ann.specs.check([TrackedFile(path=path, content=content) for path, content in files.items()])
    assert [(one.spec, one.has_schema) for one in found] == [("billing", True), (None, False), (None, False)]
    assert [(one.severity, one.pointer) for one in found[0].findings] == [("error", "/limit")]
    assert found[1].findings == found[2].findings == ()
    assert await head_of(ann) == {}


async def test_no_tag_of_a_document_runs_anything(ann: Backend, tmp_path: Path) -> None:
    mark = tmp_path / "owned"
    for content in (
        f"a: !!python/object/apply:os.system ['touch {mark}']\n",
        f"--- !!python/object/new:subprocess.Popen [['touch', '{mark}']]\n",
    ):
        await propose(ann, create("a.yaml", content.encode()))
        await propose(ann, create(".lattice/specs/b.md", f"---\n{content}---\n# B\n".encode()))
    assert not mark.exists()


async def test_a_document_that_was_broken_before_may_stay_so(ann: Backend) -> None:
    await track(ann, {"legacy.json": b"{broken\n"})
    proposed = await propose(ann, modify("legacy.json", b"{broken still\n"))
    held = requirement(proposed, "specs_valid")
    assert held.state == "satisfied"
    assert "legacy.json:1: The JSON cannot be read" in held.reason


async def test_a_spec_is_held_against_the_errors_that_a_change_adds(ann: Backend) -> None:
    await track(ann, {BILLING: spec(version="1")})
    worse = await propose(ann, modify(BILLING, spec(version="1", type="money")))
    held = requirement(worse, "specs_valid")
    assert (held.state, "/version" in held.reason, "The type is money" in held.reason) == ("unsatisfied", False, True)
    no_worse = await ann.mutations.update(worse.id, changes=[modify(BILLING, spec(version="1", description="Money."))])
    held = requirement(no_worse, "specs_valid")
    assert (held.state, "version 1 is no" in held.reason) == ("satisfied", True)
    assert (await ann.reviews.vote(worse.id, vote="approve")).status == "approved"


async def test_a_spec_is_read_from_the_head_and_follows_it(ann: Backend) -> None:
    await carry_out(
        ann, create(BILLING, spec(type="api", description="Money.", requirements=[PAY], depends_on=["user"]))
    )
    [billing] = await ann.specs.list()
    assert (billing.name, billing.type, billing.version, billing.description) == ("billing", "api", "1.0.0", "Money.")
    assert (billing.path, billing.requirements, billing.depends_on) == (BILLING, 1, ("user",))
    assert not billing.has_schema
    [finding] = (await ann.specs.get("billing")).findings
    assert (finding.rule, finding.severity, finding.pointer) == ("depends_on", "error", "/depends_on/0")
    assert await ann.specs.validate() == (finding,) == await ann.specs.validate(["billing"])

    await carry_out(ann, modify(BILLING, spec(version="1.1.0")))
    later = await ann.specs.get("billing")
    assert (later.id, later.version, later.findings) == (billing.id, "1.1.0", ())
    await carry_out(ann, rename(BILLING, ".lattice/specs/money.json"))
    moved = await ann.specs.get("billing")
    assert (moved.id, moved.path) == (billing.id, ".lattice/specs/money.json")
    gone = await carry_out(ann, delete(".lattice/specs/money.json"))
    assert await ann.specs.list() == ()
    await ann.executions.rollback(gone.mutation_id, reason="needed")
    assert (await ann.specs.get("billing")).version == "1.1.0"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("openapi/shop.yaml", b"openapi: 3.0.0\ninfo:\n  title: Shop\n  version: 2.0.0\npaths: {}\n"),
        ("schemas/shop.json", b'{"name": "shop", "type": "database", "version": "2.0.0", "tables": []}\n'),
        (".lattice/specs/shop.md", b"---\nname: shop\nversion: 2.0.0\n---\n# Shop\n"),
    ],
    ids=["OpenAPI", "a marked document elsewhere", "Markdown with front matter"],
)
async def test_a_spec_may_be_any_of_the_kinds(ann: Backend, path: str, content: bytes) -> None:
    await track(ann, {path: content, "notes.md": b"# No spec\n", "data.json": b'{"a": 1}\n'})
    [shop] = await ann.specs.list()
    assert (shop.name, shop.version, shop.path) == ("shop", "2.0.0", path)


OWN, OPENAPI = ".lattice/specs/of-file.json", ".lattice/specs/of-file.yaml"


def needing(name: str, *needs: str, **more: object) -> bytes:
    return json.dumps({"name": name, "version": "1.0.0", "depends_on": needs, **more}, indent=1).encode()


async def test_what_only_others_can_tell_of_a_spec_is_found_where_it_says_so(ann: Backend) -> None:
    await track(
        ann,
        {
            "a.json": needing("a", "b", "gone", "of-file"),
            "b.json": needing("b", "c", "a"),
            "c.json": needing("c", "a", "d"),
            "d.json": needing("d", "of-file"),
            "x/twin.json": needing("twin"),
            "y/twin.json": needing("twin"),
            OWN: b'{"name": "of-file", "version": "1.0.0", "x": {"$ref": "../../d.json#/z"}}',
            OPENAPI: b"openapi: 3.1.0\ninfo: {title: X, version: '1'}\npaths: {}\n",
        },
    )
    found = await ann.specs.validate()
    circle = "It depends on what depends on it: a, b, c."
    assert sorted((one.path, one.rule, one.pointer, one.line, one.message) for one in found) == [
        (OWN, "broken_reference", "/x/$ref", 1, "It refers to d.json#/z, which is not there."),
        (OWN, "name_twice", "/name", 1, f"The name of-file is also that of {OPENAPI}."),
        (OPENAPI, "file_name_twice", "", 1, f"The name of-file is also that of {OWN}."),
        ("a.json", "circle", "/depends_on/0", 5, circle),
        ("a.json", "depends_on", "/depends_on/1", 6, "It depends on gone, which is no spec here."),
        ("b.json", "circle", "/depends_on/0", 5, circle),
        ("b.json", "circle", "/depends_on/1", 6, circle),
        ("c.json", "circle", "/depends_on/0", 5, circle),
        ("x/twin.json", "name_twice", "/name", 2, "The name twin is also that of y/twin.json."),
        ("y/twin.json", "name_twice", "/name", 2, "The name twin is also that of x/twin.json."),
    ]  # fmt: skip
    assert [one for one in found if one.path == "a.json"] == [*(await ann.specs.get("a")).findings]


async def test_a_new_spec_is_proposed_from_a_template(house: House, ann: Backend) -> None:
    known = await ann.specs.templates()
    assert {"authentication", "api", "database", "requirements"} <= set(known)
    for template in known:
        proposed = await ann.specs.create(name=f"my-{template}", template=template, description="What it is for.")
        assert (proposed.status, proposed.spec_id) == ("pending", f"my-{template}")
        assert requirement(proposed, "specs_valid").state == "satisfied"
        [change] = proposed.changes
        assert (change.operation_type, change.file_path) == ("create", f".lattice/specs/my-{template}.json")
        await ann.reviews.vote(proposed.id, vote="approve")
        await ann.executions.execute(proposed.id)
        made = await ann.specs.get(f"my-{template}")
        assert (made.version, made.description, made.findings) == ("1.0.0", "What it is for.", ())


async def test_the_authentication_template_is_the_one_that_users_know(ann: Backend) -> None:
    proposed = await ann.specs.create(name="user-auth", template="authentication")
    result = proposed.changes[0].result_hash
    assert result is not None
    written = json.loads(await ann.documents.content(result))
    assert len(written["requirements"]) == 5
    assert written["validation"]["test_coverage"] == 90
    assert written["validation"]["security_scan"] is True
    assert set(written["examples"]) == {"valid_registration", "invalid_registration"}


async def test_a_template_of_the_projects_own_is_one_once_it_is_in_the_head(ann: Backend) -> None:
    with refusal("VAL_TEMPLATE"):
        await ann.specs.create(name="billing", template="service")
    await track(ann, {".lattice/templates/service.yaml": b"# Ours.\nname: NAME\nversion: 0.0.0\ntype: api\n"})
    assert "service" in await ann.specs.templates()
    assert await ann.specs.list() == ()
    own = await ann.specs.create(name="billing", template="service", description="Money.")
    [change] = own.changes
    assert change.file_path == ".lattice/specs/billing.yaml"
    assert (await ann.documents.content(change.result_hash or "")).startswith(b'description: "Money."\n# Ours.\n')
    plain = await ann.specs.create(name="guide", template="requirements", format="markdown")
    assert [one.file_path for one in plain.changes] == [".lattice/specs/guide.md"]
    await carry_out(ann, create(BILLING, spec()))
    with refusal("BR_PATH_TAKEN") as refused:
        await ann.specs.create(name="billing", template="service")
    assert BILLING in refused.value.message


async def test_a_spec_that_stands_is_not_created_again(ann: Backend) -> None:
    await track(ann, {BILLING: spec()})
    with refusal("BR_PATH_TAKEN"):
        await ann.specs.create(name="billing", template="requirements")


async def test_validation_tells_of_every_spec_that_is_wrong(ann: Backend) -> None:
    await track(ann, {BILLING: b"{broken", ".lattice/specs/user.json": spec(name="user", version="new")})
    found = await ann.specs.validate()
    assert {(finding.path, finding.rule) for finding in found if finding.severity == "error"} >= {
        (BILLING, "syntax"),
        (".lattice/specs/user.json", "version"),
    }
    assert {finding.path for finding in await ann.specs.validate(["user"])} == {".lattice/specs/user.json"}


async def test_the_graph_says_which_spec_depends_on_which_what_is_missing_and_what_goes_in_circles(
    ann: Backend,
) -> None:
    async def declare(name: str, *depends_on: str) -> None:
        content = json.dumps({"name": name, "version": "1.0.0", "type": "api", "depends_on": depends_on}).encode()
        await track(ann, {f".lattice/specs/{name}.json": content})

    assert (await ann.specs.graph()).nodes == ()
    await declare("billing", "auth", "nowhere")
    await declare("auth", "users")
    await declare("users", "auth")
    await declare("alone")
    graph = await ann.specs.graph()
    assert [(node.name, node.type, node.version, node.path, node.missing) for node in graph.nodes] == [
        *(
            (name, "api", "1.0.0", f".lattice/specs/{name}.json", False)
            for name in ("alone", "auth", "billing", "users")
        ),
        ("nowhere", "generic", None, None, True),
    ]
    assert {(edge.source, edge.target) for edge in graph.edges} == {
        ("billing", "auth"),
        ("billing", "nowhere"),
        ("auth", "users"),
        ("users", "auth"),
    }
    assert (graph.cycles, graph.reference_cycles) == ((("auth", "users"),), ())


async def test_the_graph_has_files_by_their_paths_and_a_path_where_a_spec_lies_is_that_spec(ann: Backend) -> None:
    openapi = b"""openapi: 3.1.0
info: {title: Shop, version: 1.2.0}
paths: {/users: {$ref: 'paths/users.yaml'}}
components: {schemas: {Gone: {$ref: gone.yaml}, Own: {$ref: '#/x'}, Far: {$ref: 'https://example.org/a.yaml'}}}
"""
    await track(
        ann,
        {
            "api/openapi.yaml": openapi,
            "api/paths/users.yaml": b"get: {a: {$ref: '../../common.json#/User'}, b: {$ref: ../openapi.yaml}}\n",
            "common.json": b'{"User": {"type": "object"}}',
            "beside.json": b"{}",
            ".lattice/specs/cart.json": spec(name="cart", depends_on=["shop"]),
        },
    )
    graph = await ann.specs.graph()
    assert [(node.name, node.type, node.path, node.missing) for node in graph.nodes] == [
        ("cart", "generic", ".lattice/specs/cart.json", False),
        ("shop", "api", "api/openapi.yaml", False),
        ("api/gone.yaml", "file", None, True),
        ("api/paths/users.yaml", "file", "api/paths/users.yaml", False),
        ("common.json", "file", "common.json", False),
    ]
    assert {(edge.source, edge.target) for edge in graph.edges} == {
        ("cart", "shop"),
        ("shop", "api/gone.yaml"),
        ("shop", "api/paths/users.yaml"),
        ("api/paths/users.yaml", "common.json"),
        ("api/paths/users.yaml", "shop"),
    }
    assert (graph.cycles, graph.reference_cycles) == ((), (("api/paths/users.yaml", "shop"),))
    assert await ann.specs.graph(name="api/openapi.yaml", toward="dependents") == await ann.specs.graph(
        name="shop", toward="dependents"
    )
    way = await ann.specs.chain("cart", "common.json")
    assert [node.name for node in way] == ["cart", "shop", "api/paths/users.yaml", "common.json"]
    proposed = await propose(ann, modify("common.json", b"{}"), modify("beside.json", b"[]"))
    impact = await ann.mutations.impact(proposed.id)
    assert (impact.roots, [(one.node.name, one.distance) for one in impact.specs]) == (
        ("common.json",),
        [("api/paths/users.yaml", 1), ("shop", 2), ("cart", 3)],
    )
    with refusal("NF_SPEC"):
        await ann.specs.graph(name="beside.json")


async def test_a_spec_depends_on_the_files_that_it_governs_and_who_asks_for_such_a_file_finds_it(ann: Backend) -> None:
    def edges(graph: SpecGraph) -> set[tuple[str, str, str]]:
        return {(edge.source, edge.target, edge.kind) for edge in graph.edges}

    await track(
        ann,
        {
            BILLING: spec(depends_on=["ledger"], allowed_files=["src/**/*.py", "api/*", "[broken"]),
            ".lattice/specs/ledger.json": spec(name="ledger", allowed_files=["src/ledger/*"]),
            "api/shop.json": b'{"openapi": "3.1.0", "info": {"title": "Shop"}, "a": {"$ref": "../common.json"}}',
            "common.json": b"{}",
            "src/ledger/a.py": b"",
            "src/ledger/b.sql": b"",
            "src/main.py": b"",
            "docs/main.py": b"",
        },
    )
    whole = {
        ("billing", "ledger", "depends_on"),
        ("shop", "common.json", "refers"),
        *(("billing", file, "governs") for file in ("shop", "src/ledger/a.py", "src/main.py")),
        *(("ledger", file, "governs") for file in ("src/ledger/a.py", "src/ledger/b.sql")),
    }
    graph = await ann.specs.graph()
    assert edges(graph) == whole
    billing = await ann.specs.get("billing")
    assert billing.governs == ("api/*", "src/**/*.py")
    assert [one.governs for one in await ann.specs.list()] == [billing.governs, ("src/ledger/*",), ()]
    assert [node.path for node in graph.nodes if node.type == "file"] == [
        *("common.json", "src/ledger/a.py", "src/ledger/b.sql", "src/main.py")
    ]
    # What a governed file refers to is its own affair.
    down = await ann.specs.graph(name="billing", toward="dependencies")
    assert edges(down) == whole - {("shop", "common.json", "refers")}
    near = await ann.specs.graph(name="billing", toward="dependencies", depth=1)
    assert {edge.target for edge in near.edges if edge.source == "billing"} == {
        *("ledger", "shop", "src/ledger/a.py", "src/main.py")
    }
    few = await ann.specs.graph(name="billing", limit=2)
    assert ([node.name for node in few.nodes], few.further) == (["billing", "ledger", "shop"], 3)
    up = await ann.specs.graph(name="src/ledger/b.sql", toward="dependents")
    assert edges(up) == {("ledger", "src/ledger/b.sql", "governs"), ("billing", "ledger", "depends_on")}
    reached = await ann.specs.impact(["src/ledger/b.sql"])
    assert [(one.node.name, one.distance) for one in reached.specs] == [("ledger", 1), ("billing", 2)]
    way = await ann.specs.chain("billing", "src/ledger/b.sql")
    assert [node.name for node in way] == ["billing", "ledger", "src/ledger/b.sql"]
    proposed = await propose(ann, modify("src/main.py", b"pass\n"), modify("docs/main.py", b"pass\n"))
    touched = await ann.mutations.impact(proposed.id)
    assert (touched.roots, [one.node.name for one in touched.specs]) == (("src/main.py",), ["billing"])
    with refusal("NF_SPEC"):
        await ann.specs.graph(name="docs/main.py")
    await carry_out(ann, rename("docs/main.py", "src/other.py", b""), modify(BILLING, spec(allowed_files=["src/*.py"])))
    assert edges(await ann.specs.graph(name="billing")) == {
        ("billing", "src/main.py", "governs"),
        ("billing", "src/other.py", "governs"),
    }


async def test_files_that_very_many_specs_govern_are_counted_and_left_out(ann: Backend) -> None:
    specs = {f".lattice/specs/s{at}.json": spec(name=f"s{at}", allowed_files=["src/**/*"]) for at in range(8)}
    await track(ann, {**specs, **{f"src/{at}.py": b"" for at in range(3)}})
    graph = await ann.specs.graph(limit=17)
    assert (len(graph.nodes), len(graph.edges), graph.further) == (10, 16, 1)


async def test_what_refers_to_a_path_follows_the_spec_that_comes_there_and_goes(ann: Backend) -> None:
    def edges(graph: SpecGraph) -> set[tuple[str, str]]:
        return {(edge.source, edge.target) for edge in graph.edges}

    await track(ann, {"a.json": b'{"$ref": "b.json"}', "b.json": b"{}"})
    assert edges(await ann.specs.graph()) == {("a.json", "b.json")}
    done = await carry_out(ann, modify("b.json", spec(depends_on=["x"])))
    assert edges(await ann.specs.graph()) == {("a.json", "billing"), ("billing", "x")}
    await ann.executions.rollback(done.mutation_id, reason="no spec yet")
    assert edges(await ann.specs.graph()) == {("a.json", "b.json")}
    await carry_out(ann, rename("b.json", "c.json", spec()), modify("a.json", b'{"$ref": "c.json#/name"}'))
    assert edges(await ann.specs.graph()) == {("a.json", "billing")}
    done = await carry_out(ann, create("d.json", b"{}"))
    await carry_out(ann, delete("c.json"), modify("a.json", b'{"$ref": "d.json"}'))
    await ann.executions.rollback(done.mutation_id, reason="not yet")
    assert [(node.name, node.missing) for node in (await ann.specs.graph()).nodes] == [
        ("a.json", False),
        ("d.json", True),
    ]
