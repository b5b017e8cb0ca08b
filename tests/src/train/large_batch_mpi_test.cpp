// Micro-batches at their intended size: 256 clips of 64 frames, 4 blocks of width 128, heads with batch norm.
#include <numeric>

#include <gtest/gtest.h>

#include "src/method/registry.hpp"
#include "src/train/trainer.hpp"
#include "tests/src/train/toy_training.hpp"

namespace sslslr {
namespace {

Features clips_of_64_frames(std::int64_t clips) {
    Features features;
    features.layout.points.assign(65, "point");
    features.offsets.resize(static_cast<std::size_t>(clips) + 1);
    for (std::size_t clip = 0; clip < features.offsets.size(); ++clip) {
        features.offsets[clip] = 64 * static_cast<std::int64_t>(clip);
    }
    features.labels.assign(static_cast<std::size_t>(clips), 0);
    features.signers = features.labels;
    const auto generator = at::make_generator<at::CPUGeneratorImpl>(5);
    features.frames = torch::randn({64 * clips, features.layout.width()}, generator, torch::kFloat64);
    return features;
}

/// The gradient of the first step.
torch::Tensor first_gradient(const Features& features, std::int64_t micro_batch) {
    const auto method =
        make_method({.kind = method_named("simclr"), .encoder = {.blocks = 4, .width = 128, .heads = 8}}, 1);
    method->set_precision(Precision::float64);
    std::vector<std::int64_t> all(features.labels.size());
    std::iota(all.begin(), all.end(), 0);
    const Batches batches{features, all, {features.clips(), 3, {}}};
    dist::Group group{dist::Communicator::world(), at::kCPU};
    Trainer trainer{*method, batches, {.micro_batch = micro_batch}, Schedule{{}, 1, 1}, group};
    trainer.step();
    return toy::gradient(*method);
}

TEST(LargeBatch, MicroBatchesOf64EqualOneBigPassOver256Clips) {
    const auto features = clips_of_64_frames(256);

    const auto whole = first_gradient(features, 0);
    const auto parts = first_gradient(features, 64);

    EXPECT_GT(whole.abs().max().item<double>(), 1e-6);
    EXPECT_LE((parts - whole).abs().max().item<double>(), 1e-10 * whole.abs().max().item<double>());
}

}  // namespace
}  // namespace sslslr
