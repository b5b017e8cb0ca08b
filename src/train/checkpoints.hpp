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

    /// Deletes partial files that a killed writer has left. Only for the run's only writer. Collective.
    void remove_half_written() const;

    /// Returns the newest checkpoint that can be read, or none if the run has no checkpoint. Damaged ones are
    /// skipped with a warning. Collective.
    /// @param warn  called on rank 0
    /// @throws dist::AgreedError  there are checkpoints, but none can be read
    std::optional<io::CheckpointFile> read_newest(const std::function<void(const std::string&)>& warn) const;

    const std::filesystem::path& folder() const noexcept { return folder_; }

private:
    std::filesystem::path folder_;
    const dist::Communicator& ranks_;
};

}  // namespace sslslr
