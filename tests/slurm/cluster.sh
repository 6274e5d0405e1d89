#!/bin/bash
# A Slurm cluster of its own on this machine, for tests: without systemd and without touching /etc. Root.
#   cluster.sh up FOLDER [NODES]     then: export SLURM_CONF=FOLDER/slurm.conf
#   cluster.sh down FOLDER
#   cluster.sh node FOLDER NUMBER    starts the daemon of a node again that was killed
# Each node has a host name and mounts of its own. Where this machine has memory cgroups of version 1, Slurm enforces memory by them, and
# preempts; else it enforces nothing.
# Needs: apt-get install --no-install-recommends slurmctld slurmd slurm-client munge
# NODE_MOUNTS: commands that are run in the mounts of each node before its daemon starts.
set -euo pipefail
verb=$1
home=$2
export SLURM_CONF=$home/slurm.conf

# On one's own two CPUs more jobs than CPUs: what is told of them is no matter to what is tested.
readonly node_cpus=4 node_memory=2000 first_port=20000 ports_each=20

enforcement() {
    if [ -d /sys/fs/cgroup/memory ]; then
        cat <<CONF
ProctrackType=proctrack/cgroup
TaskPlugin=task/cgroup
JobAcctGatherType=jobacct_gather/cgroup
JobAcctGatherFrequency=30
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
CONF
    else
        printf '%s\n' ProctrackType=proctrack/linuxproc TaskPlugin=task/none JobAcctGatherType=jobacct_gather/none
    fi
}

write_cgroups() {
    cat > "$home/cgroup.conf" <<CONF
CgroupPlugin=cgroup/v1
CgroupAutomount=no
CgroupMountpoint=/sys/fs/cgroup
ConstrainRAMSpace=yes
ConstrainSwapSpace=no
ConstrainCores=no
ConstrainDevices=no
CONF
}

write_configuration() { # NODES
    local port=$((first_port + $$ % 2000 * ports_each)) number
    cat > "$SLURM_CONF" <<CONF
ClusterName=tidemark
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$home/munge/socket,cred_expire=10
CredType=cred/munge
StateSaveLocation=$home/state
SlurmdSpoolDir=$home/spool.%n
SlurmctldPidFile=$home/slurmctld.pid
SlurmdPidFile=$home/slurmd.%n.pid
SlurmctldLogFile=$home/slurmctld.log
SlurmdLogFile=$home/slurmd.%n.log
SlurmdParameters=config_overrides
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=5,bf_interval=5,batch_sched_delay=0,sched_min_interval=100000,defer_batch
PriorityType=priority/basic
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
SwitchType=switch/none
MaxArraySize=${MAX_ARRAY_SIZE:-1001}
MaxJobCount=10000
MinJobAge=${MIN_JOB_AGE:-300}
KillWait=5
InactiveLimit=0
SlurmdTimeout=10
SlurmctldTimeout=10
MessageTimeout=10
JobRequeue=1
PropagateResourceLimitsExcept=ALL
DefMemPerCPU=100
$(enforcement)
CONF
    for ((number = 1; number <= $1; ++number)); do
        echo "NodeName=node$number NodeHostname=node$number NodeAddr=127.0.0.1 Port=$((port + number))" \
            "CPUs=$node_cpus RealMemory=$node_memory" >> "$SLURM_CONF"
    done
    echo "PartitionName=debug Nodes=ALL Default=YES MaxTime=60 State=UP" >> "$SLURM_CONF"
    if [ -d /sys/fs/cgroup/memory ]; then
        echo "PartitionName=low Nodes=ALL MaxTime=60 State=UP PriorityTier=1 PreemptMode=CANCEL" >> "$SLURM_CONF"
        echo "PartitionName=high Nodes=ALL MaxTime=60 State=UP PriorityTier=10 PreemptMode=OFF" >> "$SLURM_CONF"
        write_cgroups
    fi
}

wait_for() { # SECONDS WHAT COMMAND...
    local end=$(($(date +%s) + $1)) what=$2
    shift 2
    until "$@" > /dev/null 2>&1; do
        if (($(date +%s) >= end)); then
            echo "cluster.sh: $what did not come up" >&2
            exit 1
        fi
        sleep 0.05
    done
}

start_munge() {
    mkdir -p "$home/munge"
    chmod 711 "$home/munge"
    (umask 277 && dd if=/dev/urandom of="$home/munge/key" bs=128 count=1 status=none)
    munged --force --key-file="$home/munge/key" --socket="$home/munge/socket" --pid-file="$home/munge/pid" \
        --log-file="$home/munge/log" --seed-file="$home/munge/seed" --num-threads=2
    wait_for 10 munged munge -n -S "$home/munge/socket"
}

start_node() { # NUMBER
    mkdir -p "$home/spool.node$1"
    unshare -u -m --propagation=private bash -c \
        "hostname node$1; ${NODE_MOUNTS:-true}; exec slurmd -f '$SLURM_CONF' -N node$1"
}

are_idle() { [ "$(sinfo -h -N -p debug -o %t | grep -cx idle)" -ge "$1" ]; }

end_daemon() { # PID-FILE
    [ -f "$1" ] || return 0
    local pid
    pid=$(cat "$1")
    kill -CONT "$pid" 2> /dev/null || true
    kill "$pid" 2> /dev/null || return 0
    for ((i = 0; i < 200; ++i)); do
        kill -0 "$pid" 2> /dev/null || return 0
        sleep 0.05
    done
    kill -KILL "$pid" 2> /dev/null || true
}

case $verb in
    up)
        nodes=${3:-2}
        mkdir -p "$home/state"
        chmod 755 "$home"
        write_configuration "$nodes"
        start_munge
        slurmctld -f "$SLURM_CONF" -c
        wait_for 20 slurmctld scontrol ping
        for ((number = 1; number <= nodes; ++number)); do start_node "$number"; done
        wait_for 30 "the nodes" are_idle "$nodes"
        ;;
    node) start_node "$3" ;;
    down)
        kill -CONT "$(cat "$home/slurmctld.pid")" 2> /dev/null || true
        timeout 10 scancel --state=PENDING,RUNNING,SUSPENDED 2> /dev/null ||
            timeout 10 scancel --user=root 2> /dev/null || true
        for ((i = 0; i < 100; ++i)); do
            [ -n "$(timeout 5 squeue -h 2> /dev/null)" ] || break
            sleep 0.1
        done
        for file in "$home"/slurmd.*.pid "$home/slurmctld.pid" "$home/munge/pid"; do end_daemon "$file"; done
        # which Slurm leaves behind
        find /sys/fs/cgroup -depth -type d -path '*/slurm_node[0-9]*' -exec rmdir {} + 2> /dev/null || true
        ;;
    *)
        echo "cluster.sh: up, down or node" >&2
        exit 2
        ;;
esac
