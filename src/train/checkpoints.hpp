#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "dist/communicator.hpp"
#include "io/checkpoint_file.hpp"
#include "src/train/latest_task.hpp"

namespace sslslr {

/// The checkpoints of one run, RUN/checkpoints/step-NNNNNNNNN.h5. Rank 0 writes, in the background; all ranks read.
class Checkpoints {
public:
    /// @param ranks  must outlive this
    Checkpoints(const std::filesystem::path& run, const dist::Communicator& ranks);

    /// The newest checkpoint that can be read, if the run has any; damaged ones are passed over with a
    /// warning. What a killed writer left half-written is removed. Collective.
    /// @param warn  called on rank 0
    /// @throws dist::AgreedError  there are checkpoints, and none can be read
    std::optional<io::CheckpointFile> read_newest(const std::function<void(const std::string&)>& warn) const;

    /// @throws dist::AgreedError  it cannot be read. Collective.
    io::CheckpointFile read(std::int64_t step) const;

    /// Has a checkpoint written, then deletes the oldest beyond `keep`, but never that of `protected_step`. Returns at
    /// once, unless the one before is still being written: waits for it for 5 s, and from then on of those that wait only
    /// the newest will be written. On rank 0 alone.
    void start_writing(std::int64_t step, io::CheckpointFile content, std::int64_t keep,
                       std::int64_t protected_step);

    /// What a writing has failed with since the last call, io::DataError; older checkpoints are kept then. On rank 0 alone.
    std::exception_ptr take_error() { return writer_.take_error(); }

    /// Returns once all is written or has failed. On rank 0 alone.
    void wait() { writer_.wait(); }

    /// Deletes all after a step. Collective. @throws dist::AgreedError
    void remove_after(std::int64_t step) const;

    /// The next `count` writings find no space (Fault).
    void fail_writings(int count) noexcept { failures_to_come_ = count; }

private:
    void write(std::int64_t step, const io::CheckpointFile& content, std::int64_t keep,
               std::int64_t protected_step);

    std::filesystem::path folder_;
    const dist::Communicator& ranks_;
    std::atomic<int> failures_to_come_ = 0;
    LatestTask writer_;  // last: it uses all of the above
};

}  // namespace sslslr
