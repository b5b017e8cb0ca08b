#pragma once

#include <string>
#include <vector>

namespace sslslr {

/// From here on SIGTERM, SIGUSR1 (a scheduler's notice), SIGHUP (a terminal that was closed) and SIGINT (Ctrl-C) ask for
/// a checkpoint and an end instead of killing. All may arrive any number of times but SIGINT: a second one kills. SIGHUP
/// and SIGINT stay ignored where the program was started so (nohup, a script's `&`).
void catch_stop_signals();

/// The program is to end by itself before its time is up.
/// @param limit  since the program's start, as Slurm writes it: M, M:S, H:M:S, D-H, D-H:M or D-H:M:S; empty: the end
///               that Slurm has told (SLURM_JOB_END_TIME), if any
/// @throws ConfigError  no such time, or no time at all
void set_time_limit(const std::string& limit);

/// A step of the work took so long: the end is asked for early enough for three more of the usual length, the median of the
/// last five; from the second step on.
void note_step(double seconds);

/// Whether this rank is to end: a signal has arrived, or the time is nearly up.
bool stop_requested();

/// Why this rank is to stop, for "stopped ... after step 7": "on request", "before the time limit", or what of Slurm's;
/// empty if it need not.
std::string stop_cause();

/// The cause of a stop of all ranks, of which some may have heard alone.
/// @param of_ranks  each one's stop_cause()
std::string common_stop_cause(const std::vector<std::string>& of_ranks);

}  // namespace sslslr
