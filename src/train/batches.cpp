#include "src/train/batches.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/data/gather.hpp"
#include "src/data/keyed_random.hpp"
#include "src/errors.hpp"
#include "src/train/epoch_steps.hpp"

namespace sslslr {
namespace {

/// The first place of a clip in a batch has views 0, 1 and 2; its next place has the following three.
constexpr std::int64_t views_of_a_place = 3;

}  // namespace

void check_global_batch(std::int64_t global_batch) {
    require(global_batch >= 1,
            fmt::format("{}: expected 1 or more", io::setting("global-batch", global_batch)));
}

Batches::Batches(const Features& features, std::vector<std::int64_t> clips, BatchConfig config,
                 std::vector<std::int64_t> labels)
    : features_{features},
      clips_{std::move(clips)},
      config_{std::move(config)},
      augmentation_{config_.augmentation, features.layout, config_.seed},
      labels_{std::move(labels)} {
    check_global_batch(config_.global_batch);
    if (!config_.groups.empty()) {
        std::ranges::transform(clips_, std::back_inserter(groups_), [this](auto clip) {
            return config_.groups.at(static_cast<std::size_t>(clip));
        });
    }
    if (std::ranges::adjacent_find(groups_, std::not_equal_to{}) == groups_.end()) {
        groups_.clear();  // a single group needs no balancing
    }
}

std::int64_t Batches::steps_per_epoch() const noexcept {
    return epoch_steps(clips(), config_.global_batch);
}

std::vector<Visit> Batches::order_of(std::int64_t epoch) const {
    if (!groups_.empty()) {
        return balanced_order(config_.seed, epoch, groups_);
    }
    std::vector<Visit> order;
    for (const auto clip : epoch_order(config_.seed, epoch, clips())) {
        order.push_back({clip, epoch});
    }
    return order;
}

Batches::Places Batches::global_places(std::int64_t step) const {
    const auto epoch = step / steps_per_epoch();
    const auto begin = step % steps_per_epoch() * config_.global_batch;
    const auto end = std::min(begin + config_.global_batch, clips());
    std::vector<Visit> visits;
    {
        const std::scoped_lock lock{known_.mutex};
        if (known_.epoch != epoch) {
            known_.order = order_of(epoch);
            known_.epoch = epoch;
        }
        visits.assign(known_.order.begin() + begin, known_.order.begin() + end);
    }
    // Puts clips with the same number of passes side by side, so that their views are made together.
    std::ranges::stable_sort(visits, {}, &Visit::pass);
    Places places;
    std::map<std::int64_t, std::int64_t> earlier;
    for (const auto& [clip, pass] : visits) {
        places.clips.push_back(clips_[static_cast<std::size_t>(clip)]);
        places.passes.push_back(pass);
        places.repeats.push_back(groups_.empty() ? 0 : earlier[clip]++);
    }
    return places;
}

PackedClips Batches::recorded(std::int64_t begin, std::int64_t end) const {
    return gather(features_, std::span{clips_}.subspan(static_cast<std::size_t>(begin),
                                                       static_cast<std::size_t>(end - begin)));
}

Batch Batches::share(std::int64_t step, int rank, int ranks, const Method& method) const {
    return make_share(step, rank, ranks, method, [this](auto clips) { return gather(features_, clips); });
}

Batch Batches::blank_share(std::int64_t step, int rank, int ranks, const Method& method) const {
    return make_share(step, rank, ranks, method, [this](auto clips) {
        auto blank = describe(features_, clips, 0);
        blank.frames = torch::zeros({blank.offsets.back(), features_.layout.width()},
                                    gather(features_, {}).frames.options());
        return blank;
    });
}

Batch Batches::make_share(std::int64_t step, int rank, int ranks, const Method& method,
                          const Gather& gathered) const {
    const auto global = global_places(step);
    std::vector<std::int64_t> lengths;
    for (const auto clip : global.clips) {
        lengths.push_back(features_.length(clip));
    }
    const auto mine = share_of(global.clips, lengths, rank, ranks);
    const auto first = mine.data() - global.clips.data();

    struct Run {
        PackedClips recorded;
        std::int64_t pass;  ///< of all its clips
    };
    std::vector<Run> runs;
    for (auto left = mine; !left.empty() || runs.empty();) {
        const auto at = static_cast<std::size_t>(left.data() - global.clips.data());
        const auto passes = std::span{global.passes}.subspan(at, left.size());
        const auto same = std::ranges::find_if(passes, [&](auto pass) { return pass != passes.front(); });
        const auto count = static_cast<std::size_t>(same - passes.begin());
        runs.push_back({gathered(left.first(count)), left.empty() ? 0 : passes.front()});
        left = left.subspan(count);
    }
    const auto view = [&](std::int64_t number) {
        std::vector<PackedClips> parts;
        for (const auto& run : runs) {
            parts.push_back(augmentation_.make_view(run.recorded, run.pass, number));
        }
        auto made = concatenate(parts);
        for (std::size_t at = 0; at < mine.size(); ++at) {
            made.views[at] += views_of_a_place * global.repeats[static_cast<std::size_t>(first) + at];
        }
        return made;
    };
    Batch batch;
    const auto wanted = method.views();
    if (wanted.anchor) {
        batch.views.anchor = view(0);
    }
    batch.views.first = view(1);
    if (wanted.second) {
        batch.views.second = view(2);
    }
    if (method.uses_labels()) {
        std::vector<std::int64_t> labels;
        for (const auto clip : mine) {
            labels.push_back(labels_[static_cast<std::size_t>(clip)]);
        }
        batch.labels = torch::tensor(labels, torch::kInt64);
    }
    batch.first = first;
    batch.global_size = std::ssize(global.clips);
    batch.dropout_seed =
        mix({config_.seed, static_cast<std::uint64_t>(Purpose::dropout), static_cast<std::uint64_t>(step)});
    return batch;
}

}  // namespace sslslr
