"""`lattice mutation`: the group; its commands lie by what they are for."""

from lattice_console.headless.commands import Group

_HERE = "lattice_console.headless"

group = Group(
    "mutation",
    help="Propose, review, execute and roll back mutations. ID is a number (12, M-12) or an id.",
    examples=("lattice mutation list status:pending", "lattice mutation status 12", "lattice mutation diff 12"),
    short_help="Propose, review, execute and roll back.",
    lazy={
        "create": f"{_HERE}.mutation_propose:create",
        "update": f"{_HERE}.mutation_propose:update",
        "submit": f"{_HERE}.mutation_propose:submit",
        "list": f"{_HERE}.mutation_read:list_",
        "status": f"{_HERE}.mutation_read:status",
        "show": f"{_HERE}.mutation_read:show",
        "advice": f"{_HERE}.advice:advice",
        "diff": f"{_HERE}.mutation_diff:diff",
        "history": f"{_HERE}.mutation_read:history",
        "approve": f"{_HERE}.mutation_review:approve",
        "request-changes": f"{_HERE}.mutation_review:request_changes",
        "reject": f"{_HERE}.mutation_review:reject",
        "withdraw-vote": f"{_HERE}.mutation_review:withdraw_vote",
        "request-review": f"{_HERE}.mutation_review:request_review",
        "review": f"{_HERE}.mutation_comment:review",
        "comment": f"{_HERE}.mutation_comment:comment",
        "comments": f"{_HERE}.mutation_comment:comments",
        "resolve": f"{_HERE}.mutation_resolve:resolve",
        "apply-suggestion": f"{_HERE}.mutation_comment:apply_suggestion",
        "conflicts": f"{_HERE}.mutation_conflicts:conflicts",
        "rebase": f"{_HERE}.mutation_resolve:rebase",
        "remembered": f"{_HERE}.mutation_resolve:remembered",
        "cancel": f"{_HERE}.mutation_review:cancel",
        "reopen": f"{_HERE}.mutation_review:reopen",
        "execute": f"{_HERE}.mutation_run:execute",
        "merge-train": f"{_HERE}.mutation_train:merge_train",
        "retry": f"{_HERE}.mutation_run:retry",
        "rollback": f"{_HERE}.mutation_run:rollback",
        "finish-rollback": f"{_HERE}.mutation_run:finish_rollback",
    },
)
