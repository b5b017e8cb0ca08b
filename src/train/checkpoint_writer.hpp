#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "dist/group.hpp"
#include "io/tensors/checkpoint_file.hpp"
#include "src/train/checkpoints.hpp"
#include "src/train/latest_task.hpp"

namespace sslslr {

/// A checkpoint to write, and how many there may be then.
struct CheckpointOrder {
    std::int64_t step = 0;
    io::CheckpointFile content;
    std::int64_t keep = 2;  ///< the oldest beyond so many are deleted
};

/// Writes the checkpoints of a training, on rank 0 in the background. Where one cannot be written, it warns,
/// lets the training go on and tries a newer one after a while; older checkpoints are kept then.
class CheckpointWriter {
public:
    /// @param group  must outlive this
    /// @param take  gives the training as it stands; called on rank 0, from within the calls below
    /// @param warn  called on rank 0, likewise
    /// @param write_file  writes one checkpoint; called on rank 0, in the thread that writes
    CheckpointWriter(const Checkpoints& checkpoints, dist::Group& group,
                     std::function<CheckpointOrder()> take, std::function<void(const std::string&)> warn,
                     std::function<void(const std::filesystem::path&, const io::CheckpointFile&)> write_file);

    /// Takes a checkpoint and has it written, unless there was no space a moment ago. Returns at once, but
    /// where the one before is still being written: waits for it for a second, and from then on of those that
    /// wait only the newest will be written.
    void start();

    /// After every step: tells of a checkpoint that could not be written and tries again when it is time.
    void look_after();

    /// Returns once the newest checkpoint is on the disk, however long that takes. Collective.
    /// @throws dist::AgreedError  it could not be written, three times
    void finish();

private:
    void write(const CheckpointOrder& order);
    bool is_writer() const { return group_.rank() == 0; }

    const std::filesystem::path folder_;
    dist::Group& group_;
    const std::function<CheckpointOrder()> take_;
    const std::function<void(const std::string&)> warn_;
    const std::function<void(const std::filesystem::path&, const io::CheckpointFile&)> write_file_;
    std::optional<std::chrono::steady_clock::time_point> next_try_;  ///< after one that failed
    LatestTask task_;                                                // last: it uses all of the above
};

}  // namespace sslslr
