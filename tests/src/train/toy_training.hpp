#pragma once

#include <memory>
#include <numeric>
#include <vector>

#include "dist/group.hpp"
#include "src/method/registry.hpp"
#include "src/train/trainer.hpp"

namespace sslslr::toy {

/// Clips of 3 to 16 frames with random features, the same on every rank.
inline Features features(std::int64_t clips, torch::Dtype dtype) {
    Features made;
    made.layout.points = {"pose.nose", "pose.left_shoulder", "pose.right_shoulder"};
    made.offsets = {0};
    for (std::int64_t clip = 0; clip < clips; ++clip) {
        made.offsets.push_back(made.offsets.back() + 3 + clip * 5 % 14);
        made.labels.push_back(clip % 3);
        made.signers.push_back(0);
    }
    const auto generator = at::make_generator<at::CPUGeneratorImpl>(5);
    made.frames =
        torch::randn({made.offsets.back(), made.layout.width()}, generator, torch::kFloat64).to(dtype);
    return made;
}

struct Settings {
    std::string method = "sl-fpn";
    OptimizerConfig optimizer{.name = "sgd", .learning_rate = 0.05, .momentum = 0.9, .weight_decay = 1e-3};
    torch::Dtype dtype = torch::kFloat64;
    std::int64_t clips = 23;  ///< with a batch of 10 the last of an epoch holds 3: fewer than 4 ranks
    std::int64_t global_batch = 10;
    std::uint64_t weights_seed = 1;
};

/// One training with everything it needs, on the ranks of `communicator`.
class Training {
public:
    Training(dist::Communicator communicator, const Settings& settings)
        : group{std::move(communicator), at::kCPU},
          features{toy::features(settings.clips, settings.dtype)},
          method{make_method({.name = settings.method,
                              .encoder = {.features = 6, .frames = 16, .blocks = 2, .width = 16, .heads = 4},
                              .heads = {.projector_hidden = 16, .embedding = 8, .predictor_hidden = 8},
                              .classes = 3},
                             settings.weights_seed)},
          batches{features, all_clips(settings.clips), {settings.global_batch, 3, {}}, features.labels},
          trainer{prepared(*method, settings.dtype), batches, settings.optimizer,
                  Schedule{{.name = "cosine", .warmup_epochs = 1}, 10, batches.steps_per_epoch()}, group} {}

    dist::Group group;
    Features features;
    std::shared_ptr<Method> method;
    Batches batches;
    Trainer trainer;

private:
    static std::vector<std::int64_t> all_clips(std::int64_t count) {
        std::vector<std::int64_t> clips(static_cast<std::size_t>(count));
        std::iota(clips.begin(), clips.end(), 0);
        return clips;
    }
    static Method& prepared(Method& method, torch::Dtype dtype) {
        method.to(dtype);
        return method;
    }
};

/// All parameters (or their gradients) as one vector.
inline torch::Tensor flat(const Method& method, bool gradients = false) {
    std::vector<torch::Tensor> parts;
    for (const auto& parameter : method.parameters()) {
        parts.push_back((gradients ? parameter.grad() : parameter.detach()).flatten());
    }
    return torch::cat(parts).clone();
}

}  // namespace sslslr::toy
