"""Everything stored, as one transaction sees it."""

from sqlalchemy import Connection

from lattice_console.engine import ports
from lattice_console.engine.stores.answers import Answers
from lattice_console.engine.stores.audit import Audit
from lattice_console.engine.stores.documents import Documents
from lattice_console.engine.stores.events import Events
from lattice_console.engine.stores.executions import Executions
from lattice_console.engine.stores.mutations import Mutations
from lattice_console.engine.stores.people import People
from lattice_console.engine.stores.projects import Projects
from lattice_console.engine.stores.reviews import Reviews
from lattice_console.engine.stores.specs import Specs


class Tables:
    """`ports.Tables` over the one connection that the transaction runs on."""

    def __init__(self, connection: Connection) -> None:
        self.projects: ports.Projects = Projects(connection)
        self.people: ports.People = People(connection)
        self.documents: ports.Documents = Documents(connection)
        self.specs: ports.Specs = Specs(connection)
        self.mutations: ports.Mutations = Mutations(connection)
        self.reviews: ports.Reviews = Reviews(connection)
        self.executions: ports.Executions = Executions(connection)
        self.events: ports.Events = Events(connection)
        self.audit: ports.Audit = Audit(connection)
        self.answers: ports.Answers = Answers(connection)
