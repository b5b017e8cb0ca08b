# Functions shared by the job scripts of this folder: locating the program, setting up the ranks' environment,
# starting ranks, and deciding whether a job is requeued. The scripts source it on a node of the job.
# shellcheck shell=bash disable=SC2034
#
#   SSLSLR_ROOT    the checkout (default: the folder in which sbatch was called)
#   SSLSLR         the program (default: build/release/bin/sslslr in the checkout)
#   SSLSLR_SITE    loads the modules listed in launch/modules/SSLSLR_SITE.sh first
#   LAUNCH         command that starts ranks (default: `srun --mpi=pmix` if Slurm has PMIx, else mpirun)
#   SAVE_TO        folder to which trainings copy their run when the job ends

root=${SSLSLR_ROOT:-$SLURM_SUBMIT_DIR}
program=${SSLSLR:-$root/build/release/bin/sslslr}
# In a task of an array, SLURM_JOB_ID may be the number of the whole array; this form always names the task.
job=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}
job=${job:-$SLURM_JOB_ID}

# A signal from Slurm, before the time limit or a preemption, is passed to the command in run_to_its_end;
# before the command starts, it is only recorded.
asked_to_stop=false
running=
reminder=
trap 'asked_to_stop=true; tell_it_to_stop' USR1 TERM

# Signals the command once a second until it has ended, because a launcher that is starting its ranks may lose
# a signal.
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
    if ! command -v -- "$program" >/dev/null; then
        echo "$program is not a program: run launch/setup, or set SSLSLR to its path" >&2
        exit 2
    fi
    # --threads sets the threads of a rank; libraries must not start more.
    export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
    # libhdf5's locks, which some parallel file systems reject, are not needed: stores are only read, and
    # files are written under another name and then renamed. (The ledger of a study has its own locks, which
    # `doctor` checks.)
    export HDF5_USE_FILE_LOCKING=${HDF5_USE_FILE_LOCKING:-FALSE}
    # NCCL_SOCKET_IFNAME=ib0 selects the network for NCCL's setup, on which rank 0 also listens;
    # NCCL_IB_HCA=mlx5_0 selects the InfiniBand adapter for its data. NCCL_DEBUG=INFO prints which were
    # chosen.
    export NCCL_DEBUG=${NCCL_DEBUG:-WARN}
    # For UCX, which Open MPI uses on InfiniBand, UCX_NET_DEVICES=mlx5_0:1 selects a port, and
    # UCX_TLS=rc,sm,self avoids TCP. For Open MPI without UCX, OMPI_MCA_btl_tcp_if_include=ib0 and
    # OMPI_MCA_oob_tcp_if_include=ib0 select the network.

    # shellcheck source=launch/shell/mpirun.sh
    source "$root/launch/shell/mpirun.sh"

    # The program ends with a checkpoint before SLURM_JOB_END_TIME, which Slurm before 23.02 does not set.
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
        # Under an srun without PMIx, Open MPI assumes that the task is one of several and refuses to start.
        unset SLURM_STEP_ID
    fi
}

# Prints the default command that starts ranks. Each rank is bound to its own cores. Every rank sees all GPUs
# of its node and uses the one with its local rank number, because NCCL uses NVLink only between GPUs that it
# can see.
default_launcher() {
    if [[ $(srun --mpi=list 2>&1) == *pmix* ]]; then
        echo "srun --mpi=pmix --kill-on-bad-exit=1 --cpu-bind=cores --cpus-per-task=${SLURM_CPUS_PER_TASK:-1}" \
            "${SLURM_GPUS_ON_NODE:+--gpu-bind=none}"
    else
        echo "mpirun --bind-to core --map-by slot:PE=${SLURM_CPUS_PER_TASK:-1}"
    fi
}

# Runs a command and forwards USR1 and TERM to it as USR1, which launchers pass to their ranks, whereas TERM
# would end the launcher. Returns the command's exit code, or 75 without running it if the job was already
# asked to stop.
run_to_its_end() {
    if $asked_to_stop; then
        return 75
    fi
    "$@" &
    running=$!
    if $asked_to_stop; then  # in the moment before `running` was set
        tell_it_to_stop
    fi
    local status=0 ended
    wait "$running" || status=$?
    while kill -0 "$running" 2>/dev/null; do  # a signal ended the wait, not the command
        status=0
        wait "$running" || status=$?
    done
    # A signal that arrives as the command ends replaces its status: wait again, which returns its own.
    if ((status > 128)); then
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

# Returns whether a command has ended on request: with exit code 75, or by the signal, before it was handled.
was_stopped() { (($1 == 75 || $1 == 128 + $(kill -l USR1) || $1 == 128 + $(kill -l TERM))); }

# Returns true unless the job was cancelled; also if Slurm's controller does not answer.
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

# queue_again REASON
queue_again() {
    echo "queued again: $1" >&2
    scontrol requeue "$job"
}
