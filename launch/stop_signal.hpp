#pragma once

namespace sslslr {

/// From here on SIGTERM and SIGUSR1 (a scheduler's notice) ask for a checkpoint and an end instead of
/// killing.
void catch_stop_signals();

/// Whether one has arrived at this rank.
bool stop_signal_arrived();

}  // namespace sslslr
