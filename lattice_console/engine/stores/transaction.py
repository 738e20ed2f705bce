"""Everything stored, as one transaction sees it."""

from lattice_console.engine import ports
from lattice_console.engine.stores.answers import Answers
from lattice_console.engine.stores.audit import Audit
from lattice_console.engine.stores.conflicts import Conflicts
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.documents import Documents
from lattice_console.engine.stores.edges import Graph
from lattice_console.engine.stores.events import Events
from lattice_console.engine.stores.executions import Executions
from lattice_console.engine.stores.globs import Globs
from lattice_console.engine.stores.mutations import Mutations
from lattice_console.engine.stores.people import People
from lattice_console.engine.stores.projects import Projects
from lattice_console.engine.stores.references import References
from lattice_console.engine.stores.resolutions import Resolutions
from lattice_console.engine.stores.reviews import Reviews
from lattice_console.engine.stores.specs import Specs


class Tables:
    """`ports.Tables` over the one connection that the transaction runs on."""

    def __init__(self, database: Database) -> None:
        self.projects: ports.Projects = Projects(database)
        self.people: ports.People = People(database)
        self.documents: ports.Documents = Documents(database)
        self.specs: ports.Specs = Specs(database)
        self.references: ports.References = References(database)
        self.globs: ports.Globs = Globs(database)
        self.graph: ports.Graph = Graph(database)
        self.mutations: ports.Mutations = Mutations(database)
        self.reviews: ports.Reviews = Reviews(database)
        self.conflicts: ports.Conflicts = Conflicts(database)
        self.resolutions: ports.Resolutions = Resolutions(database)
        self.executions: ports.Executions = Executions(database)
        self.events: ports.Events = Events(database)
        self.audit: ports.Audit = Audit(database)
        self.answers: ports.Answers = Answers(database)
