#include "src/method/pcl.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <torch/nn/functional/loss.h>

#include "dist/collectives.hpp"
#include "io/file/setting.hpp"
#include "src/data/keyed_random.hpp"
#include "src/errors.hpp"
#include "src/method/k_means.hpp"
#include "src/method/losses.hpp"
#include "src/method/registry.hpp"
#include "src/settings/options.hpp"

namespace sslslr {
namespace {

namespace functional = torch::nn::functional;

constexpr std::int64_t clips_a_pass = 64;  // limits the memory of encoding the whole data set

/// @param what  noun for the clips in the error message
void require_from_two_to(std::int64_t clips, const char* what, const std::vector<std::int64_t>& clusters) {
    for (const auto count : clusters) {
        if (count < 2 || count > clips) {
            throw ConfigError{fmt::format("{}: expected 2 to the number of {}, {}",
                                          io::setting("clusters", count), what, clips)};
        }
    }
}

}  // namespace

const MethodSettings pcl_settings{
    .title = "Prototypes of pcl",
    .declare =
        [](Options& options, MethodConfig& fields) {
            options.add("clusters", fields.pcl.clusters, "numbers of clusters, one for each clustering");
            options.add("cluster-warmup-epochs", fields.pcl.warmup_epochs,
                        "epochs before the first clustering");
            options.add("cluster-iterations", fields.pcl.iterations, "largest number of k-means rounds");
        },
    .check =
        [](const MethodConfig& config) {
            const auto& pcl = config.pcl;
            if (pcl.warmup_epochs < 0 || pcl.iterations < 1) {
                throw ConfigError{fmt::format("{} {}: expected 0 or more epochs and 1 or more iterations",
                                              io::setting("cluster-warmup-epochs", pcl.warmup_epochs),
                                              io::setting("cluster-iterations", pcl.iterations))};
            }
            if (pcl.clusters.empty()) {
                throw ConfigError{fmt::format("{}: expected 1 number or more", io::setting("clusters"))};
            }
            require_from_two_to(config.clips, "clips", pcl.clusters);
        }};

void check_clusters(const MethodConfig& config, std::int64_t clips) {
    require_from_two_to(clips, "training clips", config.pcl.clusters);
}

Pcl::Pcl(const EncoderConfig& encoder, const HeadConfig& heads, const MomentumContrastConfig& contrast,
         const PclConfig& config, std::int64_t clips)
    : MocoV2{encoder, heads, contrast}, config_{config} {
    for (std::size_t i = 0; i < config.clusters.size(); ++i) {
        const auto name = [&](const char* what) {
            return "prototypes_" + std::to_string(i + 1) + "_" + what;
        };
        prototypes_.push_back(
            {register_buffer(name("centres"), torch::zeros({config.clusters[i], heads.embedding})),
             register_buffer(name("concentration"), torch::ones({config.clusters[i]})),
             register_buffer(name("cluster_of"), torch::full({clips}, -1, torch::kInt64))});
    }
}

LossTerms Pcl::loss(const Encoded& encoded, const Batch& batch, dist::Group& group) {
    auto [loss, queries] = contrast(encoded, batch, group);
    loss.terms.push_back(
        {"prototype", prototypes_sum(queries, batch) / static_cast<double>(batch.global_size)});
    return loss;
}

torch::Tensor Pcl::prototypes_sum(const torch::Tensor& queries, const Batch& batch) const {
    auto sum = 0 * queries.sum();  // nothing to add before the first clustering
    for (const auto& [centres, concentration, cluster_of] : prototypes_) {
        const auto ids = torch::tensor(batch.ids(), torch::kInt64).to(cluster_of.device());
        sum = sum + prototype_sum(queries, centres, concentration, cluster_of.index_select(0, ids));
    }
    return sum / static_cast<double>(std::max<std::size_t>(prototypes_.size(), 1));
}

void Pcl::before_epoch(std::int64_t epoch, const Recorded& clips, dist::Group& group) {
    if (epoch < config_.warmup_epochs) {
        return;
    }
    const torch::NoGradGuard no_grad;
    const auto total = static_cast<std::int64_t>(clips.ids.size());
    const auto begin = total * group.rank() / group.size();
    const auto points = recorded_keys(clips, begin, total * (group.rank() + 1) / group.size(), group);
    const auto ids =
        torch::tensor(std::vector<std::int64_t>{clips.ids.begin(), clips.ids.end()}).to(points.device());
    for (std::size_t i = 0; i < prototypes_.size(); ++i) {
        const auto count = config_.clusters[i];
        const auto seed = mix({config_.seed, static_cast<std::uint64_t>(Purpose::clusters),
                               static_cast<std::uint64_t>(epoch), static_cast<std::uint64_t>(i)});
        const auto found = k_means(points, begin, total, count, config_.iterations, seed, group);
        const auto assignment = dist::gather_rows(found.assignment, begin, total, group);
        const auto distance = dist::gather_rows(found.distance, begin, total, group);
        auto& [centres, concentration, cluster_of] = prototypes_[i];
        centres.copy_(unit_rows(found.centres));
        concentration.copy_(concentrations(distance, assignment, count, contrast_config().temperature));
        cluster_of.index_copy_(0, ids, assignment);
    }
}

torch::Tensor Pcl::recorded_keys(const Recorded& clips, std::int64_t begin, std::int64_t end,
                                 dist::Group& group) {
    eval();
    const auto parts = std::max<std::int64_t>((end - begin + clips_a_pass - 1) / clips_a_pass, 1);
    ReadAhead<PackedClips> part{clips.ahead,
                                {.make =
                                     [&](std::int64_t number) {
                                         const auto from = begin + number * clips_a_pass;
                                         return clips.read_part(from, std::min(from + clips_a_pass, end));
                                     },
                                 .bytes_of = [](const PackedClips& made) { return bytes_of(made); },
                                 .end = parts}};
    std::vector<torch::Tensor> keys;
    for (std::int64_t number = 0; number < parts; ++number) {
        keys.push_back(keys_of(momentum_encoder()(part.take(number), DropoutKey{}), group));
    }
    train();
    return torch::cat(keys);
}

torch::Tensor prototype_sum(const torch::Tensor& queries, const torch::Tensor& centres,
                            const torch::Tensor& concentration, const torch::Tensor& own) {
    const auto scores = torch::mm(queries, centres.t()) / concentration;
    return functional::cross_entropy(
        scores, own, functional::CrossEntropyFuncOptions{}.reduction(torch::kSum).ignore_index(-1));
}

torch::Tensor concentrations(const torch::Tensor& distance, const torch::Tensor& assignment,
                             std::int64_t clusters, double temperature) {
    const auto points = distance.to(torch::kFloat64);
    const auto zeros = torch::zeros({clusters}, points.options());
    const auto sums = zeros.index_add(0, assignment, points);
    const auto sizes = zeros.index_add(0, assignment, torch::ones_like(points));
    const auto phi = torch::where(sizes > 1, sums / (sizes.clamp_min(1) * torch::log(sizes + 10)), zeros);
    const auto complete = torch::where(sizes > 1, phi, phi.max());
    const auto clipped = complete.clamp(torch::quantile(complete, 0.1), torch::quantile(complete, 0.9))
                             .clamp_min(1e-6);  // keeps numbers finite if all keys have collapsed to a point
    return temperature * clipped / clipped.mean();
}

}  // namespace sslslr
