"""`lattice conflicts`: the conflicts of the project by document."""

from tests.headless.driver import Lattice


def test_conflicts_are_listed_by_document_with_both_sides_and_12_says_that_one_is_to_decide(lattice: Lattice) -> None:
    shown = lattice("conflicts")
    assert (shown.code, shown.err) == (0, "Nothing is in conflict.\n")
    for path in ("b.txt", "a.txt"):
        for text in ("one\n", "two\n"):
            lattice.write(path, text)
            lattice.propose(text.strip(), "--files", path)
    shown = lattice("conflicts")
    assert shown.code == 12
    header, *rows = [line.split() for line in shown.text.splitlines()]
    assert header == ["PATH", "ID", "WITH", "TYPE", "WHY"]
    assert [row[:5] for row in rows] == [
        ["!", "a.txt", "M-4", "M-3", "file"],
        ["!", "b.txt", "M-2", "M-1", "file"],
    ]


def test_the_list_of_conflicts_can_be_narrowed_and_is_data_for_scripts(lattice: Lattice) -> None:
    for text in ("one\n", "two\n"):
        lattice.write("a.txt", text)
        lattice.propose(text.strip(), "--files", "a.txt")
    data = lattice("conflicts", "--mutation", "1", "--output", "json").json
    assert (data["total"], data["has_more"]) == (1, False)
    [found] = data["items"]
    assert (found["mutation"], found["conflicting_mutations"], found["type"]) == (1, [2], "file_collision")
    assert lattice("conflicts", "M-1", "type:file", "--path", "a.", "--output", "json").json["items"] == [found]
    assert "there is no filter whose:" in lattice("conflicts", "whose:kim").err
    for option in (("--severity", "warning"), ("--path", "docs/"), ("--type", "dependency_violation"), ("M-1", "b.")):
        assert lattice("conflicts", *option).code == 0


def test_what_breaks_dependencies_is_for_a_new_patchset_and_not_for_a_merge(lattice: Lattice) -> None:
    lattice.write("a.yaml", "name: a\nversion: 1.0.0\ntype: api\n")
    lattice.write("b.yaml", "name: b\nversion: 1.0.0\ntype: api\ndepends_on: [a]\n")
    lattice.ok("track", "a.yaml", "b.yaml")
    lattice.write("a.yaml", "name: c\nversion: 1.0.0\ntype: api\ndepends_on: [later]\n")
    lattice.propose("Rename", "--files", "a.yaml")
    shown = lattice("mutation", "conflicts", "1")
    assert shown.code == 12
    assert "this one renames the spec a to c, and b (b.yaml) still depends on a." in shown.text
    assert shown.err == "1 conflict of M-1 to decide. Next: lattice mutation update M-1 --files FILE\n"
    settled = lattice("mutation", "resolve", "1", "--strategy", "auto_merge")
    assert (settled.code, "still depends on a" in settled.text) == (12, True)
    lattice.write("a.yaml", "name: a\nversion: 1.0.0\ntype: api\ndepends_on: [later]\n")
    lattice.ok("mutation", "update", "1", "--files", "a.yaml")
    shown = lattice("mutation", "conflicts", "1")
    assert (shown.code, shown.err) == (0, "Nothing of M-1 is for a person to decide.\n")
