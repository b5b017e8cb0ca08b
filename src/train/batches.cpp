#include "src/train/batches.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/data/epoch_order.hpp"
#include "src/data/gather.hpp"
#include "src/data/keyed_random.hpp"
#include "src/errors.hpp"
#include "src/train/epoch_steps.hpp"

namespace sslslr {

Batches::Batches(const Features& features, std::vector<std::int64_t> clips, BatchConfig config,
                 std::vector<std::int64_t> labels)
    : features_{features},
      clips_{std::move(clips)},
      config_{std::move(config)},
      augmentation_{config_.augmentation, features.layout, config_.seed, config_.boundaries},
      labels_{std::move(labels)} {
    if (config_.global_batch < 1) {
        throw ConfigError{
            fmt::format("{}: expected 1 or more", io::setting("global-batch", config_.global_batch))};
    }
}

std::int64_t Batches::steps_per_epoch() const noexcept {
    return epoch_steps(clips(), config_.global_batch);
}

std::vector<std::int64_t> Batches::global_clips(std::int64_t step) const {
    const auto epoch = step / steps_per_epoch();
    const auto begin = step % steps_per_epoch() * config_.global_batch;
    const auto end = std::min(begin + config_.global_batch, clips());
    std::vector<std::int64_t> batch;
    const std::scoped_lock lock{known_.mutex};
    if (known_.epoch != epoch) {
        known_.order = epoch_order(config_.seed, epoch, clips());
        known_.epoch = epoch;
    }
    for (auto i = begin; i < end; ++i) {
        batch.push_back(clips_[static_cast<std::size_t>(known_.order[static_cast<std::size_t>(i)])]);
    }
    return batch;
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
    const auto global = global_clips(step);
    std::vector<std::int64_t> lengths;
    for (const auto clip : global) {
        lengths.push_back(features_.length(clip));
    }
    const auto mine = share_of(global, lengths, rank, ranks);

    const auto recorded = gathered(mine);
    const auto view = [&](std::int64_t number) {
        return augmentation_.make_view(recorded, step / steps_per_epoch(), number);
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
    batch.first = mine.data() - global.data();
    batch.global_size = static_cast<std::int64_t>(global.size());
    batch.dropout_seed =
        mix({config_.seed, static_cast<std::uint64_t>(Purpose::dropout), static_cast<std::uint64_t>(step)});
    return batch;
}

}  // namespace sslslr
