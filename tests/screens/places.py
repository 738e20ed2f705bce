"""More of the project, for the places that show documents: specs that depend on each other, findings, a history."""

import json

from tests.screens.project import REFUNDS, Office
from tests.support.changes import modify
from tests.support.house import track

LEDGER = b"""name: ledger
version: 2.1.0
type: database
depends_on: [accounts, plans]
tables:
  - name: entries
    columns:
      - {name: id, type: uuid, primary_key: true}
schema:
  type: object
  required: [owner]
  properties:
    tables:
      type: array
      items: {required: [description]}
"""
ACCOUNTS = b"""{
  "name": "accounts",
  "version": "one",
  "depends_on": ["payments"],
  "requirements": ["An account has an owner"],
  "validation": {"automated_tests": true}
}
"""
PAYMENTS = b"""{
  "name": "payments",
  "version": "1.0.0",
  "type": "api",
  "depends_on": ["ledger", "user-auth"],
  "endpoints": []
}
"""
SHOP = b"""openapi: 3.1.0
info: {title: Shop, version: 1.2.0}
components:
  schemas:
    Cart: {$ref: '#/gone'}
    Name: {type: txt}
"""
WEEK = REFUNDS.replace(b"14 days", b"10 days")
CARD = WEEK.replace(b"card that was charged", b"account it came from")


async def enrich(office: Office) -> None:
    """Bring in four specs in a circle, one of them missing, and let a document change twice."""
    kim, agent = await office.as_("kim"), await office.as_("agent-7")
    await track(
        kim,
        {
            ".lattice/specs/ledger.yaml": LEDGER,
            ".lattice/specs/accounts.json": ACCOUNTS,
            ".lattice/specs/payments.json": PAYMENTS,
            "src/billing/invoices/lines.py": b"LINES = 12\n",
        },
    )
    for title, content in (("Refund within ten days", WEEK), ("Refund to the account", CARD)):
        made = await agent.mutations.create(title=title, changes=[modify("docs/refunds.md", content)])
        await kim.reviews.vote(made.id, vote="approve")
        await kim.executions.execute(made.id)
    await agent.close()
    await kim.close()


async def put_up_with(office: Office, reason: str) -> None:
    """Bring in a document with two errors, one of which the project puts up with, for that reason."""
    entry = {"rule": "openapi_reference", "path": "api/*", "owner": "kim", "reason": reason, "expires": "2999-12-31"}
    kim = await office.as_("kim")
    await track(
        kim, {"api/shop.yaml": SHOP, ".lattice/suppressions.json": json.dumps({"suppressions": [entry]}).encode()}
    )
    await kim.close()
