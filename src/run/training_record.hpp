#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "io/store/training_clips.hpp"
#include "src/run/data_set.hpp"

namespace sslslr {

/// Keeps RUN/training_clips.h5: by it every later evaluation recognises the clips that the training has seen,
/// also when their store is gone, moved or rewritten.
class TrainingRecord {
public:
    /// @param data   keeps fingerprints; must outlive this, as must ranks
    /// @param clips  that are trained on
    TrainingRecord(std::filesystem::path run, const DataSet& data, std::vector<std::int64_t> clips,
                   const Ranks& ranks);

    /// Says that the run resumes from a checkpoint: what is written is of the same clips, whatever store
    /// holds them now. A record that is missing then is made by reading all clips.
    void resume() { is_resumed_ = true; }

    /// Writes the clips that were read by now; does nothing once they all are written. What cannot be written is a warning,
    /// for the training can do without: the next call tries again. Collective.
    /// @throws dist::AgreedError  a missing record is made, and a block of the store is damaged
    void update();

private:
    /// What an earlier start of the run has written, if it was of the same clips.
    /// Throws nothing: one rank calls it.
    std::optional<io::TrainingClips> written() const;
    /// Likewise. @return whether all clips are written
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
