#pragma once

#include <cstdint>
#include <string>

#include "src/train/run.hpp"

namespace sslslr {

enum class FaultKind {
    kill,     ///< the process sends itself SIGKILL
    freeze,   ///< the process sends itself SIGSTOP: it stays alive but does nothing
    hang,     ///< the training thread sleeps forever
    crash,    ///< the process sends itself SIGSEGV
    nan,      ///< the encoder's weights become NaN
    throws,   ///< throws an exception
    enospc,   ///< the next two writes of a checkpoint fail for lack of space
    sigterm,  ///< the process sends itself SIGTERM
};

/// A deliberate failure on one rank before a training step, to test how failures on a cluster are handled.
struct Fault {
    int rank = 0;
    std::int64_t step = 0;  ///< counted from 1
    FaultKind kind = FaultKind::kill;

    /// @param text  "RANK:STEP:KIND", KIND one of kill, freeze, hang, crash, nan, throw, enospc, sigterm
    /// @throws ConfigError  any other text, a rank not below `ranks`, or enospc on a rank other than 0, which
    ///                      writes no checkpoints
    static Fault parse(const std::string& text, int ranks);
};

/// Replaces before_step and write_checkpoint of a training's hooks so that the fault occurs. Every rank must
/// call it with the same fault.
/// @param trainer  trainer that will run with the hooks; must outlive them
void rehearse(const Fault& fault, Trainer& trainer, int rank, RunHooks& hooks);

}  // namespace sslslr
