#pragma once

#include <functional>
#include <string>

#include "dist/communicator.hpp"

namespace sslslr {

/// The ranks that mpirun or srun started.
struct Ranks {
    const dist::Communicator& world;
    const dist::Communicator& node;  ///< the ranks on this node
    /// Shows a line to the user; every rank that calls it shows one.
    std::function<void(const std::string&)> note;

    bool is_first() const { return world.rank() == 0; }
    void warn(const std::string& text) const { note("warning: " + text); }
};

}  // namespace sslslr
