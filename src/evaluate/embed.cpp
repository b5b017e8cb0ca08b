#include "src/evaluate/embed.hpp"

#include <algorithm>
#include <vector>

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
             torch::Device device)
        : method_{method}, features_{features}, clips_{clips}, device_{device} {}

    /// [count, W]
    torch::Tensor operator()(std::int64_t first, std::int64_t count) const {
        auto packed = gather(
            features_, clips_.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)));
        packed.frames = packed.frames.to(device_);
        return method_.represent(packed);
    }

private:
    Method& method_;
    const Features& features_;
    std::span<const std::int64_t> clips_;
    torch::Device device_;
};

/// Fills this rank's rows of `all` [clips, W]: a contiguous share of whole batches.
void embed_share(const Embedder& represent, torch::Tensor& all, std::int64_t batch,
                 const dist::Group& group) {
    const auto clips = all.size(0);
    const auto batches = (clips + batch - 1) / batch;
    const auto last_batch = batches * (group.rank() + 1) / group.size();
    for (auto b = batches * group.rank() / group.size(); b < last_batch; ++b) {
        const auto count = std::min(batch, clips - b * batch);
        all.narrow(0, b * batch, count).copy_(represent(b * batch, count));
    }
}

}  // namespace

torch::Tensor embed(Method& method, const Features& features, std::span<const std::int64_t> clips,
                    dist::Group& group, const EmbedOptions& options) {
    TORCH_CHECK_VALUE(options.batch >= 1, "embed: batch must be positive, got ", options.batch);
    TORCH_CHECK_VALUE(
        std::ranges::all_of(clips, [&](auto clip) { return clip >= 0 && clip < features.clips(); }),
        "embed: clip numbers must lie in [0, ", features.clips(), ")");
    const EvalMode eval{method};
    torch::NoGradGuard no_grad;
    const Embedder represent{method, features, clips, group.device()};
    const auto none = represent(0, 0);  // [0, W]: tells every rank width and type
    auto all = torch::zeros({static_cast<std::int64_t>(clips.size()), none.size(1)}, none.options());

    const bool is_keeper = group.rank() == 0 && !options.cache.empty();
    const auto path =
        is_keeper ? cached_features_path(method, features, clips, options) : std::filesystem::path{};
    const bool is_cached = group.communicator().broadcast(
                               is_keeper && read_cached_features(path, all) ? "cached" : "") == "cached";
    if (is_cached) {
        group.broadcast(all);
        return all;
    }
    embed_share(represent, all, options.batch, group);
    group.all_reduce_sum(all);  // a row is one rank's and zero on the others: nothing is rounded
    agree(group.communicator(), [&] {
        if (is_keeper) {
            write_cached_features(path, all);
        }
    });
    return all;
}

}  // namespace sslslr
