#!/usr/bin/env bash
# Works on a planned boundary search by HyperQueue tasks: each is a worker that takes jobs until none is left.
# Wherever `hq` reaches its server, from any folder:
#
#   sslslr boundary plan --study STUDY --data STORE.h5 ...
#   launch/hyperqueue/boundary.sh STUDY 16        # 16 workers of one core each
#
# What follows the number goes to `boundary work` (--lease-seconds 120). The program is that of this checkout, or SSLSLR.
# When HyperQueue loses one of its own workers, it starts that worker's tasks elsewhere; the search jobs that they had
# begun go to whoever asks once their leases have run out. More tasks may be submitted at any time; those that find
# nothing to do end. The study's folder must be on a file system that all nodes share.
#
# For jobs of several ranks (boundary plan --ranks-per-job), start one worker on a whole allocation by
# `source launch/shell/mpirun.sh; mpirun sslslr boundary work --study STUDY` instead.
set -euo pipefail

usage="usage: boundary.sh STUDY WORKERS [options of sslslr boundary work]"
study=$(realpath "${1:?$usage}")
workers=${2:?$usage}
if [[ ! $workers =~ ^[1-9][0-9]*$ ]]; then
    echo "boundary.sh: WORKERS is \"$workers\"; expected a number from 1 on" >&2
    exit 2
fi
root=$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")
program=$(realpath "${SSLSLR:-$root/build/release/bin/sslslr}")

# A task is lost with every allocation that ends, so many losses are no fault of its own. What it does is in the study's
# journals: only errors are worth a file. Workers of HyperQueue that srun started pass its SLURM_STEP_ID on to the task,
# by which Open MPI takes it for one of srun's and refuses to start; and the end of their allocation, before which the
# task would end by itself: for HyperQueue it would have failed, not been lost.
hq submit --name boundary --array "1-$workers" --cpus 1 --crash-limit 1000 \
    --stdout none --stderr "boundary-%{JOB_ID}-%{TASK_ID}.log" \
    -- env --unset=SLURM_STEP_ID --unset=SLURM_JOB_END_TIME "$program" boundary work --study "$study" "${@:3}"
