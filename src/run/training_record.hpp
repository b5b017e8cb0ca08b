#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "io/store/training_clips.hpp"
#include "src/run/data_set.hpp"

namespace sslslr {

/// Maintains RUN/training_clips.h5, from which later evaluations recognise the training clips even if their
/// store was deleted, moved or rewritten.
class TrainingRecord {
public:
    /// @param data   must keep fingerprints, and outlive this object, as must ranks
    /// @param clips  training clips
    TrainingRecord(std::filesystem::path run, const DataSet& data, std::vector<std::int64_t> clips,
                   const Ranks& ranks);

    /// Declares that the run resumes from a checkpoint: an existing record is of the same clips, even if
    /// their store has changed. If it is missing, update() reads all clips to create it again.
    void resume() { is_resumed_ = true; }

    /// Records the clips that have been read so far; does nothing once all are recorded. If the file cannot
    /// be written, training continues with a warning, and the next call tries again. Collective.
    /// @throws dist::AgreedError  a missing record is created again, and a block of the store is damaged
    void update();

private:
    /// Returns the existing record if it is of the same clips. Only one rank calls it, so it does not throw.
    std::optional<io::TrainingClips> written() const;
    /// Writes the record. Only one rank calls it, so it does not throw.
    /// @return whether all clips are recorded
    bool write(const std::optional<io::TrainingClips>& before,
               const std::vector<io::ClipPrint>& prints) const;

    std::filesystem::path path_;
    const DataSet& data_;
    std::vector<std::int64_t> clips_;
    const Ranks& ranks_;
    bool is_resumed_ = false;
    bool is_complete_ = false;
};

}  // namespace sslslr
