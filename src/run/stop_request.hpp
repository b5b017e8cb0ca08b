#pragma once

#include <string>
#include <vector>

namespace sslslr {

/// Makes SIGTERM, SIGUSR1 (a scheduler's notice), SIGHUP (a closed terminal) and SIGINT (Ctrl-C) request a
/// checkpoint and a stop instead of killing the process. They may arrive repeatedly, except that a second
/// SIGINT kills. SIGHUP and SIGINT stay ignored if the program was started that way (nohup, a script's `&`).
void catch_stop_signals();

/// Sets the time after which the program requests a stop by itself. The request comes earlier than that, by a
/// minute or a tenth of the limit, whichever is less, or by three steps if these take longer (see
/// note_step()).
/// @param limit  time since the program's start, in Slurm's format: M, M:S, H:M:S, D-H, D-H:M or D-H:M:S;
///               empty: the end of the Slurm job (SLURM_JOB_END_TIME), if any
/// @throws ConfigError  the text is not in this format, or the time is zero
void set_time_limit(const std::string& limit);

/// Records the duration of a step of the work. From the second step on, the stop is requested early enough
/// for three more steps of the median duration of the last five.
void note_step(double seconds);

/// Returns whether this rank should stop: a signal has arrived, or the time is nearly up.
bool stop_requested();

/// Returns why this rank should stop, for "stopped ... after step 7": "on request", "before the time limit",
/// or details of the Slurm job's limit. Empty if it should not stop.
std::string stop_cause();

/// Returns the cause to report for all ranks, although only some may have received the signal: "on request"
/// if any rank gives that.
/// @param of_ranks  stop_cause() of each rank
std::string common_stop_cause(const std::vector<std::string>& of_ranks);

}  // namespace sslslr
