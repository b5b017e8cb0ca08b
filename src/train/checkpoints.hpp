#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "dist/communicator.hpp"
#include "io/checkpoint_file.hpp"

namespace sslslr {

/// The checkpoints of one run, in RUN/checkpoints. Rank 0 touches the disk, an error becomes every rank's.
/// Members are collective.
class Checkpoints {
public:
    /// @param ranks  must outlive this
    Checkpoints(const std::filesystem::path& run, const dist::Communicator& ranks);

    /// The newest readable one, the same on every rank; none if there are none.
    /// @param warn  hears, on rank 0, of damaged ones that were passed over
    /// @throws dist::AgreedError  there are checkpoints, but all are damaged
    std::optional<io::CheckpointFile> read_newest(const std::function<void(const std::string&)>& warn) const;

    /// @throws dist::AgreedError  it is missing or damaged
    io::CheckpointFile read(std::int64_t step) const;

    /// Writes one and removes the oldest beyond `keep`, never that of `protected_step`.
    /// @throws dist::AgreedError  the file system refuses
    void write(std::int64_t step, const io::CheckpointFile& content, std::int64_t keep,
               std::int64_t protected_step) const;

    /// Removes those of later steps.
    void remove_after(std::int64_t step) const;

private:
    std::filesystem::path folder_;
    const dist::Communicator& ranks_;
};

}  // namespace sslslr
