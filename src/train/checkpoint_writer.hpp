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

/// A checkpoint to write, and the number of checkpoints to keep.
struct CheckpointOrder {
    std::int64_t step = 0;
    io::CheckpointFile content;
    std::int64_t keep = 2;  ///< older checkpoints beyond this number are deleted
};                          ///< older checkpoints beyond this number are deleted

/// Writes the checkpoints of a training, on rank 0 in the background. If one cannot be written, it warns,
/// keeps older checkpoints and tries a newer one after a while; the training continues meanwhile.
class CheckpointWriter {
public:
    /// @param group  must outlive this
    /// @param take  returns the state of the training; called on rank 0, within the calls below
    /// @param warn  likewise called on rank 0
    /// @param write_file  writes one checkpoint; called on rank 0, on the writing thread
    CheckpointWriter(const Checkpoints& checkpoints, dist::Group& group,
                     std::function<CheckpointOrder()> take, std::function<void(const std::string&)> warn,
                     std::function<void(const std::filesystem::path&, const io::CheckpointFile&)> write_file);

    /// Takes a checkpoint and starts writing it, unless the last one failed and is not due to be tried again.
    /// Returns at once, unless the checkpoint before is still being written: then it waits for that one for
    /// at most a second. Of the checkpoints that wait, only the newest is written.
    void start();

    /// To be called after every step: reports a checkpoint that could not be written, and tries again when it
    /// is due.
    void look_after();

    /// Waits until the newest checkpoint is on the disk, however long that takes. Collective.
    /// @throws dist::AgreedError  three attempts to write it failed
    void finish();

private:
    void write(const CheckpointOrder& order);
    bool is_writer() const { return group_.rank() == 0; }

    const std::filesystem::path folder_;
    dist::Group& group_;
    const std::function<CheckpointOrder()> take_;
    const std::function<void(const std::string&)> warn_;
    const std::function<void(const std::filesystem::path&, const io::CheckpointFile&)> write_file_;
    std::optional<std::chrono::steady_clock::time_point> next_try_;  ///< set after a failure
    LatestTask task_;                                                // last: it uses all of the above
};

}  // namespace sslslr
