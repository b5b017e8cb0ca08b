# Open MPI's mpirun over several hosts; sourced before it starts, by any POSIX shell.
# shellcheck shell=sh
#
# mpirun notices a host that is lost without a goodbye (its power, a cable) by the silence of its connection. By default that
# takes about 15 minutes, although the ranks report the loss within seconds; so, it takes about 4 s, and mpirun ends with 205.
# A network that pauses for longer than that ends the job, too: give more probes then.
export OMPI_MCA_oob_tcp_keepalive_time="${OMPI_MCA_oob_tcp_keepalive_time:-1}"      # s of silence before the first probe
export OMPI_MCA_oob_tcp_keepalive_intvl="${OMPI_MCA_oob_tcp_keepalive_intvl:-1}"    # s between probes
export OMPI_MCA_oob_tcp_keepalive_probes="${OMPI_MCA_oob_tcp_keepalive_probes:-3}"  # without an answer: the host is lost
