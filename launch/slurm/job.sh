# What the job scripts of this folder share: where the program is, what ranks need of their environment, how they start,
# and when a job that has ended queues again. Sourced by them, on a node of the job.
# shellcheck shell=bash disable=SC2034
#
#   SSLSLR         the program (default: that of the checkout, build/release/bin/sslslr)
#   SSLSLR_SITE    sources launch/modules/SSLSLR_SITE.sh first: the module system's names of what the program needs
#   LAUNCH         how ranks are started (default: `srun --mpi=pmix`, where Slurm has PMIx; else mpirun)

root=${SSLSLR_ROOT:-$SLURM_SUBMIT_DIR}
program=${SSLSLR:-$root/build/release/bin/sslslr}
# One task of an array has the whole array's number in SLURM_JOB_ID: only this names the task alone.
job=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}
job=${job:-$SLURM_JOB_ID}

# Slurm's notice, or a preemption's: for the command that run_to_its_end runs, or before that for the script itself.
asked_to_stop=false
running=
reminder=
trap 'asked_to_stop=true; tell_it_to_stop' USR1 TERM

# Once a second until the command has ended: a launcher that is about to start its ranks loses a signal.
tell_it_to_stop() {
    if [[ -n $running ]] && ! kill -0 "${reminder:-none}" 2>/dev/null; then
        while kill -USR1 "$running" 2>/dev/null; do sleep 1; done &
        reminder=$!
    fi
}

set_up_ranks() {
    if [[ -n ${SSLSLR_SITE:-} ]]; then
        # shellcheck source=/dev/null
        source "$root/launch/modules/$SSLSLR_SITE.sh"
    fi
    # A rank computes with --threads; libraries must not start more.
    export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
    # Stores are only read, and files are written under another name and renamed: libhdf5's own locks, which some parallel
    # file systems refuse, protect nothing here. (The ledger of a study has locks of its own; `doctor` tries them.)
    export HDF5_USE_FILE_LOCKING=${HDF5_USE_FILE_LOCKING:-FALSE}
    # NCCL: which networks carry its set-up and, by InfiniBand, its data. The first is also where rank 0 listens.
    #   NCCL_SOCKET_IFNAME=ib0     NCCL_IB_HCA=mlx5_0     NCCL_DEBUG=WARN (INFO tells which it took)
    export NCCL_DEBUG=${NCCL_DEBUG:-WARN}
    # UCX, which Open MPI uses on InfiniBand: UCX_NET_DEVICES=mlx5_0:1 names a port; UCX_TLS=rc,sm,self keeps off TCP.
    # Open MPI without UCX: OMPI_MCA_btl_tcp_if_include=ib0 and OMPI_MCA_oob_tcp_if_include=ib0 bind its listeners.

    # shellcheck source=launch/shell/mpirun.sh
    source "$root/launch/shell/mpirun.sh"

    # The program ends with a checkpoint before the time limit; Slurm before 23.02 does not tell it when that is.
    if [[ -z ${SLURM_JOB_END_TIME:-} ]]; then
        local end
        if end=$(squeue --noheader --jobs "$job" --Format EndTime) && [[ -n ${end// /} ]] &&
            end=$(date --date "$end" +%s 2>/dev/null); then
            export SLURM_JOB_END_TIME=$end
        fi
    fi

    launch=()
    if ((${SLURM_NTASKS:-${SLURM_NTASKS_PER_NODE:-1} * ${SLURM_JOB_NUM_NODES:-1}} > 1)); then
        read -ra launch <<<"${LAUNCH:-$(default_launcher)}"
    else
        # Under an srun without PMIx, Open MPI takes the one task for one of several and refuses to start.
        unset SLURM_STEP_ID
    fi
}

# Each rank keeps to its own cores; every rank sees all GPUs of its node and takes that of its number there, for NCCL
# reaches only GPUs that it sees by NVLink.
default_launcher() {
    if [[ $(srun --mpi=list 2>&1) == *pmix* ]]; then
        echo "srun --mpi=pmix --kill-on-bad-exit=1 --cpu-bind=cores --cpus-per-task=${SLURM_CPUS_PER_TASK:-1}" \
            "${SLURM_GPUS_ON_NODE:+--gpu-bind=none}"
    else
        echo "mpirun --bind-to core --map-by slot:PE=${SLURM_CPUS_PER_TASK:-1}"
    fi
}

# Runs a command and passes USR1 and TERM on as USR1: a launcher hands that to its ranks, TERM would end it first.
# Returns its exit code, and 75 without running it where the job was asked to stop before.
run_to_its_end() {
    if $asked_to_stop; then
        return 75
    fi
    "$@" &
    running=$!
    if $asked_to_stop; then  # just before it could be told
        tell_it_to_stop
    fi
    local status=0 ended
    wait "$running" || status=$?
    while kill -0 "$running" 2>/dev/null; do  # it was the signal that ended the wait
        status=0
        wait "$running" || status=$?
    done
    if ((status > 128)); then  # perhaps that of a signal that came as the command ended: bash remembers the command's own
        ended=0
        wait "$running" 2>/dev/null || ended=$?
        ((ended == 127)) || status=$ended
    fi
    running=
    if [[ -n $reminder ]]; then
        kill "$reminder" 2>/dev/null || true
        reminder=
    fi
    return "$status"
}

# Whether a command has ended because it was asked to: with a checkpoint, or by the signal itself, before it could listen.
was_stopped() { (($1 == 75 || $1 == 128 + $(kill -l USR1) || $1 == 128 + $(kill -l TERM))); }

# True unless someone has cancelled the job; also where Slurm's controller does not answer.
is_still_wanted() {
    local state attempt
    for attempt in 1 2 3; do
        if state=$(squeue --noheader --jobs "$job" --format %T); then
            [[ $state == RUNNING ]]
            return
        fi
        sleep $((attempt * 2))
    done
}

queue_again() { scontrol requeue "$job"; }
