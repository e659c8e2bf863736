from koda.adapters.memory.people import MemoryPeople
from koda.adapters.mongo.people import RECORDS, MongoPeople
from koda.adapters.sqlite.people import SqlitePeople
from koda.testing.contracts.people import PeopleContract
from tests.contract.stores import InMemory, InMongo, InMongomock, InSqlite


class TestMemoryPeople(InMemory, PeopleContract):
    adapter = MemoryPeople


class TestSqlitePeople(InSqlite, PeopleContract):
    adapter = SqlitePeople


class TestMongomockPeople(InMongomock, PeopleContract):
    adapter = MongoPeople
    records = (RECORDS,)


class TestMongoPeople(InMongo, PeopleContract):
    adapter = MongoPeople
    records = (RECORDS,)
