#include "launch/training_record.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "io/data_error.hpp"
#include "io/training_clips.hpp"
#include "launch/terminal.hpp"

namespace sslslr {
namespace {

/// What an earlier life of the run has written, if it was of the same data.
io::TrainingClips written(const std::filesystem::path& path, const std::string& data) {
    if (std::filesystem::exists(path)) {
        try {
            auto clips = io::read_training_clips(path);
            if (clips.data == data) {
                return clips;
            }
        } catch (const io::DataError& error) {
            print_warning(fmt::format("{}: it is written again", error.what()));
        }
    }
    return {};
}

}  // namespace

TrainingRecord::TrainingRecord(std::filesystem::path run, const DataSet& data,
                               std::vector<std::int64_t> clips, const Ranks& ranks)
    : path_{std::move(run) / io::training_clips_file},
      data_{data},
      clips_{std::move(clips)},
      ranks_{ranks},
      is_complete_{!ranks.world.broadcast(ranks.is_first() && is_written() ? "complete" : "").empty()} {}

bool TrainingRecord::is_written() const {
    auto known = written(path_, data_.fingerprint()).numbers;
    auto wanted = clips_;
    std::ranges::sort(known);
    std::ranges::sort(wanted);
    return known == wanted;
}

void TrainingRecord::update() {
    if (is_complete_) {
        return;
    }
    const auto prints = data_.known_prints(clips_, ranks_);
    is_complete_ = !ranks_.world.broadcast(ranks_.is_first() && write(prints) ? "complete" : "").empty();
}

bool TrainingRecord::write(const std::vector<io::ClipPrint>& prints) const {
    const auto fingerprint = data_.fingerprint();
    std::map<std::int64_t, io::ClipPrint> seen;
    const auto before = written(path_, fingerprint);
    for (std::size_t i = 0; i < before.numbers.size(); ++i) {
        seen.emplace(before.numbers[i], before.prints[i]);
    }
    for (std::size_t i = 0; i < clips_.size(); ++i) {
        if (prints[i].frames > 0) {
            seen.emplace(clips_[i], prints[i]);
        }
    }
    io::TrainingClips record{.data = fingerprint, .numbers = {}, .prints = {}};
    for (const auto& [clip, print] : seen) {
        record.numbers.push_back(clip);
        record.prints.push_back(print);
    }
    try {
        io::write_training_clips(path_, record);
    } catch (const io::DataError& error) {
        print_warning(
            fmt::format("{}; without this file no evaluation can recognise the training clips in "
                        "another store; the training continues and tries again with the next checkpoint",
                        error.what()));
        return false;
    }
    return std::ranges::all_of(clips_, [&](std::int64_t clip) { return seen.contains(clip); });
}

}  // namespace sslslr
