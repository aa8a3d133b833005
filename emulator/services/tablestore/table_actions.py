"""What every action of Tablestore stands on, and the actions on tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, ClassVar

from emulator.api import ApiError, Call, Raw
from emulator.estate import Estate, EstateError
from emulator.request import Request
from emulator.sections.tablestore import Instance as InstanceRow
from emulator.service import Account, EmulatedService
from emulator.services.tablestore import checks, messages
from emulator.services.tablestore.checks import refused
from emulator.services.tablestore.instances import Instance, Network, Usage, from_inside
from emulator.services.tablestore.journal import Journal
from emulator.services.tablestore.tables import OPTIONS, Table

DEFAULT_INSTANCE = "certdeploy"  #: where the estate names none
#: What a fault names to strike single rows of a batch.
ROW_READ, ROW_WRITTEN = "BatchGetRow.Row", "BatchWriteRow.Row"


class TableActions(EmulatedService):
    api = "Ots"
    version = "2015-12-31"
    style = "OTS"
    ram = "ots"
    hosts = ("{region}.ots.aliyuncs.com",)
    #: Changes of tables; the figure is none of the vendor's [guess].
    limits: ClassVar[Mapping[str, int]] = {"CreateTable": 20, "DeleteTable": 20, "UpdateTable": 20}
    switches: ClassVar[Mapping[str, tuple[str | bool, ...]]] = {
        # The vendor's pages differ on whether a new instance can be reached from the Internet.
        "network": ("as the instance says", "open", "vpc"),
        # Whether a text of a key may be empty is not documented.
        "empty_keys": ("refused", "taken"),
    }

    def __init__(self, cloud: Account) -> None:
        super().__init__(cloud)
        self.instances: dict[str, Instance] = {}
        self._journals: dict[str, Journal] = {}
        self._add(Instance(DEFAULT_INSTANCE, "cn-hangzhou"))

    def load(self, estate: Estate) -> None:
        rows = estate.of(InstanceRow)
        self.instances, self._journals = {}, {}
        for row in rows:
            instance = self._add(Instance(row.instance, row.region, row.network))
            if row.file:
                self._journals[row.instance] = _journal(row, instance)
        if not rows:
            self._add(Instance(DEFAULT_INSTANCE, estate.regions[0]))

    def kept(self) -> dict[str, Any]:
        """What no file keeps. Whoever has only instances of the estate, and nothing in them, has nothing."""
        own = {name: row for name, row in self.instances.items() if name not in self._journals}
        changed = any(row.made or row.tables or row.usage for row in own.values())
        return {"instances": own} if changed else {}

    def keep(self, state: dict[str, Any]) -> None:
        super().keep({"instances": {**self.instances, **state.get("instances", {})}})

    def _add(self, instance: Instance) -> Instance:
        self.instances[instance.name] = instance
        return instance

    def add_instance(self, name: str, region: str, network: Network) -> Instance:
        """Raises ApiError where the name is taken; that of DEFAULT_INSTANCE once that one is used."""
        there = self.instances.get(name)
        if there is not None and (name != DEFAULT_INSTANCE or there.tables or there.usage):
            raise refused(f"The instance {name} already exists.", "OTSObjectAlreadyExist", 409)  # [guess]
        return self._add(Instance(name, region, network, made=True))

    def drop_instance(self, name: str) -> None:
        """Raises ApiError where it has tables."""
        there = self.instances.get(name)
        if there is not None and there.tables:
            raise refused(f"The instance {name} has tables.", "OTSInstanceNotEmpty", 409)  # [guess]
        self.instances.pop(name, None)

    def endpoints(self, regions: Collection[str]) -> list[str]:
        """Each instance has its own."""
        return [f"{name}.{found.region}.ots.aliyuncs.com" for name, found in self.instances.items()]

    def region_of(self, name: str) -> str:
        """Of an instance; "" if there is none of that name."""
        found = self.instances.get(name)
        return found.region if found else ""

    def route(self, request: Request) -> tuple[str, dict[str, Any]]:
        """The log has the tables; what is written to them stays out of it."""
        action = request.path.lstrip("/")
        message = messages.REQUESTS.get(action)
        if message is None:
            raise refused(f"{action} is not emulated.", "OTSUnsupportOperation")  # [guess]
        if request.method != "POST":
            raise refused("Only POST is taken.", "OTSMethodNotAllowed", 405)  # [guess]
        if len(request.body) > checks.LONGEST_REQUEST + (64 << 10):
            raise refused("The size of POST data is too large.", "OTSRequestBodyTooLarge", 413)
        given = message.read(request.body)
        tables = [table["table_name"] for table in given.get("tables", ())]
        name = given.get("table_name") or given.get("table_meta", {}).get("table_name") or ",".join(tables)
        return action, {"instance": request.header("x-ots-instancename"), "table_name": name}

    @classmethod
    def actions(cls) -> Mapping[str, Collection[str]]:
        return {cls.api: [*messages.REQUESTS, ROW_READ, ROW_WRITTEN]}

    @classmethod
    def parameters(cls, api: str, action: str) -> Collection[str]:
        return ("instance", "table_name")

    @classmethod
    def rights(cls) -> Collection[str]:
        return [f"{cls.ram}:{action}" for action in messages.REQUESTS]

    def denial(self, call: Call) -> ApiError:
        return ApiError(
            403,
            "OTSNoPermissionAccess",
            "You have no permission to access the requested resource, please contact the resource owner.",
        )

    def throttling(self, call: Call) -> ApiError:
        return ApiError(403, "OTSQuotaExhausted", "Too frequent table operations.")

    def report(self) -> dict[str, Any]:
        """What is stored and what it cost, by instance and table."""
        return {name: instance.report() for name, instance in self.instances.items()}

    def CreateTable(self, call: Call) -> Raw:
        instance, wanted = self._instance(call), self._given(call)
        meta, options = wanted["table_meta"], {**OPTIONS, **wanted.get("table_options", {})}
        checks.check_meta(meta)
        checks.check_options(options)
        if meta["table_name"] in instance.tables:
            raise refused("Requested table already exists.", "OTSObjectAlreadyExist", 409)
        if len(instance.tables) >= checks.MOST_TABLES:
            raise refused("Number of tables exceeded the quota.", "OTSQuotaExhausted", 403)  # [guess]
        table = instance.tables[meta["table_name"]] = Table(meta, options, self._now())
        if journal := self._journals.get(instance.name):
            journal.created(meta["table_name"], table)
        return self._answer(call, {})

    def ListTable(self, call: Call) -> Raw:
        return self._answer(call, {"table_names": sorted(self._instance(call).tables)})

    def DescribeTable(self, call: Call) -> Raw:
        table = self._table(call, self._given(call)["table_name"])
        return self._answer(call, {"table_meta": table.meta, **self._described(table)})

    def UpdateTable(self, call: Call) -> Raw:
        wanted = self._given(call)
        table = self._table(call, wanted["table_name"])
        options = wanted.get("table_options", {})
        checks.check_options(options)
        table.options |= options
        if journal := self._journals.get(self._instance(call).name):
            journal.changed(wanted["table_name"], table)
        return self._answer(call, self._described(table))

    def DeleteTable(self, call: Call) -> Raw:
        name = self._given(call)["table_name"]
        self._table(call, name)
        instance = self._instance(call)
        del instance.tables[name]
        if journal := self._journals.get(instance.name):
            journal.dropped(name)
        return self._answer(call, {})

    def _instance(self, call: Call) -> Instance:
        instance = self.instances.get(str(call.params["instance"]))
        if instance is None:
            raise refused("The instance is not found.", "OTSAuthFailed", 403)  # [guess] the words
        network = self.behaviour["network"]
        vpc_only = (network if network in ("open", "vpc") else instance.network) == "vpc"
        if vpc_only and not from_inside(call.host):
            raise refused("Request denied by instance ACL policies.", "OTSAuthFailed", 403)
        return instance

    def _table(self, call: Call, name: str) -> Table:
        table = self._instance(call).tables.get(name)
        if table is None:
            raise refused("Requested table does not exist.", "OTSObjectNotExist", 404)
        return table

    def _used(self, call: Call, name: str) -> tuple[Table, Usage]:
        table, usage = self._table(call, name), self._instance(call).used(name)
        usage.requests[call.action] += 1
        return table, usage

    @staticmethod
    def _given(call: Call) -> dict[str, Any]:
        given = messages.REQUESTS[call.action].read(call.raw_body)
        if given.get("transaction_id"):
            raise refused("TransactionID is invalid.")
        return given

    @staticmethod
    def _answer(call: Call, fields: dict[str, Any]) -> Raw:
        return Raw(200, messages.ANSWERS[call.action].write(fields))

    @staticmethod
    def _described(table: Table) -> dict[str, Any]:
        throughput = {"capacity_unit": {"read": 0, "write": 0}, "last_increase_time": table.created // 1000}
        return {"reserved_throughput_details": throughput, "table_options": table.options}

    def _now(self) -> int:
        return int(self.cloud.clock().timestamp() * 1000)


def _journal(row: InstanceRow, instance: Instance) -> Journal:
    try:
        return Journal(Path(row.file), instance)
    except OSError as error:
        raise EstateError(f"tablestore: {row.file}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EstateError(f"tablestore: {row.file} is no file that keeps an instance") from error
