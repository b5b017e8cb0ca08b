#pragma once

#include <cstdint>
#include <string>

#include "src/train/run.hpp"

namespace sslslr {

enum class FaultKind {
    kill,     ///< SIGKILL to itself
    freeze,   ///< SIGSTOP to itself: the process lives and does nothing
    hang,     ///< its training thread sleeps for ever
    crash,    ///< SIGSEGV
    nan,      ///< its weights become NaN
    throws,   ///< an exception
    enospc,   ///< the next writings of checkpoints find no space
    sigterm,  ///< SIGTERM to itself
};

/// A failure made on purpose, to rehearse what a cluster does: before step `step` it strikes rank `rank`.
struct Fault {
    int rank = 0;
    std::int64_t step = 0;  ///< counted from 1
    FaultKind kind = FaultKind::kill;

    /// @param text  "RANK:STEP:KIND", KIND one of kill, freeze, hang, crash, nan, throw, enospc, sigterm
    /// @throws ConfigError  any other text, a rank beyond `ranks`, or enospc on a rank that writes no
    ///                      checkpoints
    static Fault parse(const std::string& text, int ranks);
};

/// Replaces before_step and write_checkpoint of a training's hooks such that the fault strikes. Call on every
/// rank with the same fault.
/// @param trainer  of the training that will run with the hooks; must outlive them
void rehearse(const Fault& fault, Trainer& trainer, int rank, RunHooks& hooks);

}  // namespace sslslr
