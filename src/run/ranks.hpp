#pragma once

#include <functional>
#include <string>

#include "dist/communicator.hpp"

namespace sslslr {

/// The ranks that mpirun or srun started.
struct Ranks {
    const dist::Communicator& world;
    const dist::Communicator& node;  ///< those that share this rank's memory
    /// Shows a line to the person who started them, from the rank that calls it.
    std::function<void(const std::string&)> note;

    bool is_first() const { return world.rank() == 0; }
    void warn(const std::string& text) const { note("warning: " + text); }
};

}  // namespace sslslr
