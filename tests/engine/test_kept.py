"""Answers that are kept in Redis: right or not given, whoever asks and whatever Redis holds."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from lattice_console.backends import local
from lattice_console.contract.backend import Backend
from lattice_console.contract.models.query import EVERYTHING, MutationFilter
from lattice_console.engine import kept
from lattice_console.engine.assemble import Servers, assemble
from lattice_console.engine.features.registry import USE_CASES
from tests.support.changes import create
from tests.support.house import carry_out, propose, track
from tests.support.refusals import refusal

COUNTS = "mutations.counts"
MINE = MutationFilter(condition=("mine",))
FILTERS = (
    EVERYTHING,
    MINE,
    MutationFilter(condition=("awaiting",)),
    MutationFilter(condition=("changed",)),
    MutationFilter(author=("me",)),
    MutationFilter(author=("rob",)),
    MutationFilter(without=(MINE,)),
    MutationFilter(condition=("ready",)),
    MutationFilter(min_age=0.0),
)
POLICY = b'{"review_requirements": {"min_reviewers": 2}}'
SPEC = b'{"name": "a", "version": "1.0.0", "depends_on": ["b"]}'

Open = Callable[..., Any]


@pytest.fixture(autouse=True)
def ran(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Everything is worth keeping here; counts how often an answer was computed."""
    monkeypatch.setattr(kept, "SLOW", 0.0)
    counter: Counter[str] = Counter()
    for name in (COUNTS, "specs.graph"):
        use_case = USE_CASES[name]

        def run(*args: Any, _run: Callable[..., Any] = use_case.run, _name: str = name, **named: Any) -> Any:
            counter[_name] += 1
            return _run(*args, **named)

        monkeypatch.setitem(USE_CASES, name, replace(use_case, run=run))
    return counter


@pytest_asyncio.fixture
async def open_engine(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens an engine on one and the same file, over the Redis of that URL, or none."""
    engines = []

    async def open(redis: str | None) -> Callable[[str, str | None], Backend]:
        engine = await assemble(Servers(database=tmp_path / "lattice.db", redis=redis))
        engines.append(engine)
        return lambda actor, project: local.bind(engine, actor=actor, project=project, closes=False)

    yield open
    for engine in engines:
        await engine.close()


async def two(open_engine: Open, redis: str | None) -> tuple[Backend, Backend, Backend]:
    """Ann and Rob on one engine, and Ann on another; all have asked once, so that it is known what takes long."""
    first, second = await open_engine(redis), await open_engine(redis)
    project = (await first("ann", None).projects.create(name="house")).id
    ann, rob, again = first("ann", project), first("rob", project), second("ann", project)
    await ann.team.add(user="rob", role="reviewer")
    for backend in (ann, again):
        await backend.mutations.counts()
        await backend.specs.graph()
    await propose(rob, create("a.txt"))
    return ann, rob, again


async def test_an_answer_is_computed_once_for_all_engines(redis_url: str, open_engine: Open, ran: Counter[str]) -> None:
    ann, rob, again = await two(open_engine, redis_url)
    ran.clear()
    answers = [await backend.mutations.counts() for backend in (ann, rob, again, ann)]
    assert answers == [{"pending": 1}] * 4
    assert ran[COUNTS] == 1
    await track(ann, {".lattice/specs/a.json": SPEC})
    ran.clear()
    graph = await ann.specs.graph()
    assert await again.specs.graph() == graph
    assert [edge.target for edge in graph.edges] == ["b"]
    assert ran["specs.graph"] == 1


async def test_what_is_about_the_actor_is_kept_for_the_actor_alone(
    redis_url: str, open_engine: Open, ran: Counter[str]
) -> None:
    ann, rob, again = await two(open_engine, redis_url)
    for filter in (MINE, MutationFilter(author=("me",)), MutationFilter(either=(MINE,))):
        ran.clear()
        assert [await backend.mutations.counts(filter=filter) for backend in (ann, rob, again)] == [
            {},
            {"pending": 1},
            {},
        ]
        assert ran[COUNTS] == 2


async def test_ages_are_counted_anew_each_time(redis_url: str, open_engine: Open, ran: Counter[str]) -> None:
    ann, *_ = await two(open_engine, redis_url)
    for filter in (MutationFilter(max_age=60), MutationFilter(without=(MutationFilter(min_age=60),))):
        ran.clear()
        for _ in range(3):
            assert await ann.mutations.counts(filter=filter) == {"pending": 1}
        assert ran[COUNTS] == 3


async def test_after_every_kind_of_write_the_answers_are_those_that_are_computed(
    redis_url: str, open_engine: Open
) -> None:
    ann, rob, again = await two(open_engine, redis_url)
    plain = (await open_engine(None))("ann", (await ann.projects.get()).id)

    async def agree() -> None:
        for filter in FILTERS:
            expected = await plain.mutations.counts(filter=filter)
            assert [await one.mutations.counts(filter=filter) for one in (ann, again, ann)] == [expected] * 3
        assert await again.specs.graph() == await ann.specs.graph() == await plain.specs.graph()

    await agree()
    draft = await ann.mutations.create(title="a draft", changes=[create("b.txt")], draft=True)
    await agree()
    for write in (
        lambda: ann.mutations.submit(draft.id),
        lambda: ann.mutations.update(draft.id, labels=["x"]),
        lambda: rob.reviews.comment(draft.id, text="hm"),
        lambda: rob.reviews.vote(draft.id, vote="approve"),
        lambda: rob.reviews.withdraw(draft.id),
        lambda: ann.reviews.comment("M-1", text="seen"),
        lambda: rob.mutations.update("M-1", changes=[create("c.txt")]),
        lambda: ann.reviews.vote("M-1", vote="approve"),
        lambda: ann.executions.execute("M-1"),
        lambda: ann.executions.rollback("M-1", reason="no"),
        lambda: ann.mutations.cancel(draft.id),
        lambda: ann.mutations.reopen(draft.id),
        lambda: track(ann, {".lattice/specs/a.json": SPEC}),
        lambda: carry_out(ann, create(".lattice/workflows/code-review.json", POLICY), approver=rob),
        lambda: ann.team.update("rob", role="viewer"),
        lambda: ann.specs.create(name="another", template="requirements"),
    ):
        await write()
        await agree()


async def test_who_is_no_member_gets_nothing_that_is_kept(redis_url: str, open_engine: Open) -> None:
    ann, *_ = await two(open_engine, redis_url)
    project = (await ann.projects.get()).id
    await ann.mutations.counts()
    stranger = (await open_engine(redis_url))("mallory", project)
    for _ in range(2):
        with refusal("AUTH_FORBIDDEN"):
            await stranger.mutations.counts()


async def test_whatever_redis_holds_the_answer_is_right(redis_url: str, open_engine: Open, ran: Counter[str]) -> None:
    ann, _, again = await two(open_engine, redis_url)
    await ann.mutations.counts()
    await ann.mutations.counts(filter=MINE)
    async with Redis.from_url(redis_url) as redis:
        keys = [key async for key in redis.scan_iter("lattice:*:cache:mutations.counts:*")]
        values = {key: cast("bytes", await redis.get(key)) for key in keys}
        assert len(values) == 2

        async def right() -> None:
            ran.clear()
            assert await again.mutations.counts() == {"pending": 1}
            assert await again.mutations.counts(filter=MINE) == {}
            assert ran[COUNTS] == 2

        one, other = keys
        for lies in (
            {key: value[:-1] for key, value in values.items()},
            {key: value.rpartition(b"\n")[0] + b'\n{"pending": 7}' for key, value in values.items()},
            dict.fromkeys(keys, b"\xff\n\xff\n\xff"),
            {key: value[:-3] + bytes([value[-3] ^ 1]) + value[-2:] for key, value in values.items()},
            {one: values[other], other: values[one]},
            dict.fromkeys(keys, b""),
            dict.fromkeys(keys, b"\n\n\n"),
        ):
            await redis.mset(lies)
            await right()
        # A value that is whole, but of what has been since.
        await redis.mset(values)
        await propose(ann, create("late.txt"))
        ran.clear()
        assert await again.mutations.counts() == {"pending": 2}
        assert ran[COUNTS] == 1
        for key in keys:
            await redis.delete(key)
            await redis.lpush(key, "no text")
        assert await again.mutations.counts() == {"pending": 2}


async def test_without_redis_it_is_computed(own_server: Callable[[str], Any], open_engine: Open) -> None:
    server = own_server("redis")
    ann, *_ = await two(open_engine, server.url)
    assert await ann.mutations.counts() == {"pending": 1}
    server.kill()
    await propose(ann, create("b.txt"))
    assert await ann.mutations.counts() == {"pending": 2}
    server.start()
    server.pause()
    await propose(ann, create("c.txt"))
    started = time.monotonic()
    for _ in range(20):
        assert await ann.mutations.counts() == {"pending": 3}
    # It is waited for once, and left alone for a while then.
    assert time.monotonic() - started < 2
    server.resume()


async def test_what_is_quick_is_not_asked_for(
    redis_url: str, open_engine: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "SLOW", 60.0)
    ann, *_ = await two(open_engine, redis_url)
    await ann.mutations.counts()
    async with Redis.from_url(redis_url) as redis:
        assert await redis.keys("lattice:*:cache:*") == []
