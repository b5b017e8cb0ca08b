#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "dist/communicator.hpp"
#include "io/tensors/checkpoint_file.hpp"

namespace sslslr {

/// The checkpoints of one run, RUN/checkpoints/step-NNNNNNNNN.h5; CheckpointWriter writes them.
class Checkpoints {
public:
    /// @param ranks  must outlive this
    Checkpoints(const std::filesystem::path& run, const dist::Communicator& ranks);

    /// Deletes what a killed writer has left half-written; for the run's only writer. Collective.
    void remove_half_written() const;

    /// The newest checkpoint that can be read, if the run has any; damaged ones are passed over with a
    /// warning. Collective.
    /// @param warn  called on rank 0
    /// @throws dist::AgreedError  there are checkpoints, and none can be read
    std::optional<io::CheckpointFile> read_newest(const std::function<void(const std::string&)>& warn) const;

    const std::filesystem::path& folder() const noexcept { return folder_; }

private:
    std::filesystem::path folder_;
    const dist::Communicator& ranks_;
};

}  // namespace sslslr
