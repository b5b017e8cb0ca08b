#pragma once

#include <filesystem>
#include <vector>

#include "launch/data_set.hpp"

namespace sslslr {

/// Keeps RUN/training_clips.h5: by it every later evaluation recognises the clips that the training has seen, when their store
/// is gone, moved or rewritten, too.
class TrainingRecord {
public:
    /// @param data   keeps fingerprints; must outlive this, as must ranks
    /// @param clips  that are trained on
    TrainingRecord(std::filesystem::path run, const DataSet& data, std::vector<std::int64_t> clips,
                   const Ranks& ranks);

    /// Writes the clips that were read by now; does nothing once they all are written. What cannot be written is a warning,
    /// for the training can do without: the next call tries again. Collective.
    void update();

private:
    bool is_written() const;
    bool write(const std::vector<io::ClipPrint>& prints) const;

    std::filesystem::path path_;
    const DataSet& data_;
    std::vector<std::int64_t> clips_;
    const Ranks& ranks_;
    bool is_complete_;
};

}  // namespace sslslr
