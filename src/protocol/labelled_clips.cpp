#include "src/protocol/labelled_clips.hpp"

#include <algorithm>
#include <iterator>

#include "src/data/stratified_share.hpp"

namespace sslslr {

namespace {

std::vector<std::int64_t> drawn(const std::vector<std::int64_t>& clips,
                                const std::vector<std::int64_t>& labels, const LabelAmount& amount,
                                std::uint64_t seed) {
    return amount.count > 0 ? stratified_count(clips, labels, amount.count, seed)
                            : stratified_share(clips, labels, amount.fraction, seed);
}

}  // namespace

LabelledClips::LabelledClips(const EvaluationClips& clips, const LabelAmount& amount, std::uint64_t seed)
    : train_{drawn(clips.train, clips.labels, amount, seed)},
      validation_{drawn(clips.validation, clips.labels, amount, seed)},
      labels_(clips.labels.size(), -1) {
    std::ranges::set_union(train_, validation_, std::back_inserter(both_));
    for (const auto clip : both_) {
        labels_[static_cast<std::size_t>(clip)] = clips.labels[static_cast<std::size_t>(clip)];
    }
}

torch::Tensor LabelledClips::of(const std::vector<std::int64_t>& clips) const {
    return torch::tensor(labels_of(clips, labels_), torch::kInt64);
}

}  // namespace sslslr
