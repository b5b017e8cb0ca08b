#include "src/evaluate/embed.hpp"

#include <algorithm>
#include <vector>

#include "io/file/data_error.hpp"
#include "src/data/gather.hpp"
#include "src/errors.hpp"
#include "src/evaluate/eval_mode.hpp"
#include "src/evaluate/feature_cache.hpp"

namespace sslslr {
namespace {

/// Represents clips in batches cut at multiples of options.batch.
class Embedder {
public:
    Embedder(Method& method, const Features& features, std::span<const std::int64_t> clips,
             std::int64_t batch, torch::Device device)
        : method_{method}, features_{features}, clips_{clips}, batch_{batch}, device_{device} {}

    std::int64_t batches() const { return (std::ssize(clips_) + batch_ - 1) / batch_; }

    PackedClips gathered(std::int64_t number) const {
        const auto first = number * batch_;
        return gather(features_, clips_.subspan(static_cast<std::size_t>(first),
                                                static_cast<std::size_t>(count(number))));
    }

    /// [clips of the batch, W]
    torch::Tensor represent(PackedClips packed) const {
        packed.frames = packed.frames.to(device_);
        return method_.represent(packed);
    }

    /// Returns [0, W], the width and type of features, on every rank.
    torch::Tensor of_none() const { return represent(gather(features_, {})); }

    /// Fills the rows [first batch, last batch) of `all` [clips, W].
    void fill(std::int64_t first, std::int64_t last, torch::Tensor& all) const {
        ReadAhead<PackedClips> ahead{features_.ahead(),
                                     {.make = [this](std::int64_t number) { return gathered(number); },
                                      .bytes_of = [](const PackedClips& clips) { return bytes_of(clips); },
                                      .end = last}};
        for (auto number = first; number < last; ++number) {
            all.narrow(0, number * batch_, count(number)).copy_(represent(ahead.take(number)));
        }
    }

private:
    std::int64_t count(std::int64_t number) const {
        return std::min(batch_, std::ssize(clips_) - number * batch_);
    }

    Method& method_;
    const Features& features_;
    std::span<const std::int64_t> clips_;
    std::int64_t batch_;
    torch::Device device_;
};

/// Caches features; if that fails, it only warns, and they are computed again next time.
void keep(const std::filesystem::path& path, const torch::Tensor& features,
          const std::function<void(const std::string&)>& warn) {
    try {
        write_cached_features(path, features);
    } catch (const io::DataError& error) {
        warn(error.what());
    }
}

}  // namespace

torch::Tensor embed(Method& method, const Features& features, std::span<const std::int64_t> clips,
                    dist::Group& group, const EmbedOptions& options) {
    TORCH_CHECK_VALUE(options.batch >= 1, "embed: batch must be positive, got ", options.batch);
    TORCH_CHECK_VALUE(
        std::ranges::all_of(clips, [&](auto clip) { return clip >= 0 && clip < features.clips(); }),
        "embed: clip numbers must be in [0, ", features.clips(), ")");
    const EvalMode eval{method};
    torch::NoGradGuard no_grad;
    const Embedder embedder{method, features, clips, options.batch, group.device()};
    const auto none = embedder.of_none();
    auto all = torch::zeros({static_cast<std::int64_t>(clips.size()), none.size(1)}, none.options());

    const bool is_keeper = group.rank() == 0 && !options.cache.empty();
    std::filesystem::path path;
    agree(group.communicator(), [&] {
        if (is_keeper) {
            path = cached_features_path(method, features, clips, options);
        }
    });
    const bool is_cached = group.communicator().broadcast(
                               is_keeper && read_cached_features(path, all) ? "cached" : "") == "cached";
    if (is_cached) {
        group.broadcast(all);
        return all;
    }
    const auto batches = embedder.batches();
    agree(group.communicator(), [&] {  // each rank takes a contiguous share of whole batches
        embedder.fill(batches * group.rank() / group.size(), batches * (group.rank() + 1) / group.size(),
                      all);
    });
    group.all_reduce_sum(all);  // each row is zero on all ranks but one: nothing is rounded
    agree(group.communicator(), [&] {
        if (is_keeper) {
            keep(path, all, options.warn);
        }
    });
    return all;
}

}  // namespace sslslr
