#include "src/run/training_record.hpp"

#include <algorithm>
#include <exception>
#include <map>

#include <fmt/format.h>

namespace sslslr {

TrainingRecord::TrainingRecord(std::filesystem::path run, const DataSet& data,
                               std::vector<std::int64_t> clips, const Ranks& ranks)
    : path_{std::move(run) / io::training_clips_file}, data_{data}, clips_{std::move(clips)}, ranks_{ranks} {}

void TrainingRecord::update() {
    if (is_complete_) {
        return;
    }
    const auto before = ranks_.is_first() ? written() : std::nullopt;
    // Only the record says which clips the run has seen before it was resumed. Without it, read all clips.
    const bool is_lost =
        !ranks_.world.broadcast(ranks_.is_first() && is_resumed_ && !before ? "lost" : "").empty();
    const auto prints = is_lost ? data_.prints(clips_, ranks_) : data_.known_prints(clips_, ranks_);
    is_complete_ =
        !ranks_.world.broadcast(ranks_.is_first() && write(before, prints) ? "complete" : "").empty();
}

std::optional<io::TrainingClips> TrainingRecord::written() const {
    std::error_code error;
    if (!std::filesystem::exists(path_, error) && !error) {
        return std::nullopt;
    }
    try {
        auto clips = io::read_training_clips(path_);
        if (is_resumed_ || clips.data == data_.fingerprint()) {
            return clips;
        }
    } catch (const std::exception& problem) {
        ranks_.warn(fmt::format("{}; writing it again", problem.what()));
    }
    return std::nullopt;
}

bool TrainingRecord::write(const std::optional<io::TrainingClips>& before,
                           const std::vector<io::ClipPrint>& prints) const {
    std::map<std::int64_t, io::ClipPrint> seen;
    for (std::size_t i = 0; before && i < before->numbers.size(); ++i) {
        seen.emplace(before->numbers[i], before->prints[i]);
    }
    for (std::size_t i = 0; i < clips_.size(); ++i) {
        if (prints[i].frames > 0) {
            seen.emplace(clips_[i], prints[i]);
        }
    }
    io::TrainingClips record{.data = data_.fingerprint(), .numbers = {}, .prints = {}};
    for (const auto& [clip, print] : seen) {
        record.numbers.push_back(clip);
        record.prints.push_back(print);
    }
    try {
        if (!before || before->data != record.data || before->numbers.size() != record.numbers.size()) {
            io::write_training_clips(path_, record);
        }
    } catch (const std::exception& problem) {
        ranks_.warn(
            fmt::format("{}; without this file no evaluation can recognise the training clips in "
                        "another store; the training continues and tries again with the next checkpoint",
                        problem.what()));
        return false;
    }
    return std::ranges::all_of(clips_, [&](std::int64_t clip) { return seen.contains(clip); });
}

}  // namespace sslslr
