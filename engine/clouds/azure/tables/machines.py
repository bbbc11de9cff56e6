"""Changes to virtual machines and scale sets, as a table. Pure."""

from __future__ import annotations

from engine.clouds.azure.tables.ways import AT, Way, always, as_before, when
from engine.clouds.operation import Inverse, Operation, OperationClass, Parameter

VM = frozenset({"Microsoft.Compute/virtualMachines"})
SCALE_SET = frozenset({"Microsoft.Compute/virtualMachineScaleSets"})

START = "Microsoft.Compute/virtualMachines/start/action"
DEALLOCATE = "Microsoft.Compute/virtualMachines/deallocate/action"
POWER_OFF = "Microsoft.Compute/virtualMachines/powerOff/action"
RESTART = "Microsoft.Compute/virtualMachines/restart/action"
RESIZE = "Microsoft.Compute/virtualMachines/write"
DELETE_VM = "Microsoft.Compute/virtualMachines/delete"
START_SET = "Microsoft.Compute/virtualMachineScaleSets/start/action"
STOP_SET = "Microsoft.Compute/virtualMachineScaleSets/deallocate/action"
POWER_OFF_SET = "Microsoft.Compute/virtualMachineScaleSets/powerOff/action"
RESTART_SET = "Microsoft.Compute/virtualMachineScaleSets/restart/action"
SCALE_SET_TO = "Microsoft.Compute/virtualMachineScaleSets/write"

SIZE = Parameter("vm_size", pattern=r"(Standard|Basic)_[A-Za-z0-9_-]{1,60}", meaning="a VM size, like Standard_B2ms")
CAPACITY = Parameter("capacity", pattern=r"0|[1-9][0-9]{0,2}|1000", meaning="how many machines, 0 to 1000")
STOPPED = frozenset({"deallocated", "stopped"})


def _stopped_again(deallocate: str, power_off: str) -> Way:
    """As it was: deallocated, or merely stopped, which keeps its host, its address and its price."""
    backs = {"deallocated": Inverse(deallocate), "stopped": Inverse(power_off)}
    return lambda resource, _arguments: backs.get(resource.state)


MACHINES: tuple[Operation, ...] = (
    Operation(
        name=START,
        cloud="azure",
        native_types=VM,
        kind=OperationClass.POWER,
        title="Start",
        command=("az", "vm", "start", *AT),
        promise={"state": "running"},
        states=STOPPED,
        inverse=_stopped_again(DEALLOCATE, POWER_OFF),
        repeatable=True,
    ),
    Operation(
        name=DEALLOCATE,
        cloud="azure",
        native_types=VM,
        kind=OperationClass.POWER,
        title="Stop",
        command=("az", "vm", "deallocate", *AT),
        promise={"state": "deallocated"},
        states=frozenset({"running", "stopped"}),
        inverse=when("running", START),
        no_way_back="It was stopped already and only goes on to be deallocated; nothing ran that could be started again.",
        repeatable=True,
    ),
    Operation(
        name=POWER_OFF,
        cloud="azure",
        native_types=VM,
        kind=OperationClass.POWER,
        title="Power off",
        command=("az", "vm", "stop", *AT),
        promise={"state": "stopped"},
        states=frozenset({"running"}),
        inverse=always(START),
        repeatable=True,
    ),
    Operation(
        name=RESTART,
        cloud="azure",
        native_types=VM,
        kind=OperationClass.POWER,
        title="Restart",
        command=("az", "vm", "restart", *AT),
        promise={"state": "running"},
        states=frozenset({"running"}),
        no_way_back="A restart is over when it is done; there is nothing to take back.",
    ),
    Operation(
        name=RESIZE,
        cloud="azure",
        native_types=VM,
        kind=OperationClass.CONFIGURE,
        title="Resize",
        command=("az", "vm", "resize", "--size", "{$vm_size}", *AT),
        promise={"properties.vm_size": "$vm_size"},
        takes=(SIZE,),
        # A running machine is restarted by Azure to take its new size.
        states=frozenset({"running", "deallocated"}),
        inverse=as_before(RESIZE, "vm_size", "vm_size"),
        repeatable=True,
        settles_s=600,
    ),
    Operation(
        name=DELETE_VM,
        cloud="azure",
        native_types=VM,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("az", "vm", "delete", "--yes", *AT),
        promise={"gone": True},
        no_way_back="A deleted VM cannot be brought back; its disks stay unless they were set to go with it.",
        repeatable=True,
        settles_s=900,
    ),
)
SCALE_SETS: tuple[Operation, ...] = (
    Operation(
        name=START_SET,
        cloud="azure",
        native_types=SCALE_SET,
        kind=OperationClass.POWER,
        title="Start",
        command=("az", "vmss", "start", *AT),
        promise={"state": "running"},
        states=STOPPED,
        inverse=_stopped_again(STOP_SET, POWER_OFF_SET),
        repeatable=True,
        settles_s=900,
    ),
    Operation(
        name=STOP_SET,
        cloud="azure",
        native_types=SCALE_SET,
        kind=OperationClass.POWER,
        title="Stop",
        command=("az", "vmss", "deallocate", *AT),
        promise={"state": "deallocated"},
        states=frozenset({"running", "stopped"}),
        inverse=when("running", START_SET),
        no_way_back="Its machines were stopped already and only go on to be deallocated; nothing ran that could be started again.",
        repeatable=True,
        settles_s=900,
    ),
    Operation(
        name=POWER_OFF_SET,
        cloud="azure",
        native_types=SCALE_SET,
        kind=OperationClass.POWER,
        title="Power off",
        command=("az", "vmss", "stop", *AT),
        promise={"state": "stopped"},
        states=frozenset({"running"}),
        inverse=always(START_SET),
        repeatable=True,
        settles_s=900,
    ),
    Operation(
        name=RESTART_SET,
        cloud="azure",
        native_types=SCALE_SET,
        kind=OperationClass.POWER,
        title="Restart",
        command=("az", "vmss", "restart", *AT),
        promise={"state": "running"},
        states=frozenset({"running"}),
        no_way_back="A restart is over when it is done; there is nothing to take back.",
        settles_s=900,
    ),
    Operation(
        name=SCALE_SET_TO,
        cloud="azure",
        native_types=SCALE_SET,
        kind=OperationClass.CONFIGURE,
        title="Scale",
        command=("az", "vmss", "scale", "--new-capacity", "{$capacity}", *AT),
        promise={"properties.capacity": "$capacity", "properties.provisioning": "succeeded"},
        takes=(CAPACITY,),
        inverse=as_before(SCALE_SET_TO, "capacity", "capacity"),
        repeatable=True,
        settles_s=1800,
    ),
)
TABLE: tuple[Operation, ...] = (*MACHINES, *SCALE_SETS)
