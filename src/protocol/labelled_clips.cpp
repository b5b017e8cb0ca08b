#include "src/protocol/labelled_clips.hpp"

#include <algorithm>
#include <iterator>

#include "src/data/stratified_share.hpp"

namespace sslslr {

LabelledClips::LabelledClips(const EvaluationClips& clips, double fraction, std::uint64_t seed)
    : train_{stratified_share(clips.train, clips.labels, fraction, seed)},
      validation_{stratified_share(clips.validation, clips.labels, fraction, seed)},
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
