#!/usr/bin/env bash
# Runs a planned boundary search as HyperQueue tasks. Each task is a worker that takes jobs until none are
# left. Run it on any machine where `hq` reaches its server, from any folder:
#
#   sslslr boundary plan --study STUDY --data STORE.h5 ...
#   launch/hyperqueue/boundary.sh STUDY 16        # 16 workers of one core each
#
# Arguments after the number are passed to `boundary work` (for example --lease-seconds 120). The program is
# that of this checkout, or SSLSLR. When HyperQueue loses one of its workers, it starts that worker's tasks
# elsewhere; other tasks take over the unfinished jobs of the search when their leases expire. More tasks may
# be submitted at any time; tasks without work exit. The study's folder must be on a file system that all
# nodes share.
#
# For jobs of several ranks (boundary plan --ranks-per-job), start one worker on a whole allocation instead:
# `source launch/shell/mpirun.sh; mpirun sslslr boundary work --study STUDY`.
set -euo pipefail

usage="usage: boundary.sh STUDY WORKERS [options of sslslr boundary work]"
if (($# < 2)); then
    echo "$usage" >&2
    exit 2
fi
study=$1 workers=$2
if [[ ! $workers =~ ^[1-9][0-9]*$ ]]; then
    echo "boundary.sh: WORKERS is \"$workers\"; expected a whole number of 1 or more" >&2
    exit 2
fi
if [[ ! -e $study/plan.json ]]; then
    echo "boundary.sh: $study holds no plan.json; sslslr boundary plan writes it" >&2
    exit 2
fi
study=$(realpath "$study")
root=$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")
program=$(realpath "${SSLSLR:-$root/build/release/bin/sslslr}")

# A task is lost whenever its allocation ends, so a high crash limit is needed. Progress is in the study's
# journals, so only errors are written to files. HyperQueue workers started by srun pass two variables to
# their tasks that must be unset: with SLURM_STEP_ID, Open MPI assumes that srun started the task and refuses
# to start; with SLURM_JOB_END_TIME, the task would stop before the end of the allocation, and HyperQueue
# would count it as failed instead of lost.
hq submit --name boundary --array "1-$workers" --cpus 1 --crash-limit 1000 \
    --stdout none --stderr "boundary-%{JOB_ID}-%{TASK_ID}.log" \
    -- env --unset=SLURM_STEP_ID --unset=SLURM_JOB_END_TIME "$program" boundary work --study "$study" "${@:3}"
