# Settings for Open MPI's mpirun on several hosts. Source it before mpirun, in any POSIX shell.
# shellcheck shell=sh
#
# mpirun notices the sudden loss of a host (power, cable) by the silence of its connection. By default that
# takes about 15 minutes, although the ranks report the loss within seconds. With these settings it takes
# about 4 s, and mpirun exits with 205. A longer pause of the network also ends the job; if that happens,
# increase the number of probes.
export OMPI_MCA_oob_tcp_keepalive_time="${OMPI_MCA_oob_tcp_keepalive_time:-1}"      # s of silence before the first probe
export OMPI_MCA_oob_tcp_keepalive_intvl="${OMPI_MCA_oob_tcp_keepalive_intvl:-1}"    # s between probes
export OMPI_MCA_oob_tcp_keepalive_probes="${OMPI_MCA_oob_tcp_keepalive_probes:-3}"  # until the host is lost
